// The pane of one architecture: genes, circuit, time, learning curve, accuracies, commands.

const cell = { width: 58, height: 40, left: 44 };

function wireY(wire) {
  return 24 + wire * cell.height;
}

function gateParts([name, angle, wires, column, controlled]) {
  const x = cell.left + column * cell.width + cell.width / 2;
  const top = Math.min(...wires),
    bottom = Math.max(...wires);
  const kind = angle.startsWith("w") ? "weight" : angle ? "input" : "";
  const label = (controlled && name.startsWith("c") ? name.slice(1) : name).toUpperCase();
  const parts = [element("title", {}, `${name} on ${wires.join(", ")}${angle ? `, angle ${angle}` : ""}`)];
  if (bottom > top)
    parts.push(element("line", { class: "link", x1: x, x2: x, y1: wireY(top), y2: wireY(bottom) }));
  const box = (y, height) => [
    element("rect", { class: `box ${kind}`, x: x - 22, y: y - 15, width: 44, height, rx: 3 }),
    element(
      "text",
      { x, y: y + (height - 30) / 2 + (angle ? -1 : 4), "text-anchor": "middle" },
      label.length > 5 ? `${label.slice(0, 4)}…` : label,
    ),
    angle
      ? element("text", { class: "angle", x, y: y + (height - 30) / 2 + 11, "text-anchor": "middle" }, angle)
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

function circuitDrawing(circuit) {
  if (!circuit)
    return element("p", {}, "The circuit is made by gates of a module that was not imported here.");
  const shown = circuit.gates,
    width = cell.left + circuit.columns * cell.width + 46,
    height = wireY(circuit.qubits - 1) + 24;
  const wires = Array.from({ length: circuit.qubits }, (_, wire) => [
    element("text", { x: 4, y: wireY(wire) + 4 }, `q${wire}`),
    element("line", { class: "wire", x1: cell.left - 10, x2: width - 34, y1: wireY(wire), y2: wireY(wire) }),
  ]);
  const counts = new Map();
  for (const [name] of shown) counts.set(name, (counts.get(name) ?? 0) + 1);
  const words = `${circuit.qubits} qubits; ${[...counts].map(([name, number]) => `${number} ${name}`).join(", ")}; measured: ${circuit.observables.join(", ")}`;
  const measuredAt = new Set(
    circuit.observables.flatMap((name) => name.split("Z").filter(Boolean).map(Number)),
  );
  const meters = [...measuredAt].map((wire) =>
    element(
      "g",
      {},
      element("rect", { class: "box", x: width - 34, y: wireY(wire) - 13, width: 28, height: 26, rx: 3 }),
      element("text", { x: width - 20, y: wireY(wire) + 4, "text-anchor": "middle" }, "Z"),
    ),
  );
  const label = `The circuit: ${words}`;
  return element(
    "figure",
    {},
    scrolled(
      label,
      element(
        "svg",
        {
          class: "circuit",
          role: "img",
          "aria-label": label,
          width,
          height,
          viewBox: `0 0 ${width} ${height}`,
        },
        wires,
        shown.map(gateParts),
        meters,
      ),
    ),
    element(
      "figcaption",
      {},
      `${words}. x are inputs (green), w trainable angles (blue).`,
      circuit.all_gates > shown.length ? ` The first ${shown.length} of ${circuit.all_gates} gates.` : "",
    ),
  );
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

const pane = element("div", { id: "pane" });
let curveChart = null;

function showArchitecture(at) {
  const member = memberOf.get(at);
  const tasks = {
    train: "Train it to the end with several seeds",
    verify: "Run it under the machine's noise",
    export: "Write it for Qiskit, PennyLane, TorchQuantum and ONNX, with a model card",
    contribution: "Ask whether its circuit contributes",
  };
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
  pane.replaceChildren(
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
      ? circuitDrawing(member.circuit)
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
      ? element(
          "div",
          {},
          element("h3", { id: "what-to-do" }, "What to do with it"),
          Object.entries(tasks)
            .filter(([task]) => member.checkpoint || task === "contribution")
            .map(([task, why]) => [element("p", {}, why, ":"), command(member.commands[task])]),
        )
      : "",
  );
  if (curveChart && globalThis.Plotly) curveChart.start();
}
