// Charts, each drawn by Plotly into a figure; a table or a sentence says the same in words.

const drawn = [];

function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim(); }

// Plotly reads tags in its labels; these are texts.
const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function layout(further) {
  const axis = { gridcolor: colour("grid"), linecolor: colour("line"), zerolinecolor: colour("line"), automargin: true, exponentformat: "power" };
  const { xaxis, yaxis, ...rest } = further;
  return {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: "closest",
    font: { color: colour("ink"), size: 13, family: getComputedStyle(document.body).fontFamily },
    hoverlabel: { bgcolor: colour("card"), bordercolor: colour("line"), font: { color: colour("ink") }, align: "left" },
    margin: { l: 56, r: 12, t: 8, b: 48 }, dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    xaxis: { ...axis, ...xaxis }, yaxis: { ...axis, ...yaxis }, ...rest,
  };
}

// A chart's `traces` and `further` layout are made afresh whenever it is drawn again.
function chart(id, label, height, make, more = "") {
  const holder = element("div", { id, class: `chart ${more}`, role: "img", "aria-label": label, style: `height:${height}px` });
  const one = { holder, draw() {
    const { traces, further } = make();
    return Plotly.react(holder, traces, layout({ height, ...further }), { responsive: true, displayModeBar: false, doubleClick: "reset" });
  } };
  drawn.push(one);
  one.start = () => one.draw().then(() => holder.on("plotly_click", ({ points }) => {
    const at = points[0].customdata;
    if (Number.isInteger(at)) choose(at);
  }));
  return one;
}

function redrawAll() { for (const one of drawn) if (one.holder.data) one.draw(); }

const all = rows.hash.map((_, at) => at);

function hover(at) {
  const q = (name) => duration(rows.values[name][at]);
  return `${nameOf(at)} ${plain(rows.architecture[at])}<br>${percent(rows.values.accuracy[at])}, QPU time ${q("qpu_s")}, effective ${q("effective_s")}, ${significant(rows.values.parameters[at])} parameters`;
}

function coordinates(quantity, chosen) {
  const factor = isFraction(quantity) ? 100 : 1;
  return chosen.map((at) => (isNumber(rows.values[quantity.name][at]) ? factor * rows.values[quantity.name][at] : null));
}

function isWide(quantity) {
  const known = rows.values[quantity.name].filter(isNumber);
  const least = Math.min(...known);
  return !isFraction(quantity) && least > 0 && Math.max(...known) / least > 20;
}

function axisOf(quantity, drawnAt) {
  const title = quantity.label + (quantity.unit ? ` (${quantity.unit})` : "");
  const axis = { title: { text: plain(title) }, type: isWide(quantity) ? "log" : "linear" };
  if (isFraction(quantity)) {
    const known = drawnAt.map((at) => rows.values[quantity.name][at]).filter(isNumber);
    const low = Math.min(...known), high = Math.max(...known), pad = Math.max(0.06 * (high - low), 0.01);
    axis.range = [100 * (low - pad), 100 * (high + pad)];
  }
  return axis;
}

function errorBars(quantity, chosen) {
  const bands = chosen.map((at) => band(quantity.name, at));
  if (!bands.some(Boolean)) return undefined;
  const values = chosen.map((at) => rows.values[quantity.name][at]);
  return { type: "data", symmetric: false, thickness: 1, width: 3, color: colour("front"),
    array: bands.map((b, i) => (b ? b[1] - values[i] : 0)), arrayminus: bands.map((b, i) => (b ? values[i] - b[0] : 0)) };
}

function dots(quantityX, quantityY, chosen, name, marker, further = {}) {
  return { type: "scatter", mode: "markers", name: `${name} (${chosen.length})`, x: coordinates(quantityX, chosen), y: coordinates(quantityY, chosen),
    customdata: chosen, text: chosen.map(hover), hovertemplate: "%{text}<extra></extra>", marker, ...further };
}

