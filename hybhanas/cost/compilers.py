"""Compilers: what lays a circuit out on a machine, routes it and optimises it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit
from qiskit.circuit import Parameter, ParameterExpression
from qiskit.transpiler import Target, generate_preset_pass_manager

from hybhanas.errors import CandidateError, ConfigError

Compiler = Callable[[QuantumCircuit], QuantumCircuit]
"""From any circuit to one on the qubits and basis gates of a target."""

_BRIDGE = ["rx", "ry", "rz", "h", "x", "sx", "cx"]
"""The gates that a circuit is written in on its way to pytket, by Qiskit's names."""


def compiler_for(name: str, target: Target, level: int, seed: int) -> Compiler:
    """A compiler for one machine.

    Args:
        name: `qiskit`: its preset passes; `pytket`: its placement, routing and optimisation, then
            Qiskit's translation to the basis gates.
        target: the machine.
        level: of optimisation, 0 to 3.
        seed: of Qiskit's heuristics; pytket has none.

    Raises:
        ConfigError: pytket is not installed.
    """
    if name == "pytket":
        return _pytket(target, level)
    nothing_to_route = {"layout_method": "trivial", "routing_method": "none"}
    passes = generate_preset_pass_manager(
        optimization_level=level,
        target=target,
        seed_transpiler=seed,
        **(nothing_to_route if _all_to_all(target) else {}),
    )
    compiled: Compiler = passes.run
    return compiled


def fixed_layout(target: Target, level: int, seed: int, places: list[int]) -> Compiler:
    """Qiskit's passes for a circuit whose qubits have these places on the target, in order."""
    passes = generate_preset_pass_manager(
        optimization_level=level,
        target=target,
        seed_transpiler=seed,
        initial_layout=places,
        routing_method="none",
    )
    compiled: Compiler = passes.run
    return compiled


def _all_to_all(target: Target) -> bool:
    """Whether every pair of qubits is coupled, so that any layout is as good as another."""
    coupling = target.build_coupling_map()
    return coupling is not None and len(set(coupling.get_edges())) == target.num_qubits * (
        target.num_qubits - 1
    )


def _pytket(target: Target, level: int) -> Compiler:
    """The passes that pytket itself chooses for superconducting machines at each level."""
    try:
        from pytket import OpType
        from pytket import passes as tk
        from pytket.architecture import Architecture
    except ImportError:
        raise ConfigError(
            "cost_model.compiler=pytket is not accepted: pytket is not installed "
            "(pip install 'hybhanas[pytket]'); accepted: qiskit"
        ) from None
    coupling = target.build_coupling_map()
    edges = [] if coupling is None else [(int(a), int(b)) for a, b in coupling.get_edges()]
    before = {1: [tk.SynthesiseTket()], 2: [tk.FullPeepholeOptimise()], 3: [tk.GreedyPauliSimp()]}
    after = {
        1: [tk.SynthesiseTket()],
        2: [tk.KAKDecomposition(allow_swaps=False), tk.CliffordSimp(False), tk.SynthesiseTket()],
        3: [tk.SynthesiseTket()],
    }
    place_and_route = (
        [tk.DefaultMappingPass(Architecture(edges), delay_measures=True)] if edges else []
    )
    optimise = tk.SequencePass(
        [
            *before.get(level, []),
            *place_and_route,
            *after.get(level, []),
            tk.AutoRebase({OpType.CX, OpType.Rz, OpType.SX, OpType.X}),
            tk.RemoveRedundancies(),
        ]
    )
    write = generate_preset_pass_manager(0, basis_gates=_BRIDGE)
    translate = generate_preset_pass_manager(
        min(level, 1), target=target, layout_method="trivial", routing_method="none"
    )

    def compiled(circuit: QuantumCircuit) -> QuantumCircuit:
        program = _to_pytket(write.run(circuit))
        try:
            optimise.apply(program)
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            raise CandidateError(f"pytket does not compile the circuit: {reason}") from None
        return translate.run(_from_pytket(program, target.num_qubits, circuit.num_clbits))

    return compiled


def _to_pytket(circuit: QuantumCircuit) -> Any:
    """A circuit of _BRIDGE's gates and measurements as one of pytket's, free angles as symbols.

    pytket-qiskit converts fixed angles only. Barriers are left out.
    """
    from pytket import Circuit, OpType

    kinds = {
        "rx": OpType.Rx, "ry": OpType.Ry, "rz": OpType.Rz, "h": OpType.H, "x": OpType.X,
        "sx": OpType.SX, "cx": OpType.CX,
    }  # fmt: skip
    plain = {parameter: Parameter(f"p{i}") for i, parameter in enumerate(circuit.parameters)}
    circuit = circuit.assign_parameters(plain)
    program = Circuit(circuit.num_qubits, circuit.num_clbits)
    for step in circuit.data:
        qubits = [circuit.find_bit(q).index for q in step.qubits]
        if step.name == "measure":
            program.Measure(qubits[0], circuit.find_bit(step.clbits[0]).index)
        elif step.name not in (*kinds, "barrier"):
            raise CandidateError(f"pytket does not compile the circuit: it has a {step.name}")
        elif step.name != "barrier":
            half_turns = [_half_turns(angle) for angle in step.params]
            program.add_gate(kinds[step.name], half_turns, qubits)
    return program


def _half_turns(angle: Any) -> Any:
    """An angle in pytket's unit."""
    import sympy

    if isinstance(angle, ParameterExpression) and angle.parameters:
        return sympy.sympify(angle.sympify()) / sympy.pi
    return float(angle) / math.pi


def _from_pytket(program: Any, qubits: int, clbits: int) -> QuantumCircuit:
    """The inverse of `_to_pytket`; a free angle becomes a parameter of its own."""
    from pytket import OpType

    circuit = QuantumCircuit(qubits, clbits)
    for command in program.get_commands():
        kind, places = command.op.type, [qubit.index[0] for qubit in command.qubits]
        if kind == OpType.Measure:
            circuit.measure(places[0], command.bits[0].index[0])
        elif kind == OpType.Rz:
            half_turns = command.op.params[0]
            free = bool(getattr(half_turns, "free_symbols", None))
            name = f"free{len(circuit.parameters)}"
            circuit.rz(Parameter(name) if free else float(half_turns) * math.pi, places[0])
        else:
            gates = {OpType.SX: circuit.sx, OpType.X: circuit.x, OpType.CX: circuit.cx}
            gates[kind](*places)
    return circuit
