// Charts, each drawn by Plotly into a figure; a table or a sentence says the same in words.

const drawn = [];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Plotly reads tags in its labels; these are texts.
const plain = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

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

function axisOf(quantity, drawnAt) {
  const title = quantity.label + (quantity.unit ? ` (${quantity.unit})` : "");
  const axis = { title: { text: plain(title) }, type: isWide(quantity) ? "log" : "linear" };
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

function frontTraces(quantityX, quantityY) {
  const known = all.filter(
    (at) => isNumber(rows.values[quantityX.name][at]) && isNumber(rows.values[quantityY.name][at]),
  );
  const ofMembers = known.filter((at) => memberOf.has(at));
  const front = ofMembers.filter((at) => memberOf.get(at).on_front),
    behind = ofMembers.filter((at) => !memberOf.get(at).on_front);
  const others = known.filter((at) => !memberOf.has(at));
  const stopped = others.filter((at) => rows.status[at] === "stopped"),
    evaluated = others.filter((at) => rows.status[at] !== "stopped");
  const words = new Map();
  for (const { word, rank } of content.selection) words.set(rank, [...(words.get(rank) ?? []), word]);
  const named = front.filter((at) => words.has(memberOf.get(at).rank));
  const traces = [
    dots(quantityX, quantityY, evaluated, "evaluated", { size: 8, color: colour("other"), opacity: 0.55 }),
    dots(
      quantityX,
      quantityY,
      front,
      "Pareto front",
      { size: 13, color: colour("front"), symbol: "diamond", line: { width: 1, color: colour("paper") } },
      { error_x: errorBars(quantityX, front), error_y: errorBars(quantityY, front) },
    ),
  ];
  if (stopped.length)
    traces.unshift(
      dots(quantityX, quantityY, stopped, "stopped early", {
        size: 7,
        symbol: "x-thin",
        line: { width: 1.5, color: colour("other") },
      }),
    );
  if (behind.length)
    traces.push(
      dots(quantityX, quantityY, behind, "fell behind", {
        size: 10,
        color: colour("front"),
        symbol: "diamond-open",
      }),
    );
  traces.push({
    type: "scatter",
    mode: "text",
    x: coordinates(quantityX, named),
    y: coordinates(quantityY, named),
    hoverinfo: "skip",
    showlegend: false,
    text: named.map((at) => `<b>#${memberOf.get(at).rank}</b><br> `),
    textposition: "top center",
    cliponaxis: false,
  });
  if (choice.at !== null && known.includes(choice.at)) {
    traces.push({
      type: "scatter",
      mode: "markers",
      name: "chosen",
      x: coordinates(quantityX, [choice.at]),
      y: coordinates(quantityY, [choice.at]),
      customdata: [choice.at],
      text: [hover(choice.at)],
      hovertemplate: "%{text}<extra></extra>",
      marker: {
        size: 22,
        symbol: "circle-open",
        line: { width: 3, color: colour("chosen") },
        color: colour("chosen"),
      },
    });
  }
  return { traces, known };
}

const symbols3d = ["diamond", "diamond-open", "circle-open"];

// The same dots over three quantities, to be turned.
function front3d(x, y, z) {
  const axis = (quantity) => ({
    title: { text: plain(quantity.label + (quantity.unit ? ` (${quantity.unit})` : "")) },
    type: isWide(quantity) ? "log" : "linear",
    color: colour("ink"),
    gridcolor: colour("grid"),
    exponentformat: "power",
  });
  const dotsOfAll = frontTraces(x, y).traces.filter(({ customdata }) => customdata);
  return {
    traces: dotsOfAll.map(({ error_x: _, error_y: __, ...trace }) => ({
      ...trace,
      type: "scatter3d",
      z: coordinates(z, trace.customdata),
      marker: {
        ...trace.marker,
        color: trace.marker.color ?? colour("other"),
        symbol: symbols3d.find((symbol) => symbol === trace.marker.symbol) ?? "circle",
        size: trace.marker.size / 2,
      },
    })),
    further: {
      margin: { l: 0, r: 0, t: 8, b: 0 },
      height: 560,
      scene: {
        dragmode: "turntable",
        xaxis: axis(x),
        yaxis: axis(y),
        zaxis: axis(z),
        camera: { eye: { x: 1.6, y: 1.6, z: 0.9 }, center: { x: 0, y: 0, z: -0.2 } },
        uirevision: "kept",
      },
    },
  };
}