function frontTraces(quantityX, quantityY) {
  const known = all.filter((at) => isNumber(rows.values[quantityX.name][at]) && isNumber(rows.values[quantityY.name][at]));
  const ofMembers = known.filter((at) => memberOf.has(at));
  const front = ofMembers.filter((at) => memberOf.get(at).on_front), behind = ofMembers.filter((at) => !memberOf.get(at).on_front);
  const others = known.filter((at) => !memberOf.has(at));
  const stopped = others.filter((at) => rows.status[at] === "stopped"), evaluated = others.filter((at) => rows.status[at] !== "stopped");
  const words = new Map();
  for (const { word, rank } of content.selection) words.set(rank, [...(words.get(rank) ?? []), word]);
  const named = front.filter((at) => words.has(memberOf.get(at).rank));
  const traces = [
    dots(quantityX, quantityY, evaluated, "evaluated", { size: 8, color: colour("other"), opacity: 0.55 }),
    dots(quantityX, quantityY, front, "Pareto front", { size: 13, color: colour("front"), symbol: "diamond", line: { width: 1, color: colour("paper") } },
      { error_x: errorBars(quantityX, front), error_y: errorBars(quantityY, front) }),
  ];
  if (stopped.length) traces.unshift(dots(quantityX, quantityY, stopped, "stopped early", { size: 7, symbol: "x-thin", line: { width: 1.5, color: colour("other") } }));
  if (behind.length) traces.push(dots(quantityX, quantityY, behind, "fell behind", { size: 10, color: colour("front"), symbol: "diamond-open" }));
  traces.push({ type: "scatter", mode: "text", x: coordinates(quantityX, named), y: coordinates(quantityY, named), hoverinfo: "skip", showlegend: false,
    text: named.map((at) => `<b>#${memberOf.get(at).rank}</b><br> `), textposition: "top center", cliponaxis: false });
  if (choice.at !== null && known.includes(choice.at)) {
    traces.push({ type: "scatter", mode: "markers", name: "chosen", x: coordinates(quantityX, [choice.at]), y: coordinates(quantityY, [choice.at]), customdata: [choice.at],
      text: [hover(choice.at)], hovertemplate: "%{text}<extra></extra>", marker: { size: 22, symbol: "circle-open", line: { width: 3, color: colour("chosen") }, color: colour("chosen") } });
  }
  return { traces, known };
}

// Parallel coordinates: genes that vary, and quantities; each evaluation is a line over its places.
function parallelAxes() {
  const genes = Object.keys(rows.genes).filter((gene) => new Set(rows.genes[gene]).size > 1).map((gene) => {
    const words = [...new Set(rows.genes[gene])].sort((a, b) => (isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b))));
    const place = (value) => (words.length > 1 ? words.indexOf(value) / (words.length - 1) : 0.5);
    const step = Math.ceil(words.length / 9);
    return { title: gene.replace(/_/g, " "), places: rows.genes[gene].map(place), ticks: words.filter((_, i) => i % step === 0).map((word) => [place(word), String(word)]) };
  });
  const wanted = ["parameters", "p_survival", "qpu_s", "effective_s", "accuracy"];
  const scales = quantities.filter(({ name }) => wanted.includes(name)).sort((a, b) => wanted.indexOf(a.name) - wanted.indexOf(b.name)).map((quantity) => {
    const values = rows.values[quantity.name], known = values.filter(isNumber), scale = isWide(quantity) ? Math.log : (value) => value;
    const low = Math.min(...known), high = Math.max(...known);
    const place = (value) => (isNumber(value) ? (high > low ? (scale(value) - scale(low)) / (scale(high) - scale(low)) : 0.5) : null);
    return { title: quantity.label, places: values.map(place), ticks: [[place(low), shownValue(quantity, low)], [place(high), shownValue(quantity, high)]] };
  });
  return [...genes, ...scales];
}

const axes = parallelAxes();

function lines(chosen, name, line, opacity) {
  const x = [], y = [], customdata = [], text = [];
  for (const at of chosen) {
    const words = hover(at);
    axes.forEach((axis, i) => { x.push(i); y.push(axis.places[at]); customdata.push(at); text.push(words); });
    x.push(null); y.push(null); customdata.push(null); text.push("");
  }
  return { type: "scatter", mode: line.width > 1 ? "lines+markers" : "lines", marker: { size: 4 }, name, x, y, customdata, text, hovertemplate: "%{text}<extra></extra>", line, opacity, connectgaps: false };
}

function parallel() {
  const trained = all.filter((at) => isNumber(rows.values.accuracy[at]));
  const front = trained.filter((at) => memberOf.get(at)?.on_front);
  const traces = [
    lines(trained.filter((at) => !front.includes(at)), "evaluated", { color: colour("other"), width: 1 }, 0.3),
    lines(front, "Pareto front", { color: colour("front"), width: 1.6 }, 0.85),
  ];
  if (choice.at !== null) traces.push(lines([choice.at], "chosen", { color: colour("chosen"), width: 4 }, 1));
  const ticks = axes.flatMap((axis, i) => axis.ticks.map(([place, word]) => ({ x: i, y: place, text: plain(word.length > 14 ? `${word.slice(0, 13)}…` : word),
    showarrow: false, yshift: place > 0.99 ? 11 : place < 0.01 ? -11 : 9, font: { size: 11 }, bgcolor: place > 0.01 && place < 0.99 ? colour("paper") : "rgba(0,0,0,0)" })));
  return { traces, further: { annotations: ticks, margin: { l: 72, r: 40, t: 8, b: 90 },
    xaxis: { tickvals: axes.map((_, i) => i), ticktext: axes.map(({ title }) => plain(title)), tickangle: -35, range: [-0.1, axes.length - 0.9], gridcolor: colour("line") },
    yaxis: { visible: false, range: [-0.08, 1.09] } } };
}

