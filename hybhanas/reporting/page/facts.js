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
