// Fronts of several runs in one chart, their searches in another, what several seeds attain.

// Seven shapes beside eight colours, so that 56 runs differ in one or the other.
const shapes = ["diamond", "circle", "square", "triangle-up", "x", "star", "pentagon"];
const dashes = ["solid", "dash", "dot", "dashdot"];

function shade(index) {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches && !isPrinted();
  const light = ["#0072b2", "#c04a00", "#00795a", "#b0508a", "#8a6a00", "#2a86c0", "#6b5b95", "#5d666f"];
  const dark = ["#56b4e9", "#f0883e", "#3fc99a", "#e59ac8", "#f0e442", "#9ad0f5", "#b9a6e8", "#aeb7bf"];
  const colours = isDark ? dark : light;
  return colours[index % colours.length];
}

const shape = (index) => shapes[index % shapes.length];
const dash = (index) => dashes[Math.floor(index / shapes.length) % dashes.length];

// What colours tell apart: runs, or the values of one of the settings that differ.
const told = { by: "" };
const classOf = (run) => (told.by ? run.settings[told.by] : run.name);
const classes = () => [...new Set(runs.map(classOf))];

function colourChoice(changed) {
  const options = [
    element("option", { value: "" }, "run"),
    ...settingNames.map((name) => element("option", { value: name }, name)),
  ];
  const choose = element(
    "select",
    {
      id: "told",
      onchange: () => {
        told.by = choose.value;
        changed();
      },
    },
    options,
  );
  return element("label", { for: "told" }, "colours by", choose);
}

// A run of which classical models leave no member on its front is shown with all its members.
const dominated = runs.filter((run, place) => !run.front && content.members.some((member) => member.run === place));
const isShown = (at) => memberOf.get(at).on_front || dominated.includes(runs[memberOf.get(at).run]);
const whyAll = () =>
  dominated.length
    ? element(
        "p",
        { class: "soft" },
        `Classical models dominate every network of ${dominated.map(({ name }) => name).join(", ")}: none is on its front, so all members of a run stand for it in the charts.`,
      )
    : null;

// The members that no other of the same run beats in both quantities, as stairs.
function stairs(x, y, chosen) {
  const sign = (quantity) => (quantity.better === "larger" ? -1 : 1);
  const value = (quantity, at) => sign(quantity) * rows.values[quantity.name][at];
  const byX = [...chosen].sort((a, b) => value(x, a) - value(x, b) || value(y, a) - value(y, b));
  const kept = [];
  for (const at of byX)
    if (!kept.length || value(y, at) < value(y, kept[kept.length - 1])) kept.push(at);
  return kept;
}

function overlaid(x, y) {
  const known = all.filter(
    (at) =>
      isShown(at) &&
      isNumber(rows.values[x.name][at]) &&
      isNumber(rows.values[y.name][at]),
  );
  const names = classes();
  const lines = runs.map((run, place) => {
    const kept = stairs(
      x,
      y,
      known.filter((at) => memberOf.get(at).run === place),
    );
    const index = names.indexOf(classOf(run));
    return {
      type: "scatter",
      mode: "lines",
      x: coordinates(x, kept),
      y: coordinates(y, kept),
      hoverinfo: "skip",
      showlegend: false,
      line: {
        color: shade(index),
        width: 1.5,
        dash: dash(index),
        shape: "hv",
      },
      opacity: 0.7,
    };
  });
  const of = names.map((name, index) =>
    dots(
      x,
      y,
      known.filter((at) => classOf(runs[memberOf.get(at).run]) === name),
      plain(name),
      {
        size: 10,
        color: shade(index),
        symbol: shape(index),
        line: { width: 1, color: colour("paper") },
      },
    ),
  );
  const chosen = choice.at !== null && coordinates(x, [choice.at])[0] !== null ? [choice.at] : [];
  const ring = {
    ...dots(x, y, chosen, "chosen", {
      size: 22,
      symbol: "circle-open",
      line: { width: 3, color: colour("ink") }, // which is the colour of no run
      color: colour("ink"),
    }),
    name: "chosen",
  };
  return {
    traces: [...lines, ...of, ...(chosen.length ? [ring] : [])],
    further: {
      margin: { l: 56, r: 12, t: 16 + 22 * (names.length + 1), b: 48 },
      legend: { orientation: "v", y: 1.02, yanchor: "bottom", x: 0 },
      xaxis: axisOf(x, known),
      yaxis: axisOf(y, known),
    },
  };
}

