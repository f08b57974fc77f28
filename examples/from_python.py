"""Costs a circuit, searches for networks and loads one, from Python."""

import hybhanas

brisbane = hybhanas.Calibration.load("ibm_brisbane")
model = hybhanas.CostModel.preset("qpu_time", phase="inference", shots=4096)
pairs = ["IIIZZ", "IIZIZ", "IZIIZ", "ZIIIZ"]  # of a GHZ state each Z alone is 0
cost = hybhanas.estimate("docs/ghz5.qasm", brisbane, model, observables=pairs)
print(f"{cost.time.total_s:.2f} s, of which {cost.parts.gates_s:.3f} s in gates")
print(f"noise leaves {100 * cost.noise.p_survival:.1f} % of an expectation value, on average")

run = hybhanas.search("outputs/iris", dataset="iris", search_space="small", progress=False)
front = run.front.to_pandas()
print(front[["qubits", "entanglement", "test_accuracy", "parameters"]].head(3))
network = run.model(run.front[0])  # a torch.nn.Module
print(sum(parameter.numel() for parameter in network.parameters()), "parameters")
