// Puts the page that compares runs together.

const memberColumns = [
  ...(toldBySettings ? [] : [["run", "", (at) => runs[memberOf.get(at).run].name, null]]),
  ...settingNames.map((name) => [name, "", (at) => runs[memberOf.get(at).run].settings[name], null]),
  [
    "role",
    "",
    (at) => {
      const { on_front: onFront, behind, words } = memberOf.get(at);
      return [...words, ...(onFront ? [] : [`behind ${behind}`])].join(", ");
    },
    null,
  ],
  ["architecture", "words", (at) => rows.architecture[at], (at) => element("code", {}, rows.architecture[at])],
  ["validation (95 %)", "number", (at) => rows.values.accuracy[at], (at) => measuredOf(memberOf.get(at), "final")],
  ["test (95 %)", "number", (at) => rows.values.test_accuracy[at], (at) => measuredOf(memberOf.get(at), "test")],
  ["QPU time", "number", (at) => rows.values.qpu_s[at], (at) => duration(rows.values.qpu_s[at])],
  ["effective", "number", (at) => rows.values.effective_s[at], (at) => duration(rows.values.effective_s[at])],
  ["P survival", "number", (at) => rows.values.p_survival[at], (at) => significant(rows.values.p_survival[at])],
  ["parameters", "number", (at) => rows.values.parameters[at], (at) => significant(rows.values.parameters[at])],
];

const isNumeric = (text) => text !== "" && Number.isFinite(Number(text));

// Unknown values come last, whichever the direction.
function inOrder(value, downwards) {
  const sign = downwards ? -1 : 1;
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    const missing = [x, y].map((one) => one === null || one === undefined);
    if (missing[0] || missing[1]) return missing[0] - missing[1];
    if (isNumeric(x) && isNumeric(y)) return sign * (Number(x) - Number(y)) || a - b;
    return sign * String(x).localeCompare(String(y)) || a - b;
  };
}

function memberTable() {
  const body = element("tbody");
  const lines = new Map(
    all.map((at) => [
      at,
      element(
        "tr",
        { class: "clickable", "data-at": at, onclick: () => choose(at) },
        element(
          "td",
          {},
          element(
            "button",
            { type: "button", "aria-label": `Show ${nameOf(at)}`, "aria-pressed": "false" },
            `#${memberOf.get(at).rank}`,
          ),
        ),
        memberColumns.map((column) => tableCell(column, (column[3] ?? column[2])(at))),
      ),
    ]),
  );
  const heads = memberColumns.map(([head, kind]) =>
    element(
      "th",
      { scope: "col", class: kind, "aria-sort": "none" },
      element("button", { type: "button", class: "sort", onclick: () => sort(head) }, head),
    ),
  );
  const sort = (head) => {
    const index = memberColumns.findIndex(([own]) => own === head);
    const downwards = heads[index].getAttribute("aria-sort") === "ascending";
    for (const other of heads) other.setAttribute("aria-sort", "none");
    heads[index].setAttribute("aria-sort", downwards ? "descending" : "ascending");
    const order = [...all].sort(inOrder(memberColumns[index][2], downwards));
    body.replaceChildren(...order.map((at) => lines.get(at)));
    speak(`Sorted by ${head}, ${downwards ? "largest" : "smallest"} first`);
  };
  body.append(...lines.values());
  choice.followers.push((chosen) => {
    for (const [at, line] of lines) {
      line.classList.toggle("chosen", at === chosen);
      line.querySelector("button").setAttribute("aria-pressed", String(at === chosen));
    }
  });
  return scrolled(
    "Members of all fronts",
    element(
      "table",
      { id: "members", class: "stacked" },
      element("caption", { class: "unseen" }, "Members of all fronts; the head of a column sorts by it"),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "#"), heads)),
      body,
    ),
    "tall",
  );
}

const pane = element("div", { id: "pane" });

