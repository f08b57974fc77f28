// Charts, each drawn by Plotly into a figure; a table or a sentence says the same in words.

const drawn = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Plotly reads tags in its labels; these are texts.
const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// A legend above the axes, of which no line is left to scrolling.
const above = { orientation: "h", y: 1, yref: "container", yanchor: "top", x: 0, maxheight: 1 };

function layout(further) {
  const axis = {
    gridcolor: colour("grid"),
    linecolor: colour("line"),
    zerolinecolor: colour("line"),
    automargin: true,
    exponentformat: "power",
  };
  const { xaxis, yaxis, ...rest } = further;
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    hovermode: "closest",
    font: { color: colour("ink"), size: 13, family: getComputedStyle(document.body).fontFamily },
    hoverlabel: {
      bgcolor: colour("card"),
      bordercolor: colour("line"),
      font: { color: colour("ink") },
      align: "left",
    },
    margin: { l: 56, r: 12, t: 8, b: 48 },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    xaxis: { ...axis, ...xaxis },
    yaxis: { ...axis, ...yaxis },
    ...rest,
  };
}

function axisChoice(id, label, value, changed, none) {
  const options = quantities.map(({ name, label: words, further, unit }) =>
    element(
      "option",
      { value: name, selected: name === value },
      [words, further, unit && unit !== "%" ? `(${unit})` : ""].filter(Boolean).join(" "),
    ),
  );
  if (none) options.unshift(element("option", { value: "", selected: true }, none));
  return element("label", { for: id }, label, element("select", { id, onchange: changed }, options));
}

// A chart's `traces` and `further` layout are made afresh whenever it is drawn again.
function chart(id, label, height, make, more = "") {
  const holder = element("div", {
    id,
    class: `chart ${more}`,
    role: "img",
    "aria-label": label,
    style: `height:${height}px`,
  });
  const one = {
    holder,
    draw() {
      const { traces, further } = make();
      const width = isPrinted() ? holder.clientWidth : undefined;
      return Plotly.react(holder, traces, layout({ height, width, ...further }), {
        responsive: true,
        displayModeBar: false,
        doubleClick: "reset",
      });
    },
  };
  drawn.push(one);
  one.start = () =>
    one.draw().then(() =>
      holder.on("plotly_click", ({ points }) => {
        const at = points[0].customdata;
        if (Number.isInteger(at)) choose(at);
      }),
    );
  return one;
}

const isPrinted = () => document.documentElement.classList.contains("printed");

function drawForPaper(now) {
  document.documentElement.classList.toggle("printed", now);
  redrawAll();
  if (!now) for (const { holder } of drawn) if (holder.data) Plotly.Plots.resize(holder);
}

function redrawAll() {
  for (const one of drawn) if (one.holder.data) one.draw();
}

const all = rows.hash.map((_, at) => at);

function hover(at) {
  const q = (name) => duration(rows.values[name][at]);
  return `${nameOf(at)} ${plain(rows.architecture[at])}<br>${percent(rows.values.accuracy[at])}, QPU time ${q("qpu_s")}, effective ${q("effective_s")}, ${significant(rows.values.parameters[at])} parameters`;
}

function coordinates(quantity, chosen) {
  const factor = isFraction(quantity) ? 100 : 1;
  return chosen.map((at) =>
    isNumber(rows.values[quantity.name][at]) ? factor * rows.values[quantity.name][at] : null,
  );
}

function isWide(quantity) {
  const known = rows.values[quantity.name].filter(isNumber);
  const least = Math.min(...known);
  return !isFraction(quantity) && least > 0 && Math.max(...known) / least > 20;
}

// A linear axis of times, its ticks at even multiples of a unit that people name; two or more are within it.
function evenTimes(label, times) {
  const units = { y: 31557600, d: 86400, h: 3600, min: 60, s: 1 };
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const name = Object.keys(units).find((one) => most / units[one] >= 2);
  if (!name || !Number.isFinite(most)) return {};
  const unit = units[name];
  const half = Math.max(0.6 * (most - least), most / 40), // the latter so that ticks differ in three digits
    middle = (least + most) / 2;
  const rank = (2 * half * 48) / document.getElementById("main").clientWidth; // room on the left
  const range = [middle - half - rank, middle + half];
  const rough = half / unit / 3,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power * unit;
  const first = Math.max(0, Math.ceil(range[0] / step));
  const ticks = Array.from({ length: 1 + Math.floor(range[1] / step) - first }, (_, i) => (first + i) * step);
  const words = ticks.map((seconds) => (seconds ? `${significant(seconds / unit)} ${name}` : "0"));
  return { title: { text: plain(label) }, range, tickvals: ticks, ticktext: words };
}

