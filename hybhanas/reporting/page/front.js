// The front of a run, over two quantities or three.

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
  const named = ofMembers.filter((at) => words.has(memberOf.get(at).rank));
  // Towards the better side of both axes, where fewest dots are.
  const beside = `${quantityY.better === "larger" ? "top" : "bottom"} ${quantityX.better === "larger" ? "right" : "left"}`;
  const rankOf = (at) => `<b>#${memberOf.get(at).rank}</b>`,
    gap = "\u00a0\u00a0\u00a0";
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
    text: named.map((at) => (beside.endsWith("left") ? `${rankOf(at)}${gap}` : `${gap}${rankOf(at)}`)),
    textposition: beside,
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
  return { traces, known, front };
}

const symbols3d = ["diamond", "diamond-open", "circle-open"];

// The same dots over three quantities, to be turned.
function front3d(x, y, z) {
  const { traces, known } = frontTraces(x, y);
  const axis = (quantity) => ({
    ...axisOf(quantity, known),
    color: colour("ink"),
    gridcolor: colour("grid"),
    exponentformat: "power",
    tickfont: { size: 11 },
  });
  const dotsOfAll = traces.filter(({ customdata }) => customdata);
  const away = document.getElementById("main").clientWidth < 640 ? 2.1 : 1.4;
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
        aspectmode: "manual",
        aspectratio: { x: 1.2, y: 1.2, z: 0.9 },
        camera: { eye: { x: away, y: away, z: 0.6 * away }, center: { x: 0, y: 0, z: -0.2 } },
        uirevision: "kept",
      },
    },
  };
}
