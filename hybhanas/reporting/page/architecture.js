// The pane of one architecture: genes, circuit, time, learning curve, accuracies, commands.

const cell = { width: 58, height: 40, left: 48 };
const perLine = 18; // columns

function wireY(wire) {
  return 24 + wire * cell.height;
}

// What an angle is from: inputs, weights, or either in a transpiled circuit; a fixed one has no kind.
function kindOf(angle) {
  if (angle.startsWith("w") || angle === "θ") return "weight";
  return angle.startsWith("x") || angle === "all x" ? "input" : "";
}

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

function gateParts([name, angle, wires, column, controlled], first, names) {
  const x = cell.left + (column - first) * cell.width + cell.width / 2;
  const top = Math.min(...wires),
    bottom = Math.max(...wires);
  const kind = kindOf(angle);
  const label = (controlled && name.startsWith("c") ? name.slice(1) : name).toUpperCase();
  const parts = [element("title", {}, `${name} on ${wires.map((wire) => names[wire]).join(", ")}${angle ? `, angle ${angle}` : ""}`)];
  if (bottom > top)
    parts.push(element("line", { class: "link", x1: x, x2: x, y1: wireY(top), y2: wireY(bottom) }));
  const box = (y, height) => [
    element("rect", { class: `box ${kind}`, x: x - 22, y: y - 15, width: 44, height, rx: 3 }),
    element(
      "text",
      { x, y: y + (height - 30) / 2 + (angle ? -1 : 4), "text-anchor": "middle" },
      shortened(label, 5),
    ),
    angle
      ? element("text", { class: "angle", x, y: y + (height - 30) / 2 + 11, "text-anchor": "middle" }, shortened(angle, 7))
      : null,
  ];
  const dot = (wire) => element("circle", { class: "dot", cx: x, cy: wireY(wire), r: 4.5 });
  if (controlled && label === "Z" && !angle) parts.push(...wires.map(dot));
  else if (controlled && wires.length === 2) {
    parts.push(dot(wires[0]));
    if (label === "X" && !angle) {
      const y = wireY(wires[1]);
      parts.push(
        element("circle", { class: "box", cx: x, cy: y, r: 10 }),
        element("line", { class: "link", x1: x - 10, x2: x + 10, y1: y, y2: y }),
        element("line", { class: "link", x1: x, x2: x, y1: y - 10, y2: y + 10 }),
      );
    } else parts.push(...box(wireY(wires[1]), 30));
  } else if (bottom > top && bottom - top + 1 === wires.length)
    parts.push(...box(wireY(top), 30 + (bottom - top) * cell.height));
  else for (const wire of wires) parts.push(...box(wireY(wire), 30));
  return element("g", {}, parts);
}

// The columns of a circuit from `first` on that fit a line, as one picture.
function stave(circuit, { names, measured, label }, first) {
  const last = Math.min(first + perLine, circuit.columns),
    isEnd = last === circuit.columns,
    isWhole = circuit.all_gates === circuit.gates.length;
  const widthOf = (columns) => cell.left + columns * cell.width + 46;
  const width = widthOf(last - first),
    whole = widthOf(Math.min(perLine, circuit.columns)), // of all lines, so that paper shrinks them alike
    height = wireY(circuit.wires - 1) + 24;
  const wires = names.map((name, wire) => [
    element("text", { x: 4, y: wireY(wire) + 4 }, `q${name}`),
    element("line", { class: "wire", x1: cell.left - 10, x2: width - 34, y1: wireY(wire), y2: wireY(wire) }),
  ]);
  const meters = measured.map((wire) =>
    element(
      "g",
      {},
      element("rect", { class: "box", x: width - 34, y: wireY(wire) - 13, width: 28, height: 26, rx: 3 }),
      element("text", { x: width - 20, y: wireY(wire) + 4, "text-anchor": "middle" }, "Z"),
    ),
  );
  const part = circuit.columns > perLine ? `, columns ${first + 1} to ${last} of ${circuit.columns}` : "";
  return element(
    "svg",
    {
      class: "circuit",
      role: "img",
      "aria-label": label + part,
      width: whole,
      height,
      viewBox: `0 0 ${whole} ${height}`,
    },
    wires,
    circuit.gates
      .filter(([, , , column]) => column >= first && column < last)
      .map((gate) => gateParts(gate, first, names)),
    isEnd && isWhole ? meters : null,
  );
}

