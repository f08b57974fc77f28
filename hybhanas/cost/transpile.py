"""The one place where circuits are transpiled: fixed seed, reused pass manager, cache."""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.exceptions import QiskitError

from hybhanas import atomic
from hybhanas.calibration import Calibration
from hybhanas.cost.compilers import Compiler, compiler_for, fixed_layout
from hybhanas.cost.physical import PhysicalCircuit, from_qiskit
from hybhanas.cost.target import build_target
from hybhanas.errors import CandidateError
from hybhanas.stored import parsed_json, read_bytes

_FORMAT = 7
"""Raised when what a cache entry holds changes: old entries are then not found."""

_NO_GATES = ("measure", "barrier", "delay", "reset")

log = logging.getLogger(__name__)


class Transpiler:
    """Transpiles circuits to one machine, each circuit once.

    Args:
        calibration: of the machine.
        optimization_level: Qiskit's, 0 to 3.
        seed: of the layout and routing heuristics; the same seed gives the same circuit.
        cache: a folder of transpiled circuits named by the hash of all that determines them,
            shared by runs and processes; None keeps them in memory only. Each is gzipped JSON,
            whose checksum tells a damaged one.
        compiler: one of COMPILERS; see `hybhanas.cost.compilers`.
    """

    def __init__(
        self,
        calibration: Calibration,
        optimization_level: int,
        seed: int,
        cache: Path | None = None,
        compiler: str = "qiskit",
    ):
        self._calibration = calibration
        self._compiler, self._level, self._seed = compiler, optimization_level, seed
        target, self._physical = build_target(calibration)
        self._compile = compiler_for(compiler, target, optimization_level, seed)
        versions = [f"{name} {version(name)}" for name in dict.fromkeys(("qiskit", compiler))]
        self._settings = [_FORMAT, versions, calibration.hash, optimization_level, seed]
        self._cache = cache
        if cache is not None:
            atomic.remove_partial(cache)
        self._known: dict[str, PhysicalCircuit] = {}

    def __call__(
        self, circuit: QuantumCircuit, places: tuple[int, ...] | None = None
    ) -> PhysicalCircuit:
        """The circuit on the machine's qubits and basis gates.

        Args:
            circuit: without control flow.
            places: for each of its qubits the one of the machine that it was laid out on before,
                where it `fits`. It stays there, and as it is if all its gates are the machine's
                own.

        Raises:
            CandidateError: it is wider than the machine, cannot be laid out on it, or has control
                flow, whose time is not known in advance.
        """
        for step in circuit.data:
            if step.is_control_flow():
                raise CandidateError(f"the circuit has the control flow {step.name}: no fixed time")
        if places is not None and self._runs(circuit, places):
            return from_qiskit(circuit, places)
        if circuit.num_qubits > len(self._physical):
            raise CandidateError(
                f"{circuit.num_qubits} qubits are more than the {len(self._physical)} usable ones "
                f"of {self._calibration.name}"
            )
        key = _key(circuit, self._settings if places is None else [*self._settings, places])
        if key not in self._known:
            self._known[key] = self._load(key, circuit) or self._transpile(key, circuit, places)
        return self._known[key]

    def fits(self, circuit: QuantumCircuit, places: tuple[int, ...]) -> bool:
        """Whether the machine has these qubits, and a gate, in either direction, wherever the
        circuit has one.
        """
        at = dict(zip(circuit.qubits, places, strict=True))
        pairs = {frozenset(pair) for _, pair in self._calibration.instructions if len(pair) == 2}
        return set(places) <= set(self._physical) and all(
            len(step.qubits) == 1
            or step.name == "barrier"
            or frozenset(at[q] for q in step.qubits) in pairs
            for step in circuit.data
        )

    def _runs(self, circuit: QuantumCircuit, places: tuple[int, ...]) -> bool:
        """Whether the machine has every instruction just there."""
        at = dict(zip(circuit.qubits, places, strict=True))
        known = self._calibration.instructions
        return all(
            step.name in _NO_GATES or (step.name, tuple(at[q] for q in step.qubits)) in known
            for step in circuit.data
        )

    def _transpile(
        self, key: str, circuit: QuantumCircuit, places: tuple[int, ...] | None
    ) -> PhysicalCircuit:
        try:
            transpiled = self._compiler_of(circuit, places)(circuit)
        except QiskitError as error:
            reason = " ".join(str(error.message).split())
            raise CandidateError(f"the circuit does not fit the machine: {reason}") from None
        physical = from_qiskit(transpiled, self._physical)
        if self._cache is not None:
            try:
                content = packed(physical)
                atomic.write_bytes(self._file(key), content, self._cache, sync=False)
            except OSError as error:
                log.warning("transpile cache: %s; continuing without", error)
                self._cache = None
        return physical

    def _compiler_of(self, circuit: QuantumCircuit, places: tuple[int, ...] | None) -> Compiler:
        """The machine's compiler, or one for the few circuits that it is not made for."""
        resets = "reset" in circuit.count_ops()
        if places is None and not resets:
            return self._compile
        target, _ = build_target(self._calibration, resets)
        if places is None:
            return compiler_for(self._compiler, target, self._level, self._seed)
        layout = [self._physical.index(i) for i in places]
        return fixed_layout(target, self._level, self._seed, layout)

    def _load(self, key: str, circuit: QuantumCircuit) -> PhysicalCircuit | None:
        """The circuit that was kept, if this user kept it and it can be what it claims to be."""
        if self._cache is None:
            return None
        try:
            content = gzip.decompress(read_bytes(self._file(key), only_own=True))
            physical = PhysicalCircuit.from_dict(parsed_json(content))
            self._check_kept(physical, circuit)
            return physical
        except FileNotFoundError:
            return None
        except (OSError, EOFError, zlib.error, ValueError, LookupError, TypeError) as error:
            log.warning("transpile cache: %s is damaged (%s); made again", key, error)
            return None

    def _check_kept(self, physical: PhysicalCircuit, circuit: QuantumCircuit) -> None:
        """Raises ValueError unless every instruction is one of the machine's, and the classical
        bits are measured that the circuit measures.
        """
        usable, known = set(self._physical), self._calibration.instructions
        for name, qubits in physical.places:
            if not usable.issuperset(qubits) or not (name in _NO_GATES or (name, qubits) in known):
                raise ValueError(f"{self._calibration.name} has no {name} on {qubits}")
        measured = {
            circuit.find_bit(step.clbits[0]).index
            for step in circuit.data
            if step.name == "measure"
        }
        if len(physical.measurements) != circuit.num_clbits or set(physical.measured) != measured:
            raise ValueError("other classical bits are measured")

    def _file(self, key: str) -> Path:
        assert self._cache is not None
        return self._cache / key[:2] / f"{key}.json.gz"


