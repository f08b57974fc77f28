// The first screen of a comparison: what differs, which run is better, what each found.

const { runs } = content;
const MOST_COLUMNS = 6;
// Of settings that differ; where they are more, runs are told apart by their names.
const settingNames = content.settings.length > MOST_COLUMNS ? [] : content.settings;
const several = (at) => memberOf.get(at);

function nameOf(at) {
  const { run, rank } = several(at);
  return runs.length > 1 ? `${runs[run].name} #${rank}` : `#${rank}`;
}

// Whether the settings that stand in columns tell every run from the others.
const toldBySettings =
  new Set(runs.map((run) => JSON.stringify(settingNames.map((name) => run.settings[name])))).size === runs.length;

function linked(run) {
  const text = toldBySettings && runs.length > 1 ? "open" : run.name;
  return run.link ? element("a", { href: run.link, "aria-label": `Open the page of ${run.name}` }, text) : text === "open" ? "no page" : text;
}

function differsCard() {
  const values = (name) => [...new Set(runs.map((run) => run.settings[name]))];
  const differing = definitions(content.settings.map((name) => [name, values(name).join(", ")]));
  const unfinished = runs.filter((run) => !run.finished);
  return element(
    "div",
    { class: "card" },
    element("h2", {}, "What differs"),
    !content.settings.length
      ? element("p", {}, "No setting that a result depends on.")
      : settingNames.length
        ? differing
        : element("details", {}, element("summary", {}, `${content.settings.length} settings`), differing),
    element(
      "p",
      { class: "soft" },
      "The same in all: ",
      Object.entries(content.shared)
        .map(([name, value]) => `${name} ${value}`)
        .join(", ") || "none of data set, backend, search, cost model and seed",
      ".",
    ),
    unfinished.map((run) =>
      element(
        "p",
        {},
        element("strong", {}, "Not finished: "),
        `${run.name}, after ${plural(run.evaluations, "evaluation")}; its accuracies are those of the search.`,
      ),
    ),
    content.left_out.map((line) => element("p", {}, element("strong", {}, "Left out: "), line)),
  );
}

function verdictCard() {
  const byLines = new Map(); // sets of which the same is to say
  for (const { label, lines } of content.sets) {
    const key = JSON.stringify(lines);
    if (!byLines.has(key)) byLines.set(key, { labels: [], lines });
    if (label) byLines.get(key).labels.push(label);
  }
  const capital = (line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
  return element(
    "div",
    { class: "card spanning" },
    element("h2", {}, "Which is better"),
    content.reasons.length
      ? element(
          "p",
          {},
          `The runs have different ${content.reasons.join(" and ")}: accuracies and hypervolumes compare only within each of these sets.`,
        )
      : null,
    [...byLines.values()].map(({ labels, lines }) => [
      labels.length ? element("h3", {}, labels.join("; ")) : null,
      element(
        "ul",
        { class: "verdicts" },
        lines.map((line) => element("li", {}, capital(line))),
      ),
    ]),
  );
}

function ofRun({ best, finished }, which) {
  if (best === null) return "none";
  return which === "test" && !finished ? "not yet" : measuredOf(memberOf.get(best), which);
}

function measuredOf(member, which) {
  if (which === "final" && !runs[member.run].finished)
    return `${percent(rows.values.search_accuracy[member.evaluation])} in the search`;
  return which === "test" && !runs[member.run].finished ? "not yet" : measured(member[which]);
}

function bandedTime(at) {
  const [low, high] = band("qpu_s", at) ?? [];
  const own = duration(rows.values.qpu_s[at]);
  return isNumber(low) ? `${own} (${duration(low)} to ${duration(high)})` : own;
}

function runTable() {
  const columns = [
    ...settingNames.map((name) => [name, "", (run) => run.settings[name]]),
    ["front", "number", (run) => run.front],
    ["best, validation (95 %)", "number", (run) => ofRun(run, "final")],
    ["its test (95 %)", "number", (run) => ofRun(run, "test")],
    ["knee, QPU time (90 %)", "number", (run) => (run.knee === null ? "none" : bandedTime(run.knee))],
    [
      "hypervolume",
      "number",
      (run) => (run.hypervolume === null ? "nothing to compare" : significant(run.hypervolume, 4)),
    ],
    ["evaluations", "number", (run) => `${run.evaluations}${run.finished ? "" : ", not finished"}`],
    ["computing", "number", (run) => duration(run.seconds)],
  ];
  const body = element(
    "tbody",
    {},
    runs.map((run, place) =>
      element(
        "tr",
        { "data-run": place },
        element("td", {}, linked(run)),
        columns.map((column) => tableCell(column, column[2](run))),
      ),
    ),
  );
  choice.followers.push((at) => {
    for (const row of body.rows)
      row.classList.toggle("chosen", Number(row.dataset.run) === memberOf.get(at).run);
  });
  return scrolled(
    "What each run found",
    element(
      "table",
      { id: "runs", class: "stacked" },
      element("caption", { class: "unseen" }, "What each run found; a link opens the page of the run"),
      element(
        "thead",
        {},
        element(
          "tr",
          {},
          [[toldBySettings ? "page" : "run", ""], ...columns].map(([head, kind]) =>
            element("th", { scope: "col", class: kind }, parted(head)),
          ),
        ),
      ),
      body,
    ),
  );
}

function medians() {
  const medianRows = content.sets.flatMap((one) => one.medians);
  if (!medianRows.length) return [];
  const names = Object.keys(medianRows[0].values);
  return [
    element("h3", {}, "Medians over seeds"),
    scrolled(
      "Medians over seeds",
      table(
        "Medians over seeds, in parentheses the quartiles",
        [["settings", ""], ["seeds", ""], ...names.map((name) => [name, "number"])],
        medianRows.map(({ label, seeds, values }) => [
          label || "all",
          seeds,
          ...names.map((name) => values[name]),
        ]),
        "stacked",
      ),
    ),
  ];
}

function foundCards() {
  return element(
    "div",
    { class: "card full" },
    element("h2", {}, "What each found"),
    runTable(),
    element(
      "p",
      { class: "soft" },
      content.sets
        .filter((one, number) => runs.some((run) => run.set === number && run.hypervolume !== null))
        .map(
          ({ label, box }) =>
            `Hypervolume${label ? ` of ${label}` : ""}: the part of the box ${box} that the front dominates. `,
        ),
      "By accuracies in the search; the others are after the final training. The test split chose no network.",
    ),
    medians(),
  );
}
