// The panels that are words and tables.

function baselineTable() {
  const heads = [
    ["model", ""],
    ["validation accuracy (95 %)", "number"],
    ["test accuracy (95 %)", "number"],
    ["parameters", "number"],
  ];
  const lines = content.baselines.map((b) => [
    `${b.name} ${b.setting}`.trim(),
    measured(b.validation),
    measured(b.test),
    significant(b.parameters),
  ]);
  const picked = [...new Set(content.selection.map(({ rank }) => rank))].map(
    (rank) => content.members[rank - 1],
  );
  const own = picked.map((m) => [
    `#${m.rank}, hybrid`,
    measured(m.final),
    measured(m.test),
    significant(rows.values.parameters[m.evaluation]),
  ]);
  return [
    sentences(content.notes),
    content.baselines.length
      ? scrolled(
          "Classical models and selected members",
          table("Classical models and selected members", heads, [...own, ...lines], "stacked"),
        )
      : null,
    element(
      "p",
      { class: "soft" },
      "The validation split chose networks and settings, so that its accuracies are optimistic; the test split chose nothing.",
    ),
  ];
}

function memberTable() {
  const columns = [
    [
      "role",
      "",
      (at) => {
        const m = memberOf.get(at);
        if (!m) return rows.status[at];
        const words = content.selection.filter(({ rank }) => rank === m.rank).map(({ word }) => word);
        return [...words, ...(m.on_front ? [] : [`behind ${m.behind}`])].join(", ");
      },
    ],
    ["architecture", "words", (at) => element("code", {}, rows.architecture[at])],
    ["search", "number", (at) => percent(rows.values.search_accuracy[at])],
    ["final (95 %)", "number", (at) => (!memberOf.has(at) ? "" : content.live ? "not yet" : measured(memberOf.get(at).final))],
    ["test (95 %)", "number", (at) => (memberOf.has(at) ? measured(memberOf.get(at).test) : "")],
    ["QPU time", "number", (at) => duration(rows.values.qpu_s[at])],
    ["effective", "number", (at) => duration(rows.values.effective_s[at])],
    ["P survival", "number", (at) => significant(rows.values.p_survival[at])],
    ["parameters", "number", (at) => significant(rows.values.parameters[at])],
  ];
  const body = element("tbody");
  const line = (at) => {
    const button = element(
      "button",
      {
        type: "button",
        "aria-label": `Show ${nameOf(at)}: ${rows.architecture[at]}`,
        "aria-pressed": "false",
      },
      nameOf(at),
    );
    return element(
      "tr",
      { class: "clickable", "data-at": at, onclick: () => choose(at) },
      element("td", {}, button),
      columns.map((column) => tableCell(column, column[2](at))),
    );
  };
  const mark = () => {
    for (const row of body.rows) {
      const chosen = Number(row.dataset.at) === choice.at;
      row.classList.toggle("chosen", chosen);
      row.querySelector("button").setAttribute("aria-pressed", String(chosen));
    }
  };
  const fill = (everything) => {
    const rest = all
      .filter((at) => !memberOf.has(at))
      .sort((a, b) => (rows.values.accuracy[b] ?? -1) - (rows.values.accuracy[a] ?? -1));
    body.replaceChildren(
      ...[...content.members.map(({ evaluation }) => evaluation), ...(everything ? rest : [])].map(line),
    );
    mark();
  };
  const box = element("input", { type: "checkbox", id: "everything", onchange: () => fill(box.checked) });
  choice.followers.push(mark);
  fill(false);
  return [
    element("p", { class: "choices" }, element("label", {}, box, `all ${rows.hash.length} architectures`)),
    scrolled(
      "Members of the front",
      element(
        "table",
        { id: "members", class: "stacked" },
        element("caption", { class: "unseen" }, "Members of the front by rank; a button shows one below"),
        element(
          "thead",
          {},
          element(
            "tr",
            {},
            [["#", ""], ...columns].map(([head, kind]) => element("th", { scope: "col", class: kind }, head)),
          ),
        ),
        body,
      ),
      "tall",
    ),
  ];
}

function usedQubits(at) {
  return memberOf.get(at)?.transpiled?.qubits ?? [];
}

function calibrationCard() {
  const own = summary.calibration ?? {},
    repairs = Array.isArray(own.repairs) ? own.repairs : [];
  const facts = element("div", { id: "calibration-facts" });
  choice.followers.push((at) => {
    const used = usedQubits(at);
    facts.replaceChildren(
      definitions([
        ["machine", own.name],
        ["date", own.date ? instant(own.date) : null],
        ["age at the run", isNumber(own.age_days) ? `${own.age_days} days` : null],
        ["source", own.source],
        ["hash", own.hash],
        [`qubits of ${nameOf(at)}`, used.length ? used.join(", ") : null],
      ]),
    );
  });
  return [
    facts,
    element("h3", {}, "Repairs"),
    repairs.length
      ? element(
          "ul",
          {},
          repairs.map((repair) => element("li", {}, repair)),
        )
      : element("p", {}, "None was needed."),
  ];
}

function reasonsTable() {
  if (!content.reasons.length)
    return element("p", {}, "Every architecture was evaluated: none failed and none was infeasible.");
  return scrolled(
    "Reasons",
    table(
      "Why architectures were not evaluated",
      [
        ["architectures", "number"],
        ["status", ""],
        ["reason", ""],
      ],
      content.reasons.map(({ count, status, reason }) => [count, status, reason]),
    ),
  );
}

function provenance() {
  const versions = Object.entries(summary.versions ?? {})
    .map(([name, number]) => `${name} ${number}`)
    .join(", ");
  const made = content.commands.search;
  const seconds = (value) => (isNumber(value) ? duration(value) : null);
  return [
    made
      ? [element("p", {}, "The search, which this command makes or resumes:"), command(made)]
      : element(
          "p",
          {},
          summary.overrides === null
            ? "The search was made from Python."
            : "The command of the search is not recorded; its settings are below.",
        ),
    element("p", {}, "This page again, as after a member was verified or its contribution examined:"),
    command(content.commands.report),
    definitions([
      ["finished", content.live ? "not yet" : summary.finished && instant(summary.finished)],
      ["seed", summary.seed],
      ["search", seconds(summary.search_s)],
      ["in all", seconds(summary.wall_s)],
      ["classical device", summary.device?.name],
      ["versions", versions],
    ]),
    element("details", {}, element("summary", {}, "All settings"), element("pre", {}, content.config)),
  ];
}