def packed(physical: PhysicalCircuit) -> bytes:
    """What a cache entry holds."""
    text = json.dumps(physical.to_dict(), allow_nan=False)
    return gzip.compress(text.encode(), compresslevel=1, mtime=0)


def _key(circuit: QuantumCircuit, settings: list[object]) -> str:
    """The hash of the circuit's instructions and of the transpiler's settings."""
    text = json.dumps([settings, circuit.num_qubits, _rows(circuit)])
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(circuit: QuantumCircuit) -> list[list[Any]]:
    """All that a circuit says of its instructions, with the definition of those of a user's own."""
    qubit = {q: i for i, q in enumerate(circuit.qubits)}
    clbit = {c: i for i, c in enumerate(circuit.clbits)}
    rows = []
    for step in circuit.data:
        row: list[Any] = [
            step.name,
            [_content(parameter) for parameter in step.params],
            [qubit[q] for q in step.qubits],
            [clbit[c] for c in step.clbits],
        ]
        is_matrix = any(isinstance(parameter, np.ndarray) for parameter in step.params)
        if not (step.is_standard_gate() or step.name in _NO_GATES or is_matrix):
            definition = step.operation.definition
            row.append(None if definition is None else _rows(definition))
        rows.append(row)
    return rows


def _content(parameter: Any) -> str:
    """A parameter in full: the text of a large array leaves its middle out."""
    if isinstance(parameter, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(parameter).tobytes()).hexdigest()
    return str(parameter)
