// Puts the page together: words and tables at once, charts as soon as Plotly is unpacked.

function state() {
  const time = (text) => instant(text ?? "at an unknown time");
  if (!content.live) return `finished ${time(summary.finished)}`;
  const { generation, generations, at, stopped } = content.live;
  if (stopped) return `stopped on ${time(at)}, after generation ${generation} of ${generations}`;
  return `not finished: after generation ${generation} of ${generations}, as of ${time(at)}; this page reloads itself, and the search may have been stopped since`;
}

function build() {
  const offered = new Set(quantities.map(({ name }) => name));
  const now = { x: offered.has("qpu_s") ? "qpu_s" : quantities[0].name, y: "accuracy" };
  const quantity = (name) => quantities.find((one) => one.name === name);
  const front = chart(
    "front",
    "Pareto front: a dot an architecture; the table below holds the same values",
    460,
    () => {
      if (now.z) return front3d(quantity(now.x), quantity(now.y), quantity(now.z));
      const { traces, known, front: barred } = frontTraces(quantity(now.x), quantity(now.y));
      return {
        traces,
        further: {
          margin: { l: 56, r: 12, t: 60, b: 48 },
          legend: above,
          xaxis: axisOf(quantity(now.x), known, barred),
          yaxis: axisOf(quantity(now.y), known, barred),
        },
      };
    },
  );
  const change = (axis) => (event) => {
    now[axis] = event.target.value;
    front.holder.style.height = now.z ? "560px" : "460px";
    front.draw();
  };
  const paths = chart(
    "paths",
    "Parallel coordinates: each architecture is a line over its genes and quantities",
    460,
    parallel,
    "wide",
  );
  // A legend may take a line for each part.
  const bars = 160 + 20 * Object.keys(content.parts).length + 24 * compared.length;
  const searched = chart(
    "progress",
    "Hypervolume, and best accuracy under budgets of QPU time, over the search",
    460,
    () => progress(over.value),
  );
  const over = element(
    "select",
    { id: "over", onchange: () => searched.draw() },
    element("option", { value: "evaluations" }, "evaluations"),
    element("option", { value: "seconds" }, "seconds of computing"),
  );
  const charts = [
    front,
    paths,
    searched,
    chart(
      "shares",
      "For each member of the front the share of each part of its time; the pane of an architecture has them as a table",
      bars,
      shares,
    ),
    chart(
      "parameters",
      "For each member of the front the number of angles of the circuit and of classical parameters",
      bars,
      parameters,
    ),
  ];
  const map = content.coupling_map
    ? chart(
        "couplings",
        `Coupling map of ${plural(content.coupling_map.qubits.length, "qubit")}, pairs coloured by the error of their gate`,
        420,
        couplings,
      )
    : null;
  if (map) charts.push(map);
  const decided = importanceFigure();
  if (decided.chart) charts.push(decided.chart);
  const last = content.progress,
    end = last.evaluations.length - 1;
  const sections = [
    section(
      "front-section",
      "The front",
      element(
        "p",
        {},
        "A click on a dot or a row chooses an architecture, which is marked here and shown below. Whiskers are 90 % bands of the members, cut where they lead far beyond all dots.",
      ),
      element(
        "div",
        { class: "choices" },
        axisChoice("axis-x", "across", now.x, change("x")),
        axisChoice("axis-y", "up", now.y, change("y")),
        axisChoice("axis-z", "in depth", "", change("z"), "nothing: two dimensions"),
      ),
      element("figure", {}, front.holder),
      memberTable(),
    ),
    section("architecture", "The chosen architecture", pane),
    section("quantum", "Beside classical models", baselineTable()),
    section(
      "genes",
      "Genes and quantities",
      element(
        "figure",
        {},
        scrolled("Parallel coordinates", paths.holder),
        element(
          "figcaption",
          {},
          "Each line is an architecture: its genes that vary, then its quantities. Wide ranges are logarithmic.",
        ),
      ),
      decided.parts,
    ),
    section(
      "progress-section",
      "Over the search",
      element("div", { class: "choices" }, element("label", { for: "over" }, "over", over)),
      element(
        "figure",
        {},
        searched.holder,
        element(
          "figcaption",
          {},
          end >= 0
            ? `After ${last.evaluations[end]} evaluations: hypervolume ${significant(last.hypervolume[end], 4)}, best accuracy in the search ${percent(last.best_accuracy[end])}.`
            : "",
        ),
      ),
    ),
    section(
      "shares-section",
      "Quantum and classical share",
      element(
        "div",
        { class: "two" },
        element("figure", {}, element("h3", {}, "Time"), charts[3].holder),
        element("figure", {}, element("h3", {}, "Parameters"), charts[4].holder),
      ),
    ),
    section(
      "calibration",
      "Calibration",
      element(
        "div",
        { class: map ? "two" : "" },
        element("div", {}, calibrationCard()),
        map
          ? element(
              "figure",
              {},
              map.holder,
              element(
                "figcaption",
                {},
                `Error of ${content.coupling_map.gates.join(", ")} on each pair, coloured by sixths of the pairs; excluded qubits are left out. The qubits of the chosen architecture are filled.`,
              ),
            )
          : element(
              "p",
              { class: "soft" },
              "Its couplings are not drawn: the calibration cannot be read again, or has too many or none.",
            ),
      ),
    ),
    section("reasons", "Failures and infeasible architectures", reasonsTable()),
    section("provenance", "Where it comes from", provenance()),
  ];
  const links = [
    ["front-section", "Front"],
    ["architecture", "Architecture"],
    ["quantum", "Classical models"],
    ["genes", "Genes"],
    ["progress-section", "Search"],
    ["shares-section", "Shares"],
    ["calibration", "Calibration"],
    ["reasons", "Failures"],
    ["provenance", "Provenance"],
  ];
  head(content.title, `${content.search}, seed ${summary.seed ?? "unknown"}, ${state()}`, links);
  document
    .getElementById("main")
    .append(
      element("div", { class: "cards" }, pickCard(), foundCard(), costCard(), quantumCard()),
      ...sections,
    );
  return { charts, following: [front, paths, ...(map ? [map] : [])] };
}

async function start() {
  const { charts, following } = build();
  const first = content.selection.find(({ word }) => word === "knee") ?? content.selection[0];
  const at = first ? content.members[first.rank - 1].evaluation : (content.members[0]?.evaluation ?? 0);
  const follow = (chosen) => {
    for (const one of following) if (one.holder.data) one.draw();
    showArchitecture(chosen);
  };
  choice.followers.push(follow);
  if (rows.hash.length) choose(at, false);
  await drawAll([...charts, ...(curveChart ? [curveChart] : [])]);
}

// A search that runs replaces this file; it is read again where nobody is using the page.
function reloadWhenUnused() {
  const later = () => setTimeout(() => location.reload(), 30_000);
  let due = later();
  const wait = () => {
    clearTimeout(due);
    due = later();
  };
  for (const used of ["pointerdown", "keydown", "scroll", "input"]) addEventListener(used, wait, true);
}

if (content.live && !content.live.stopped) reloadWhenUnused();
start();