function countsOf(circuit) {
  const counts = new Map();
  for (const [name] of circuit.gates) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, number]) => `${number} ${name}`).join(", ");
}

function circuitFigure(id, circuit, drawing, words) {
  const lines = Array.from({ length: Math.max(1, Math.ceil(circuit.columns / perLine)) }, (_, i) =>
    stave(circuit, drawing, i * perLine),
  );
  const rest = circuit.all_gates - circuit.gates.length;
  return element(
    "figure",
    { id },
    scrolled(drawing.label, lines),
    element(
      "figcaption",
      {},
      words,
      rest ? ` The first ${circuit.gates.length} of ${grouped.format(circuit.all_gates)} gates.` : "",
    ),
  );
}

function circuitDrawing(circuit) {
  if (!circuit)
    return element("p", {}, "The circuit is made by gates of a module that was not imported here.");
  const words = `${circuit.wires} qubits; ${countsOf(circuit)}; measured: ${circuit.observables.join(", ")}`;
  const wires = circuit.observables.flatMap((name) => name.split("Z").filter(Boolean).map(Number));
  const drawing = {
    names: Array.from({ length: circuit.wires }, (_, wire) => wire),
    measured: [...new Set(wires)],
    label: `The circuit: ${words}`,
  };
  return circuitFigure("circuit", circuit, drawing, `${words}. x are inputs (green), w trainable angles (blue).`);
}

function transpiledDrawing(circuit) {
  if (content.live) return element("p", { class: "soft" }, "Drawn when the search has ended.");
  if (!circuit)
    return element(
      "p",
      { class: "soft" },
      "It is not drawn: the calibration cannot be read again, the circuit is very long, or this version of its compiler makes another of it.",
    );
  const words = `Qubits ${circuit.qubits.join(", ")}; ${countsOf(circuit)}`;
  const drawing = { names: circuit.qubits, measured: circuit.measured, label: `As transpiled: ${words}` };
  return circuitFigure("transpiled", circuit, drawing, `${words}. θ are angles that inputs or weights set (blue).`);
}

function anatomy(at) {
  const parts = Object.entries(content.parts)
    .map(([name, label]) => [label, rows.parts[name][at]])
    .filter(([, seconds]) => isNumber(seconds));
  const total = parts.reduce((sum, [, seconds]) => sum + seconds, 0) || 1;
  parts.sort((a, b) => b[1] - a[1]);
  return table(
    "What the time is made of",
    [
      ["part", ""],
      ["time", "number"],
      ["share", "number"],
      ["", ""],
    ],
    parts
      .filter(([, seconds]) => seconds > 0)
      .map(([label, seconds]) => {
        const bar = element("div", { class: "bar", role: "presentation" });
        bar.style.width = `${(100 * seconds) / total}%`;
        return [label, duration(seconds), `${((100 * seconds) / total).toFixed(1)} %`, bar];
      }),
  );
}

function curve(losses) {
  return () => ({
    traces: [
      {
        type: "scatter",
        mode: "lines",
        x: losses.map((_, i) => i + 1),
        y: losses,
        line: { color: colour("front"), width: 2 },
        hovertemplate: "%{y:.4~g} in epoch %{x}<extra></extra>",
      },
    ],
    further: {
      showlegend: false,
      xaxis: { title: { text: "epoch of the final training" } },
      yaxis: { title: { text: "training loss" } },
    },
  });
}

function accuracies(at, member) {
  const pairs = [
    [
      "in the search",
      `${percent(rows.values.search_accuracy[at])} after ${plural(rows.epochs[at], "epoch")}`,
    ],
  ];
  if (member && !content.live)
    pairs.push(
      ["final, validation", measured(member.final)],
      ["final, test", measured(member.test)],
      ["of each seed, validation", member.final.seeds?.map(percent).join(", ")],
      ["of each seed, test", member.test.seeds?.map(percent).join(", ")],
      [
        "against the best, #1",
        typeof member.distinguishable === "boolean"
          ? `${member.distinguishable ? "" : "not "}distinguishable by the seeds (Welch, 95 %)`
          : null,
      ],
    );
  if (member?.twin)
    pairs.push([
      "its classical twin",
      `${percent(member.twin.validation_accuracy)} of validation, ${percent(member.twin.test_accuracy)} of test, ${significant(member.twin.parameters)} parameters${member.twin.bottleneck ? `, through ${plural(member.twin.bottleneck, "unit")}` : ""}`,
    ]);
  for (const name of ["balanced_accuracy", "roc_auc"])
    if (isNumber(rows.values[name]?.[at]))
      pairs.push([
        name === "roc_auc" ? "ROC AUC in the search" : "balanced, in the search",
        significant(rows.values[name][at]),
      ]);
  return definitions(pairs);
}

