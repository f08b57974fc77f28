// The first screen: what was found, what it costs, whether the quantum part earns it, what to pick.

const summary = content.summary;
const frontMembers = content.members.filter((member) => member.on_front);
// Those whose shares are drawn: classical models may leave none on the front.
const compared = frontMembers.length ? frontMembers : content.members;

function nameOf(at) {
  const member = memberOf.get(at);
  return member ? `#${member.rank}` : rows.hash[at].slice(0, 8);
}

function foundCard() {
  const count = (status) => rows.status.filter((own) => own === status).length;
  const parts = [
    ["evaluated", "evaluated"],
    ["stopped", "stopped early"],
    ["infeasible", "infeasible"],
    ["failed", "failed"],
  ]
    .map(([status, words]) => [count(status), words])
    .filter(([number]) => number)
    .map(([number, words]) => `${number} ${words}`);
  const best = rows.values.accuracy.filter(isNumber),
    behind = content.members.length - frontMembers.length;
  return element(
    "div",
    { class: "card" },
    element("h2", {}, "What was found"),
    element(
      "p",
      { class: "big" },
      frontMembers.length ? plural(frontMembers.length, "network") : "No network",
      " on the Pareto front",
    ),
    element(
      "p",
      {},
      `of ${plural(rows.hash.length, "architecture")} (${parts.join(", ")}), by ${content.objectives.join("; ")}. `,
      best.length ? `Best validation accuracy ${percent(Math.max(...best))}.` : "",
    ),
    behind
      ? element(
          "p",
          { class: "soft" },
          frontMembers.length
            ? `${plural(behind, "more was", "more were")} on the front of the search and fell behind in the final training, or behind a classical model.`
            : `${plural(behind, "was", "were")} on the front of the search; classical models or the final training leave none.`,
        )
      : null,
  );
}

function pickCard() {
  const ranks = [...new Set(content.selection.map(({ rank }) => rank))];
  const items = ranks.map((rank) => {
    const own = content.selection.filter((one) => one.rank === rank),
      member = content.members[rank - 1];
    const button = element(
      "button",
      { type: "button", class: "pick", "aria-pressed": "false", onclick: () => choose(member.evaluation) },
      element("strong", {}, `#${rank} ${own.map(({ word }) => word).join(", ")}`),
      element("br"),
      content.live
        ? `${percent(rows.values.search_accuracy[member.evaluation])} validation accuracy in the search, `
        : `${measured(member.final)} validation accuracy, `,
      `${duration(rows.values.qpu_s[member.evaluation])} of QPU time`,
      element("br"),
      element("code", {}, rows.architecture[member.evaluation]),
    );
    choice.followers.push((at) => button.setAttribute("aria-pressed", String(at === member.evaluation)));
    return element(
      "li",
      {},
      button,
      element(
        "div",
        { class: "soft" },
        own.map(({ reason }) => reason).join("; "),
        member.on_front ? null : `; behind ${member.behind}`,
        member.twin ? `; its classical twin ${percent(member.twin.validation_accuracy)}` : null,
      ),
    );
  });
  const files = element("div");
  choice.followers.push((at) => {
    const member = memberOf.get(at);
    files.replaceChildren(
      ...(member?.checkpoint && !content.live
        ? [
            element("p", {}, `This writes ${nameOf(at)} for Qiskit, PennyLane, TorchQuantum and ONNX; `,
              element("a", { href: "#what-to-do" }, "what else to do with it"), ":"),
            command(member.commands.export),
          ]
        : []),
    );
  });
  return element(
    "div",
    { class: "card full" },
    element("h2", {}, "What to pick"),
    items.length
      ? element("ul", { class: "picks" }, items)
      : element("p", {}, "No member was trained to the end."),
    files,
    content.live?.stopped && content.commands.search
      ? [element("p", {}, "This resumes the search:"), command(content.commands.search)]
      : null,
  );
}

function wordsOf(at) {
  const rank = memberOf.get(at)?.rank;
  const words = content.selection.filter((one) => one.rank === rank).map(({ word }) => word);
  return words.length ? ` (${words.join(", ")})` : "";
}

function costCard() {
  const body = element("div");
  const phase = content.total.replace(/^.* of /, "").replace(/, with.*$/, "");
  choice.followers.push((at) => {
    const money = rows.values.cost_usd[at],
      value = (name) => rows.values[name][at];
    body.replaceChildren(
      element("h2", {}, `What ${phase} of ${nameOf(at)}${wordsOf(at)} costs`),
      element("p", { class: "big" }, duration(value("qpu_s")), " of QPU time"),
      element("p", {}, `${banded("qpu_s", at)}; its validation accuracy is ${percent(rows.values.accuracy[at])}.`),
      element(
        "p",
        {},
        `Effective execution time (gates, routing, noise): ${duration(value("effective_s"))}, ${banded("effective_s", at)}.`,
      ),
      isNumber(money)
        ? element("p", {}, `Price: ${dollars(money)}, ${banded("cost_usd", at, dollars)}.`)
        : element("p", {}, "No price is known of this machine."),
      element(
        "p",
        { class: "soft" },
        `P survival ${significant(value("p_survival"))}: the factor by which noise shrinks its expectation values.`,
      ),
    );
  });
  return element("div", { class: "card" }, body);
}

const overlap = ([low, high], [otherLow, otherHigh]) => low <= otherHigh && otherLow <= high;

function quantumCard() {
  const best = content.baselines.reduce(
    (a, b) => (a && a.validation_accuracy >= b.validation_accuracy ? a : b),
    null,
  );
  const verdicts = content.members.filter(({ verdict }) => verdict);
  const own =
    content.members[(content.selection.find(({ word }) => word === "best")?.rank ?? 1) - 1]?.test ?? {};
  const against =
    best &&
    `${capital(best.name)} reaches ${measured(best.test)} of the test split with ${significant(best.parameters)} parameters and no QPU time; the best member ${measured(own)}.`;
  const comparison =
    content.live
      ? "Known when the search has ended"
      : best === null
      ? "No classical model was trained for comparison."
      : !own.interval || !best.test.interval || overlap(own.interval, best.test.interval)
        ? "Not distinguishable from the best classical model"
        : own.accuracy > best.test.accuracy
          ? "Above the classical models"
          : "Below a classical model";
  return element(
    "div",
    { class: "card" },
    element("h2", {}, "Does the quantum part earn it?"),
    verdicts.length
      ? verdicts.map(({ rank, verdict }) => element("p", {}, element("strong", {}, `#${rank} `), verdict))
      : [
          element("p", { class: "big" }, comparison),
          against ? element("p", {}, against) : null,
          content.live ? null : sentences(content.comparison),
          content.live
            ? element("p", {}, "Classical models and the members of the front are trained to the end then.")
            : [
                element("p", {}, "These are single trainings. This compares several, with tests:"),
                command(content.commands.contribution),
              ],
        ],
    verdicts.length && against ? element("p", { class: "soft" }, against) : null,
    verdicts.length ? sentences(content.comparison) : null,
  );
}
