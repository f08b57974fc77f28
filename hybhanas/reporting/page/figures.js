// The search over its evaluations, the shares of members, and the machine.

function progress(over) {
  const { evaluations, hypervolume, best_accuracy: best, within } = content.progress;
  let sum = 0;
  const seconds = rows.seconds.map((own) => (sum += own));
  const unit = over === "seconds" ? "seconds of computing" : "evaluations";
  const inPercent = (values) => values.map((value) => (isNumber(value) ? 100 * value : null));
  const line = { color: colour("front"), width: 2, shape: "hv" };
  const one = (y, name, further) => ({
    type: "scatter",
    mode: "lines",
    x: over === "seconds" ? evaluations.map((count) => seconds[count - 1]) : evaluations,
    y,
    name,
    line,
    hovertemplate: `%{y:.4~g} after %{x:.4~g} ${unit}<extra></extra>`,
    ...further,
  });
  return {
    traces: [
      one(hypervolume, "hypervolume", {}),
      one(inPercent(best), "best accuracy", { yaxis: "y2" }),
      ...Object.entries(within).map(([budget, accuracies], index) =>
        one(inPercent(accuracies), `within ${budget}`, {
          yaxis: "y2",
          line: { ...line, color: partColours[index + 1], dash: "dot" },
        }),
      ),
    ],
    further: {
      showlegend: Object.keys(within).length > 0,
      legend: above,
      margin: { l: 56, r: 12, t: 40, b: 48 },
      grid: { rows: 2, columns: 1 },
      xaxis: { title: { text: unit }, anchor: "y2" },
      yaxis: { title: { text: "hypervolume" }, domain: [0.55, 1], nticks: 5 },
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

function shares() {
  const members = compared.map(({ evaluation }) => evaluation).reverse();
  const names = Object.keys(content.parts).filter((part) => members.some((at) => rows.parts[part][at] > 0));
  const total = (at) =>
    Object.keys(content.parts).reduce((sum, part) => sum + (rows.parts[part][at] ?? 0), 0);
  const traces = names.map((part) => ({
    type: "bar",
    orientation: "h",
    name: plain(content.parts[part]),
    y: members.map(nameOf),
    x: members.map((at) => (100 * (rows.parts[part][at] ?? 0)) / (total(at) || 1)),
    customdata: members,
    text: members.map((at) => duration(rows.parts[part][at])),
    textposition: "none",
    hovertemplate: `%{y} ${plain(content.parts[part])}: %{text}, %{x:.2f} %<extra></extra>`,
    marker: {
      color: partColours[Object.keys(content.parts).indexOf(part)],
      line: { width: 1, color: colour("paper") },
    },
  }));
  return {
    traces,
    further: {
      barmode: "stack",
      bargap: members.length < 4 ? 0.6 : 0.2,
      showlegend: true,
      margin: { l: 44, r: 18, t: 84, b: 48 },
      legend: { ...above, traceorder: "normal" },
      xaxis: { title: { text: "share of the total time (%)" }, range: [0, 100] },
      yaxis: { type: "category" },
    },
  };
}

function parameters() {
  const members = compared.map(({ evaluation }) => evaluation).reverse();
  const one = (name, label, mark) => ({
    type: "bar",
    orientation: "h",
    name: label,
    y: members.map(nameOf),
    x: members.map((at) => rows.values[name][at]),
    customdata: members,
    hovertemplate: `%{y} ${label}: %{x}<extra></extra>`,
    marker: { color: mark, line: { width: 1, color: colour("paper") } },
  });
  return {
    traces: [
      one("quantum_parameters", "angles of the circuit", colour("front")),
      one("classical_parameters", "classical", colour("other")),
    ],
    further: {
      barmode: "stack",
      bargap: members.length < 4 ? 0.6 : 0.2,
      margin: { l: 44, r: 16, t: 84, b: 48 },
      legend: { ...above, traceorder: "normal" },
      xaxis: { title: { text: "trainable parameters" } },
      yaxis: { type: "category" },
    },
  };
}

// How much of the variance of each quantity each gene explains alone, the most decisive gene first.
function importance() {
  const { quantities: asked } = content.importance;
  const most = (gene) => Math.max(...asked.map(({ genes }) => genes[gene] ?? 0));
  const names = [...new Set(asked.flatMap(({ genes }) => Object.keys(genes)))].sort(
    (a, b) => most(a) - most(b),
  );
  return {
    traces: asked.toReversed().map(({ label, genes }, index) => ({
      type: "bar",
      orientation: "h",
      name: plain(label),
      y: names.map((gene) => gene.replace(/_/g, " ")),
      x: names.map((gene) => 100 * (genes[gene] ?? 0)),
      hovertemplate: `%{y}: %{x:.1f} % of ${plain(label)}<extra></extra>`,
      marker: {
        color: partColours[asked.length - 1 - index],
        line: { width: 1, color: colour("paper") },
      },
    })),
    further: {
      barmode: "group",
      margin: { l: 44, r: 12, t: 16 + 22 * asked.length, b: 48 },
      legend: { orientation: "v", y: 1.01, yanchor: "bottom", x: 0, traceorder: "reversed" },
      xaxis: { title: { text: "share of the variance (%)" }, rangemode: "tozero" },
      yaxis: { type: "category" },
    },
  };
}

function importanceFigure() {
  const { reason, quantities: asked } = content.importance;
  if (!asked.length)
    return { parts: element("p", { class: "soft" }, `How much each gene decides: ${reason}.`) };
  const genesShown = new Set(asked.flatMap(({ genes }) => Object.keys(genes))).size;
  const drawnChart = chart(
    "importance",
    "For each gene the share of the variance of error, time and survival that it explains alone",
    110 + 22 * asked.length + 14 * asked.length * genesShown,
    importance,
  );
  const numbers = [...new Set(asked.map(({ evaluations }) => evaluations))].join(" or ");
  return {
    chart: drawnChart,
    parts: element(
      "figure",
      {},
      element("h3", {}, "How much each gene decides"),
      drawnChart.holder,
      element(
        "figcaption",
        {},
        `The share of the variance over ${numbers} evaluations that a gene explains alone (functional ANOVA); what is missing of 100 % is due to combinations of genes or to chance. A search evaluates few architectures and mostly good ones: read it as a hint, for this search alone.`,
      ),
    ),
  };
}

function couplings() {
  const { qubits, couplings: pairs } = content.coupling_map;
  const at = new Map(qubits.map(([index, x, y]) => [index, [x, y]]));
  const errors = pairs.map(([, , error]) => error).sort((a, b) => a - b);
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches && !isPrinted();
  const shades = isDark // viridis, whose end that stands out is the larger error
    ? ["#6a5aa5", "#4a7ab0", "#2a9d8f", "#45b97c", "#a5db36", "#fde725"]
    : ["#e5d51f", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"];
  const edges = shades.map(
    (_, i) => errors[Math.min(errors.length - 1, Math.floor(((i + 1) * errors.length) / shades.length))],
  );
  const traces = shades
    .map((shade, level) => {
      const own = pairs.filter(
        ([, , error]) => error <= edges[level] && (level === 0 || error > edges[level - 1]),
      );
      return {
        type: "scatter",
        mode: "lines",
        line: { color: shade, width: 4 },
        hoverinfo: "skip",
        name: `up to ${significant(edges[level], 2)} (${own.length})`,
        x: own.flatMap(([a, b]) => [at.get(a)[0], at.get(b)[0], null]),
        y: own.flatMap(([a, b]) => [at.get(a)[1], at.get(b)[1], null]),
      };
    })
    .filter(({ x }) => x.length);
  traces.push({
    type: "scatter",
    mode: "markers",
    showlegend: false,
    x: qubits.map((q) => q[1]),
    y: qubits.map((q) => q[2]),
    text: qubits.map(([i, , , error]) => `qubit ${i}, readout error ${significant(error, 2)}`),
    hovertemplate: "%{text}<extra></extra>",
    marker: { size: 8, color: colour("paper"), line: { width: 1.5, color: colour("ink") } },
  });
  const used = qubits.filter(([index]) => usedQubits(choice.at).includes(index));
  if (used.length)
    traces.push({
      type: "scatter",
      mode: "markers",
      name: `used by ${nameOf(choice.at)} (${used.length})`,
      x: used.map((q) => q[1]),
      y: used.map((q) => q[2]),
      hoverinfo: "skip",
      marker: { size: 12, color: colour("chosen"), line: { width: 1.5, color: colour("ink") } },
    });
  return {
    traces,
    further: {
      margin: { l: 8, r: 8, t: 8, b: 8 },
      xaxis: { visible: false },
      yaxis: { visible: false, scaleanchor: "x" },
    },
  };
}