// How a member did under noise, once task=verify ran it.
function verificationOf(member) {
  const found = member.verified;
  if (!found)
    return element(
      "p",
      { class: "soft" },
      "It was not run under noise. The command below does that; this page, made again, then shows what came of it.",
    );
  const where = found.on === "machine" ? `On ${found.backend}` : `Simulated with the noise of ${found.backend}`;
  const line = (name) => [name, measured(found[name]), found[name].flips];
  return [
    element("p", {}, element("strong", {}, `It ${found.verdict}.`)),
    scrolled(
      "Accuracy with and without noise",
      table(
        "Accuracy with and without noise",
        [
          ["expectation values", ""],
          ["accuracy (95 %)", "number"],
          ["samples of another class", "number"],
        ],
        ["ideal", "noisy", "mitigated"].map(line),
        "stacked",
      ),
    ),
    element(
      "p",
      { class: "soft" },
      `${where}, calibration of ${instant(found.calibration_date)}: ${plural(found.samples, "test sample")}, ${plural(found.shots, "shot")} each. P survival predicted ${significant(found.predicted)}, seen ${significant(found.seen)}, in the mean of the measured operators.`,
    ),
  ];
}

const pane = element("div", { id: "pane" });
let curveChart = null;

function showArchitecture(at) {
  const member = memberOf.get(at);
  if (curveChart) {
    drawn.splice(drawn.indexOf(curveChart), 1);
    globalThis.Plotly?.purge(curveChart.holder);
    curveChart = null;
  }
  const losses = member?.losses ?? [];
  if (losses.length > 1)
    curveChart = chart(
      "curve",
      `Training loss of ${nameOf(at)} over ${losses.length} epochs, from ${significant(losses[0])} to ${significant(losses[losses.length - 1])}`,
      260,
      curve(losses),
    );
  const parts = [
    element(
      "p",
      {},
      element("strong", {}, nameOf(at), wordsOf(at)),
      " ",
      element("code", {}, rows.architecture[at]),
      " ",
      element("span", { class: "soft" }, `architecture ${rows.hash[at]}, ${rows.status[at]}`),
    ),
    rows.reason[at] ? element("p", {}, `Reason: ${rows.reason[at]}`) : "",
    member && !member.on_front ? element("p", {}, `Behind ${member.behind} after the final training.`) : "",
    member
      ? [
          element("h3", {}, "Circuit"),
          circuitDrawing(member.circuit),
          element("h3", {}, `As transpiled to ${content.machine}`),
          transpiledDrawing(member.transpiled),
        ]
      : element("p", { class: "soft" }, "Circuits are drawn of members of the front."),
    element(
      "div",
      { class: "two" },
      element(
        "div",
        {},
        element("h3", {}, "Accuracy"),
        accuracies(at, member),
        element("h3", {}, "Genes"),
        genes(at),
      ),
      element("div", {}, element("h3", {}, "Cost"), costs(at)),
    ),
    element(
      "div",
      { class: "two" },
      element(
        "div",
        { class: "bars" },
        element("h3", {}, "Anatomy of its time"),
        scrolled("Anatomy of its time", anatomy(at)),
      ),
      element(
        "div",
        {},
        element("h3", {}, "Learning curve (cross-entropy)"),
        curveChart
          ? curveChart.holder
          : element(
              "p",
              { class: "soft" },
              member && !content.live
                ? "The run holds none of this member; task=train writes one."
                : "Members of the front have one when the search has ended.",
            ),
      ),
    ),
    member && !content.live
      ? element("div", { id: "verification" }, element("h3", {}, "Verification"), verificationOf(member))
      : "",
    member && !content.live
      ? element(
          "div",
          {},
          element("h3", { id: "what-to-do" }, "What to do with it"),
          whatToDo(
            Object.entries(member.commands).filter(([task]) => member.checkpoint || task === "contribution"),
          ),
        )
      : "",
  ];
  pane.replaceChildren(...parts.flat());
  if (curveChart && globalThis.Plotly) curveChart.start();
}
