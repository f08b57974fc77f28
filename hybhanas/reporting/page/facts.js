// What is known of one architecture, as definitions.

function genes(at) {
  return definitions(
    Object.entries(rows.genes).map(([gene, values]) => [
      gene.replace(/_/g, " "),
      values[at] === null ? null : String(values[at]),
    ]),
  );
}

function costs(at) {
  const shown = [
    "qpu_s",
    "effective_s",
    "total_s",
    "latency_s",
    "cost_usd",
    "p_survival",
    "executions",
    "circuit_depth",
    "two_qubit_gates",
    "circuit_s",
    "energy_j",
  ];
  return definitions(
    content.quantities
      .filter(({ name }) => shown.includes(name))
      .map((q) => {
        const own = rows.values[q.name][at],
          sides = band(q.name, at),
          unit = (value) => shownValue(q, value);
        return [
          q.label,
          isNumber(own)
            ? `${unit(own)}${sides ? `, 90 % between ${unit(sides[0])} and ${unit(sides[1])}` : ""}`
            : null,
        ];
      }),
  );
}

const tasks = {
  train: "Train it to the end with several seeds",
  verify: "Run it under the machine's noise",
  export: "Write it for Qiskit, PennyLane, TorchQuantum and ONNX, with a model card",
  contribution: "Ask whether its circuit contributes",
};

// The commands of a member by their tasks, each with what it is for.
function whatToDo(commands) {
  return commands.map(([task, text]) => [element("p", {}, tasks[task], ":"), command(text)]);
}