function progress() {
  const { evaluations, hypervolume, best_accuracy: best } = content.progress;
  const line = { color: colour("front"), width: 2, shape: "hv" };
  const one = (y, name, further) => ({ type: "scatter", mode: "lines", x: evaluations, y, name, line, hovertemplate: `%{y:.4~g} after %{x}<extra></extra>`, ...further });
  return { traces: [one(hypervolume, "hypervolume", {}), one(best.map((value) => (isNumber(value) ? 100 * value : null)), "best accuracy", { yaxis: "y2" })],
    further: { showlegend: false, grid: { rows: 2, columns: 1 }, xaxis: { title: { text: "evaluations" }, anchor: "y2" },
      yaxis: { title: { text: "hypervolume" }, domain: [0.55, 1], nticks: 5 },
      yaxis2: { title: { text: "best accuracy (%)" }, domain: [0, 0.45], gridcolor: colour("grid"), automargin: true, nticks: 5 } } };
}

const partColours = ["#0072b2", "#d55e00", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#8a939c"];

function shares() {
  const members = content.members.map(({ evaluation }) => evaluation).reverse();
  const names = Object.keys(content.parts).filter((part) => members.some((at) => rows.parts[part][at] > 0));
  const total = (at) => Object.keys(content.parts).reduce((sum, part) => sum + (rows.parts[part][at] ?? 0), 0);
  const traces = names.map((part) => ({ type: "bar", orientation: "h", name: plain(content.parts[part]), y: members.map(nameOf),
    x: members.map((at) => (100 * (rows.parts[part][at] ?? 0)) / (total(at) || 1)), customdata: members,
    text: members.map((at) => duration(rows.parts[part][at])), textposition: "none", hovertemplate: `%{y} ${plain(content.parts[part])}: %{text}, %{x:.2f} %<extra></extra>`,
    marker: { color: partColours[Object.keys(content.parts).indexOf(part)], line: { width: 1, color: colour("paper") } } }));
  return { traces, further: { barmode: "stack", margin: { l: 44, r: 12, t: 8, b: 48 }, xaxis: { title: { text: "share of the total time (%)" }, range: [0, 100] }, yaxis: { type: "category" } } };
}

function parameters() {
  const members = content.members.map(({ evaluation }) => evaluation).reverse();
  const one = (name, label, mark) => ({ type: "bar", orientation: "h", name: label, y: members.map(nameOf), x: members.map((at) => rows.values[name][at]), customdata: members,
    hovertemplate: `%{y} ${label}: %{x}<extra></extra>`, marker: { color: mark, line: { width: 1, color: colour("paper") } } });
  return { traces: [one("quantum_parameters", "angles of the circuit", colour("front")), one("classical_parameters", "classical", colour("other"))],
    further: { barmode: "stack", margin: { l: 44, r: 12, t: 8, b: 48 }, xaxis: { title: { text: "trainable parameters" } }, yaxis: { type: "category" } } };
}

function couplings() {
  const { qubits, couplings: pairs } = content.coupling_map;
  const at = new Map(qubits.map(([index, x, y]) => [index, [x, y]]));
  const errors = pairs.map(([, , error]) => error).sort((a, b) => a - b);
  const levels = ["#fde725", "#7ad151", "#22a884", "#2a788e", "#414487", "#440154"];
  const shades = matchMedia("(prefers-color-scheme: dark)").matches && !matchMedia("print").matches ? [...levels].reverse() : levels;
  const edges = shades.map((_, i) => errors[Math.min(errors.length - 1, Math.floor(((i + 1) * errors.length) / shades.length))]);
  const traces = shades.map((shade, level) => {
    const own = pairs.filter(([, , error]) => error <= edges[level] && (level === 0 || error > edges[level - 1]));
    return { type: "scatter", mode: "lines", line: { color: shade, width: 4 }, hoverinfo: "skip", name: `up to ${significant(edges[level], 2)} (${own.length})`,
      x: own.flatMap(([a, b]) => [at.get(a)[0], at.get(b)[0], null]), y: own.flatMap(([a, b]) => [at.get(a)[1], at.get(b)[1], null]) };
  }).filter(({ x }) => x.length);
  traces.push({ type: "scatter", mode: "markers", showlegend: false, x: qubits.map((q) => q[1]), y: qubits.map((q) => q[2]), text: qubits.map(([i, , , error]) => `qubit ${i}, readout error ${significant(error, 2)}`),
    hovertemplate: "%{text}<extra></extra>", marker: { size: 8, color: colour("paper"), line: { width: 1.5, color: colour("ink") } } });
  return { traces, further: { margin: { l: 8, r: 8, t: 8, b: 8 }, xaxis: { visible: false }, yaxis: { visible: false, scaleanchor: "x" } } };
}