function showMember(at) {
  const member = memberOf.get(at),
    run = runs[member.run];
  const others = all.filter((other) => other !== at && rows.hash[other] === rows.hash[at] && memberOf.get(other).on_front);
  pane.replaceChildren(
    element(
      "p",
      {},
      element("strong", {}, nameOf(at), member.words.length ? ` (${member.words.join(", ")})` : ""),
      " ",
      element("code", {}, rows.architecture[at]),
      " ",
      element("span", { class: "soft" }, "of ", run.link ? element("a", { href: run.link }, run.folder) : run.folder),
    ),
    element(
      "p",
      {},
      others.length ? "The same architecture is on the front of: " : "No other front has this architecture.",
      others.map((other, i) => [
        i ? ", " : "",
        element("button", { type: "button", onclick: () => choose(other) }, nameOf(other)),
      ]),
    ),
    element(
      "div",
      { class: "two" },
      element(
        "div",
        {},
        element("h3", {}, "Accuracy"),
        definitions([
          ["in the search", percent(rows.values.search_accuracy[at])],
          ["final, validation", run.finished ? measured(member.final) : "not yet"],
          ["final, test", run.finished ? measured(member.test) : "not yet"],
        ]),
        element("h3", {}, "Genes"),
        genes(at),
      ),
      element("div", {}, element("h3", {}, "Cost"), costs(at)),
    ),
    Object.keys(member.commands).length
      ? element("div", {}, element("h3", {}, "What to do with it"), whatToDo(Object.entries(member.commands)))
      : "",
  );
}

function build() {
  const quantity = (name) => quantities.find((one) => one.name === name);
  const now = { x: quantity("qpu_s") ? "qpu_s" : quantities[0].name, y: "accuracy" };
  const front = chart(
    "fronts",
    "The fronts of all runs in one chart; the table below holds the same values",
    440 + 22 * runs.length,
    () => overlaid(quantity(now.x), quantity(now.y)),
  );
  const change = (axis) => (event) => {
    now[axis] = event.target.value;
    front.draw();
  };
  const over = element(
    "select",
    { id: "over", onchange: () => searched.draw() },
    element("option", { value: "evaluations" }, "evaluations"),
    element("option", { value: "seconds" }, "seconds of computing"),
  );
  const searched = chart("searches", "Hypervolume and best accuracy of every search", 420 + 22 * runs.length, () =>
    searches(over.value),
  );
  const charts = [front, searched];
  const sections = [
    section(
      "fronts-section",
      "The fronts",
      element("p", {}, "A click on a dot or a row chooses a member, which is marked in all views."),
      whyAll(),
      element(
        "div",
        { class: "choices" },
        axisChoice("axis-x", "across", now.x, change("x")),
        axisChoice("axis-y", "up", now.y, change("y")),
        colourChoice(redrawAll),
      ),
      element(
        "figure",
        {},
        front.holder,
        element("figcaption", {}, "Lines join the members that no other member of the run beats in both quantities."),
      ),
      memberTable(),
    ),
    section("member", "The chosen member", pane),
    section(
      "searches-section",
      "Over the searches",
      element("div", { class: "choices" }, element("label", { for: "over" }, "over", over)),
      element("figure", {}, searched.holder),
    ),
  ];
  if (content.attained.length) {
    const attained = chart(
      "attained",
      "The accuracy that the fronts of one, half and all of the seeds attain within a QPU time",
      360 + 66 * content.attained.length,
      attainment,
    );
    charts.push(attained);
    sections.push(
      section(
        "attained-section",
        "What the seeds attain",
        element(
          "figure",
          {},
          attained.holder,
          element(
            "figcaption",
            {},
            "Empirical attainment: within a QPU time, the front of one, half or every seed reaches this validation accuracy or more.",
          ),
        ),
      ),
    );
  }
  sections.push(
    section(
      "provenance",
      "Where it comes from",
      element("p", {}, "Each run's own page, linked from the table of runs, has its settings, calibration and command. This command makes the comparison again:"),
      command(content.command),
    ),
  );
  const links = [
    ["fronts-section", "Fronts"],
    ["member", "Member"],
    ["searches-section", "Searches"],
    ...(content.attained.length ? [["attained-section", "Seeds"]] : []),
    ["provenance", "Provenance"],
  ];
  const members = plural(content.members.filter((member) => member.on_front).length, "member");
  head(content.title, `${plural(runs.length, "run")}, ${members} of their fronts`, links);
  document
    .getElementById("main")
    .append(element("div", { class: "cards" }, differsCard(), verdictCard(), foundCards()), ...sections);
  choice.followers.push((at) => {
    if (front.holder.data) front.draw();
    showMember(at);
  });
  return charts;
}

async function start() {
  const charts = build();
  const first = runs.find(({ knee }) => knee !== null)?.knee ?? 0;
  choose(first, false);
  await drawAll(charts);
}

start();