// Hypervolume and best accuracy of every search over its evaluations or its seconds.
function searches(over) {
  const names = classes();
  const unit = over === "seconds" ? "seconds of computing" : "evaluations";
  const seen = new Set();
  const compared = runs.some((run) => run.hypervolume !== null);
  const one = (run, y, further) => {
    const name = classOf(run),
      index = names.indexOf(name);
    const isFirst = !further.yaxis && !seen.has(name);
    seen.add(name);
    return {
      type: "scatter",
      mode: "lines",
      x: run.progress[over],
      y,
      name: plain(name),
      legendgroup: name,
      showlegend: isFirst,
      line: { color: shade(index), width: 2, shape: "hv", dash: dash(index) },
      hovertemplate: `${plain(run.name)}: %{y:.4~g} after %{x:.4~g} ${unit}<extra></extra>`,
      ...further,
    };
  };
  const inPercent = (values) => values.map((value) => (isNumber(value) ? 100 * value : null));
  return {
    traces: [
      ...runs.map((run) => one(run, run.hypervolume === null ? [] : run.progress.hypervolume, {})),
      ...runs.map((run) => one(run, inPercent(run.progress.best_accuracy), { yaxis: "y2" })),
    ],
    further: {
      grid: { rows: 2, columns: 1 },
      margin: { l: 56, r: 12, t: 16 + 22 * names.length, b: 48 },
      legend: { orientation: "v", y: 1.02, yanchor: "bottom", x: 0, tracegroupgap: 0 },
      xaxis: { title: { text: unit }, anchor: "y2" },
      yaxis: {
        title: { text: compared ? "hypervolume" : "hypervolume (not comparable)" },
        domain: [0.55, 1],
        nticks: 5,
      },
      yaxis2: {
        title: { text: "best accuracy (%)" },
        domain: [0, 0.45],
        gridcolor: colour("grid"),
        automargin: true,
        nticks: 5,
      },
    },
  };
}

function attainment() {
  const words = { one: "at least one seed", half: "half of the seeds", all: "every seed" };
  const styles = { one: "dot", half: "solid", all: "dash" };
  // Half of two seeds is one.
  const wordsOf = ({ seeds }) => Object.entries(words).filter(([word]) => seeds > 2 || word !== "half");
  const times = content.attained.flatMap((curve) => Object.keys(words).flatMap((word) => curve[word].qpu_s));
  const longest = 1.1 * Math.max(...times);
  return {
    traces: content.attained.flatMap((curve, index) =>
      wordsOf(curve).map(([word, meaning]) => ({
        type: "scatter",
        mode: "lines+markers",
        marker: { size: 6, symbol: shape(index) },
        name: plain(`${curve.label}: ${meaning}`),
        x: [...curve[word].qpu_s, longest], // what is attained stays so
        y: [...curve[word].accuracy, curve[word].accuracy.at(-1)].map((value) => 100 * value),
        line: {
          shape: "hv",
          color: shade(index),
          width: word === "half" ? 3 : 1.5,
          dash: styles[word],
        },
        hovertemplate: `${plain(curve.label)}, ${meaning}: %{y:.1f} % within %{x:.3~g} s<extra></extra>`,
      })),
    ),
    further: {
      margin: { l: 56, r: 12, t: 16 + 66 * content.attained.length, b: 48 },
      legend: { orientation: "v", y: 1.02, yanchor: "bottom", x: 0 },
      xaxis:
        longest / Math.min(...times) > 20
          ? { title: { text: "QPU time (s)" }, type: "log" }
          : { title: { text: "QPU time (s)" }, ...evenTimes("QPU time", [...times, longest]) },
      yaxis: { title: { text: "validation accuracy (%)" } },
    },
  };
}