// Where a logarithmic axis may have a tick: at times that people name, else at decades, or 1, 2 and 5 of few.
function marksOf(quantity, [low, high]) {
  if (quantity.unit === "s") {
    const named = [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 60, 600, 3600, 36000, 86400, 864000];
    return [...named, ...[1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((years) => years * 31557600)];
  }
  const factors = high - low > 3 ? [1] : [1, 2, 5],
    first = Math.floor(low);
  return Array.from({ length: Math.ceil(high) - first + 1 }, (_, i) =>
    factors.map((factor) => factor * 10 ** (first + i)),
  ).flat();
}

function logAxis(quantity, drawnAt, barred) {
  const known = drawnAt.map((at) => rows.values[quantity.name][at]).filter((value) => value > 0);
  const bars = barred.flatMap((at) => band(quantity.name, at) ?? []).filter((value) => value > 0);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  // Bars that lead more than a decade beyond the dots are cut.
  const least = Math.max(Math.min(first, ...bars), first / 10),
    most = Math.min(Math.max(last, ...bars), 10 * last);
  const [low, high] = [Math.log10(least), Math.log10(most)];
  const pixel = (high - low) / document.getElementById("main").clientWidth;
  const room = 0.05 * (high - low);
  const range = [low - Math.max(48 * pixel, room), high + room], // on the left for a rank
    apart = 64 * pixel;
  const ticks = [];
  for (const mark of marksOf(quantity, range))
    if (mark >= 10 ** range[0] && mark <= 10 ** range[1] && !(Math.log10(mark / ticks.at(-1)) < apart)) ticks.push(mark);
  if (ticks.length < 2) return { range };
  const isTime = quantity.unit === "s";
  return {
    ...(isTime ? { title: { text: plain(quantity.label) } } : {}),
    range,
    tickvals: ticks,
    ticktext: ticks.map((value) => (isTime ? duration(value) : significant(value))),
  };
}

// Of dots, some of which have error bars.
function axisOf(quantity, drawnAt, barred = []) {
  const title = quantity.label + (quantity.unit ? ` (${quantity.unit})` : "");
  const axis = { title: { text: plain(title) }, type: isWide(quantity) ? "log" : "linear" };
  if (isWide(quantity)) return { ...axis, ...logAxis(quantity, drawnAt, barred) };
  if (quantity.unit === "s") {
    const times = drawnAt.map((at) => rows.values[quantity.name][at]).filter((value) => value > 0);
    return { ...axis, ...evenTimes(quantity.label, [...times, ...barred.flatMap((at) => band(quantity.name, at) ?? [])]) };
  }
  if (isFraction(quantity)) {
    const known = drawnAt.map((at) => rows.values[quantity.name][at]).filter(isNumber);
    const low = Math.min(...known),
      high = Math.max(...known),
      pad = Math.max(0.06 * (high - low), 0.01);
    axis.range = [100 * (low - pad), 100 * (high + pad)];
  }
  return axis;
}

function errorBars(quantity, chosen) {
  const bands = chosen.map((at) => band(quantity.name, at));
  if (!bands.some(Boolean)) return undefined;
  const values = chosen.map((at) => rows.values[quantity.name][at]);
  return {
    type: "data",
    symmetric: false,
    thickness: 1,
    width: 3,
    color: colour("front"),
    array: bands.map((b, i) => (b ? b[1] - values[i] : 0)),
    arrayminus: bands.map((b, i) => (b ? values[i] - b[0] : 0)),
  };
}

function dots(quantityX, quantityY, chosen, name, marker, further = {}) {
  return {
    type: "scatter",
    mode: "markers",
    name: `${name} (${chosen.length})`,
    x: coordinates(quantityX, chosen),
    y: coordinates(quantityY, chosen),
    customdata: chosen,
    text: chosen.map(hover),
    hovertemplate: "%{text}<extra></extra>",
    marker,
    ...further,
  };
}

const partColours = ["#0072b2", "#d55e00", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#cc79a7", "#8a939c"];
