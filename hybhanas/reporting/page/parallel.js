// Parallel coordinates, over genes and quantities.

// Parallel coordinates: genes that vary, and quantities; each evaluation is a line over its places.
function parallelAxes() {
  const genes = Object.keys(rows.genes)
    .filter((gene) => new Set(rows.genes[gene]).size > 1)
    .map((gene) => {
      const words = [...new Set(rows.genes[gene])].sort((a, b) =>
        isNumber(a) && isNumber(b) ? a - b : String(a).localeCompare(String(b)),
      );
      const place = (value) => (words.length > 1 ? words.indexOf(value) / (words.length - 1) : 0.5);
      const step = Math.ceil(words.length / 9);
      return {
        title: gene.replace(/_/g, " "),
        places: rows.genes[gene].map(place),
        ticks: words.filter((_, i) => i % step === 0).map((word) => [place(word), String(word)]),
      };
    });
  const wanted = ["parameters", "p_survival", "qpu_s", "effective_s", "accuracy"];
  const scales = quantities
    .filter(({ name }) => wanted.includes(name))
    .sort((a, b) => wanted.indexOf(a.name) - wanted.indexOf(b.name))
    .map((quantity) => {
      const values = rows.values[quantity.name],
        known = values.filter(isNumber),
        scale = isWide(quantity) ? Math.log : (value) => value;
      const low = Math.min(...known),
        high = Math.max(...known);
      const place = (value) =>
        isNumber(value)
          ? high > low
            ? (scale(value) - scale(low)) / (scale(high) - scale(low))
            : 0.5
          : null;
      return {
        title: quantity.label,
        places: values.map(place),
        ticks: [
          [place(low), shownValue(quantity, low)],
          [place(high), shownValue(quantity, high)],
        ],
      };
    });
  return [...genes, ...scales];
}

const axes = parallelAxes();

function lines(chosen, name, line, opacity) {
  const x = [],
    y = [],
    customdata = [],
    text = [];
  for (const at of chosen) {
    const words = hover(at);
    axes.forEach((axis, i) => {
      x.push(i);
      y.push(axis.places[at]);
      customdata.push(at);
      text.push(words);
    });
    x.push(null);
    y.push(null);
    customdata.push(null);
    text.push("");
  }
  return {
    type: "scatter",
    mode: line.width > 1 ? "lines+markers" : "lines",
    marker: { size: 4 },
    name,
    x,
    y,
    customdata,
    text,
    hovertemplate: "%{text}<extra></extra>",
    line,
    opacity,
    connectgaps: false,
  };
}

function parallel() {
  const trained = all.filter((at) => isNumber(rows.values.accuracy[at]));
  const front = trained.filter((at) => memberOf.get(at)?.on_front);
  const traces = [
    lines(
      trained.filter((at) => !front.includes(at)),
      "evaluated",
      { color: colour("other"), width: 1 },
      Math.min(0.7, Math.max(0.2, 30 / trained.length)),
    ),
    lines(front, "Pareto front", { color: colour("front"), width: 1.6 }, 0.85),
  ];
  if (choice.at !== null) traces.push(lines([choice.at], "chosen", { color: colour("chosen"), width: 4 }, 1));
  const ticks = axes.flatMap((axis, i) =>
    axis.ticks.map(([place, word]) => ({
      x: i,
      y: place,
      text: plain(word.length > 14 ? `${word.slice(0, 13)}…` : word),
      showarrow: false,
      yshift: place > 0.99 ? 11 : place < 0.01 ? -11 : 9,
      font: { size: isPrinted() ? 8 : 11 },
      bgcolor: place > 0.01 && place < 0.99 ? colour("paper") : "rgba(0,0,0,0)",
    })),
  );
  return {
    traces,
    further: {
      annotations: ticks,
      margin: { l: 72, r: 40, t: 8, b: 90 },
      xaxis: {
        tickvals: axes.map((_, i) => i),
        ticktext: axes.map(({ title }) => plain(title)),
        tickangle: -35,
        range: [-0.1, axes.length - 0.9],
        gridcolor: colour("line"),
      },
      yaxis: { visible: false, range: [-0.08, 1.09] },
    },
  };
}
