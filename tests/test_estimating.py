"""hybhanas.estimate: what it accepts as a backend."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import IfElseOp, Measure, Parameter
from qiskit.circuit.library import CZGate, RZGate, SXGate
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.quantum_info import Pauli, PauliList, SparseObservable, SparsePauliOp
from qiskit.transpiler import Target
from qiskit_ibm_runtime.options import EstimatorOptions, SamplerOptions

import hybhanas
from hybhanas.calibration import qiskit_backend
from hybhanas.calibration.price import Price
from hybhanas.calibration.snapshot import Snapshot, backends
from hybhanas.circuit_file import read_circuit
from hybhanas.errors import ConfigError
from hybhanas.estimating import machine
from hybhanas.observables import read_observables
from hybhanas.pubs import listed
from tests.helpers import ROOT

GHZ = ROOT / "docs" / "ghz5.qasm"


def test_a_backend_is_a_name_a_snapshot_a_calibration_or_one_of_qiskits():
    named = hybhanas.estimate(GHZ, "ibm_fez")
    for backend in ("fez", hybhanas.Calibration.load("ibm_fez"), backends()["fez"]()):
        report = hybhanas.estimate(GHZ, backend)
        assert report.time == named.time
        assert report.noise == named.noise


@pytest.mark.parametrize("name", ["IBM_FEZ", "fez", "Fez", "FakeFez", "fake_fez"])
def test_each_name_of_a_machine_is_that_of_its_settings(name):
    assert machine(name) == machine("ibm_fez")


def generic(**changes) -> GenericBackendV2:
    return GenericBackendV2(5, basis_gates=["cz", "sx", "x", "rz"], seed=1, **changes)


def test_any_backend_of_qiskits_is_costed_by_its_own_target():
    backend = generic(control_flow=True)
    circuit = QuantumCircuit(2)
    circuit.sx(0)
    circuit.cz(0, 1)
    circuit.measure_all()
    report = hybhanas.estimate([circuit], backend, hybhanas.CostModel(optimization_level=0))
    at = {name: backend.target[name] for name in ("sx", "cz", "measure")}
    together = at["sx"][0,].duration + at["cz"][0, 1].duration
    readout = max(at["measure"][i,].duration for i in (0, 1))
    assert report.pubs[0].circuit_s == pytest.approx(together + readout)
    assert "no repetition delay: set to 0.00025 s" in report.assumptions
    assert report.provenance.generation == "ibm_2025, assumed"
    given = hybhanas.estimate([circuit], backend, missing={"rep_delay_s": 1e-3})
    assert given.provenance.rep_delay_s == 1e-3
    assert not any("repetition delay" in line for line in given.assumptions)


def test_a_backend_without_figures_names_all_of_them_and_takes_what_is_given():
    bare = generic(noise_info=False)
    with pytest.raises(ConfigError, match="gives no t1_s, t2_s, readout_s, readout_error, ") as no:
        hybhanas.estimate(GHZ, bare)
    assert "hybhanas.estimate(..., missing={'t1_s': VALUE, ...})" in str(no.value)
    figures = {"t1_s": 1e-4, "t2_s": 1e-4, "readout_s": 2e-6, "readout_error": 0.02,
               "one_qubit_s": 5e-8, "one_qubit_error": 1e-3,
               "two_qubit_s": 1e-7, "two_qubit_error": 1e-2}  # fmt: skip
    calibration, *_ = machine(bare, figures)
    assert {gate.duration_s for gate in calibration.gates["cz"].values()} == {1e-7}
    assert {gate.duration_s for gate in calibration.gates["rz"].values()} == {0.0}
    assert hybhanas.estimate(GHZ, bare, missing=figures).circuit.qubits == 5
    of_numpy = {name: np.float32(value) for name, value in figures.items()}
    assert hybhanas.estimate(GHZ, bare, missing=of_numpy).circuit.qubits == 5


def test_a_source_may_give_the_readout_time_that_its_machine_lacks():
    source = Snapshot(snapshot="almaden", fallback_readout_s=5e-6)
    calibration, *_ = machine(source)
    assert {qubit.readout_s for qubit in calibration.qubits.values()} == {5e-6}
    assert 5e-6 < hybhanas.estimate([GHZ], source).pubs[0].circuit_s < 9e-6
    given, *_ = machine(source, {"readout_s": 7e-6})  # what the caller says comes first
    assert {qubit.readout_s for qubit in given.qubits.values()} == {7e-6}
    named = Snapshot(snapshot="fez", fallback_readout_s=5e-6)
    assert machine(named)[0] == machine(Snapshot(snapshot="fez"))[0]


def test_gates_that_a_target_has_everywhere_are_on_every_pair():
    target = Target(num_qubits=3)
    target.add_instruction(CZGate())
    target.add_instruction(SXGate())
    target.add_instruction(RZGate(Parameter("a")))
    target.add_instruction(Measure())
    target.add_instruction(IfElseOp, name="if_else")
    raw = qiskit_backend.read(SimpleNamespace(target=target, name="whole", max_circuits=7))
    assert len(raw.gates["cz"]) == 6
    assert list(raw.gates["sx"]) == [(0,), (1,), (2,)]
    assert set(raw.gates) == {"cz", "sx", "rz"}
    assert raw.max_circuits_per_job == 7


def test_a_target_alone_is_costed_as_its_backend():
    backend = generic()
    alone, *_ = machine(backend.target)
    assert alone.name == "target"
    assert alone.hash == replace(machine(backend)[0], name="target").hash
    job, same = (hybhanas.estimate([bell()], given) for given in (backend, backend.target))
    assert job.qpu_s == same.qpu_s > 0


def test_a_date_that_a_backend_does_not_give_is_told_and_no_part_of_the_hash():
    calibration, *_ = machine(generic())
    (said,) = (str(one) for one in calibration.repairs if "no date" in str(one))
    assert said == f"no date of the calibration: set to today, {calibration.date:%Y-%m-%d}"
    assert said in hybhanas.estimate([bell()], generic()).assumptions
    later = replace(calibration, date=calibration.date + timedelta(days=1))
    assert later.hash == calibration.hash
    dated, *_ = machine("ibm_fez")
    assert replace(dated, date=dated.date + timedelta(days=1)).hash != dated.hash


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ("ibm_fes", "backend=ibm_fes is unknown .did you mean ibm_fez"),
        (3, "backend=int is not accepted: it has no target; accepted: a BackendV2"),
        (QuantumCircuit(2), "^backend=QuantumCircuit is not accepted: it has no target; accepted"),
        (SimpleNamespace(target=Target(), name="none"), "its target has no number of qubits"),
        (SimpleNamespace(target=Target(num_qubits=2), name="none"), "none of its gates is one of"),
    ],
)
def test_another_backend_is_refused_in_a_line(backend, message):
    with pytest.raises(ConfigError, match=message) as caught:
        hybhanas.estimate(GHZ, backend)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ({"t3_s": 1e-4}, "missing=t3_s is unknown"),
        ({"readout_error": 0.5}, "error=0.5 is not accepted: a probability at least 0, below 0.5"),
        ({"two_qubit_error": 1.0}, "error=1.0 is not accepted: a probability at least 0, below 1"),
        ({"two_qubit_error": True}, "two_qubit_error=True is not accepted: a probability at least"),
        ({"t1_s": "long"}, "missing.t1_s=long is not accepted: seconds above 0, below 1e9"),
        ({"two_qubit_s": 0}, "missing.two_qubit_s=0 is not accepted: seconds above 0, below 1e9"),
        ({"rep_delay_s": -1}, "rep_delay_s=-1 is not accepted: seconds, at least 0 and below 1e9"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused_in_a_line(missing, message):
    with pytest.raises(ConfigError, match=message):
        hybhanas.estimate(GHZ, "ibm_fez", missing=missing)


def bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.ry(0.4, 0)
    circuit.cx(0, 1)
    return circuit


def test_the_options_of_a_primitive_hold_as_runtime_has_them():
    machine_ = backends()["fez"]()
    sampler = SamplerOptions(default_shots=123)
    sampler.execution.rep_delay = 5e-4
    measured = bell()
    measured.measure_all()
    cost = hybhanas.estimate([measured], machine_, options=sampler)
    assert cost.executions == 123
    assert cost.provenance.rep_delay_s == 5e-4
    estimator = EstimatorOptions(resilience_level=1, default_precision=0.1)
    pub = (bell(), "ZZ")
    theirs = hybhanas.estimate([pub], machine_, options=estimator)
    ours = hybhanas.estimate([pub], machine_, options={"resilience_level": 1}, shots=100)
    assert theirs.executions == ours.executions
    assert theirs.options == "measurement twirling, TREX"


def test_pubs_may_be_any_sequence_of_circuits_and_one_observable_stands_alone():
    pubs = [bell(), bell()]
    wanted = hybhanas.estimate(pubs, "ibm_fez", shots=10, observables=["ZZ"])
    for given in (tuple(pubs), iter(pubs)):
        assert hybhanas.estimate(given, "ibm_fez", shots=10.0, observables="ZZ") == wanted
    assert hybhanas.estimate(pubs, "ibm_fez", shots=10, observables=Pauli("ZZ")) == wanted


@pytest.mark.parametrize(
    "observables",
    [
        "ZZ",
        ["ZZ"],
        [["ZZ"]],  # as Qiskit's Estimator takes them
        (label for label in ["ZZ"]),
        {"ZZ": 1.0},
        np.array(["ZZ"]),
        SparsePauliOp("ZZ"),
        SparseObservable("ZZ"),
        PauliList(["ZZ"]),
        ObservablesArray.coerce(["ZZ"]),
    ],
)
def test_observables_are_taken_in_each_form_that_qiskit_has(observables):
    assert read_observables(observables) == ["ZZ"]


def test_a_wide_pauli_is_read_to_its_end():
    assert read_observables(Pauli("Z" * 127)) == ["Z" * 127]


def test_observables_of_a_generator_hold_for_every_circuit_of_a_job_and_for_a_circuit_alone():
    cost = hybhanas.estimate([bell()] * 2, "ibm_fez", observables=(one for one in ("ZZ", "XX")))
    assert [pub.configurations for pub in cost.pubs] == [2, 2]
    alone = [hybhanas.estimate(bell(), "ibm_fez", observables=one) for one in ("ZZ", [["ZZ"]])]
    assert alone[0] == alone[1]


def test_a_tuple_is_a_job_of_circuits_paths_and_architectures_or_one_pub():
    circuits = bell(), read_circuit(GHZ)
    assert listed(circuits) == list(circuits)
    network = hybhanas.Architecture(qubits=2)
    assert listed((GHZ, network, str(GHZ))) == [GHZ, network, str(GHZ)]
    assert listed(((bell(), "ZZ"), bell()))[1].num_qubits == 2
    assert listed((bell(), "ZZ")) == [(bell(), "ZZ")]
    assert listed(()) == []


def test_a_job_takes_the_shots_of_a_target_error():
    model = hybhanas.CostModel(shots="auto", target_error=0.1)
    assert hybhanas.estimate([bell()], "ibm_fez", model).executions == 100


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pubs": {"a": bell()}}, "pubs=dict is not accepted: a circuit, a tuple"),
        ({"pubs": 3}, "pubs=int is not accepted"),
        ({"pubs": ()}, "pubs=none is not accepted: PUBs of one primitive, at least one"),
        ({"pubs": ("a.qasm", None, 100)}, "pubs=tuple is not accepted: a circuit, a tuple"),
        ({"pubs": [("a.qasm", "ZZ")]}, r"pubs\[0\]=tuple is not accepted: a circuit, a tuple"),
        ({"observables": 3}, r'observables=3 is not accepted: Pauli labels such as \["ZZI"\], a S'),
        ({"observables": [3]}, r"observables=\[3\] is not accepted: Pauli labels"),
        ({"observables": ["ZZ", (0, 1)]}, r"observables=.* is not accepted: Pauli labels"),
        (
            {"pubs": ["OPENQASM 3.0;\nqubit q; x q;"]},
            "circuit is the text of a program, not a path",
        ),
        (
            {"backend": type(generic())},
            r"GenericBackendV2 is not accepted: GenericBackendV2\(\) is",
        ),
        ({"shots": "100"}, "shots=100 is not accepted: a whole number"),
        ({"shots": 1.5}, "shots=1.5 is not accepted: a whole number"),
        ({"shots": np.array([1, 2])}, r"shots=.1 2. is not accepted: a whole number"),
        ({"shots": True}, "shots=True is not accepted: a whole number"),
        ({"options": {"default_shots": "many"}}, "options.default_shots=many is not accepted: a w"),
        ({"options": {"default_shots": 1.5}}, "options.default_shots=1.5 is not accepted: a whole"),
        ({"options": {"default_precision": "x"}}, "options.default_precision=x is not accepted: 0"),
        ({"options": {"default_precision": 1e200}}, "0.000001 <= precision < 1e6"),
        ({"pubs": [(bell(), "ZZ", None, 1e-200)]}, r"^pubs.0. is not accepted: precision=1e-200"),
        ({"price": b"second=1"}, "price=b'second=1' is not accepted: a plan "),
        ({"price": 1.6}, "price=1.6 is not accepted: a plan "),
        ({"price": Price()}, "price=.* is not accepted: a plan "),
        ({"missing": ["t1_s"]}, "missing=list is not accepted: a mapping such as"),
        (
            {"backend": hybhanas.Calibration.load("ibm_fez"), "missing": {"t1_s": 1e-4}},
            "^missing is not accepted with a Calibration, which lacks nothing$",
        ),
        ({"observables": []}, r"observables=\[\] is not accepted: at least one"),
        ({"observables": [], "pubs": bell()}, r"observables=\[\] is not accepted: at least one"),
        ({"model": 3}, "model=int is not accepted: a name of conf/cost_model, or a CostModel"),
        ({"device": 3}, "device=3 is not accepted: a name of conf/device, or a Device"),
        ({"device": "a1000"}, r"device=a1000 is unknown \(did you mean a100\?\)"),
        ({"workload": {}}, "workload={} is not accepted: a Workload, or None"),
        ({"workload": "", "pubs": bell()}, "workload= is not accepted: a Workload, or None"),
        ({"options": {3: 1}}, "options=3 is unknown; accepted: resilience_level"),
        (
            {"pubs": hybhanas.Architecture(qubits=2), "features": "a", "classes": 2},
            "features=a is not accepted: a whole number",
        ),
        (
            {"pubs": hybhanas.Architecture(qubits=2), "features": -1, "classes": 2},
            "features=-1 is not accepted: at least 1",
        ),
        (
            {"pubs": hybhanas.Architecture(qubits=2), "observables": "ZZ"},
            "observables=ZZ is not accepted: None, since an architecture has its own",
        ),
        ({"features": 4}, "features=4 is not accepted: None, but for an architecture"),
        ({"missing": np.ones(2)}, "missing=ndarray is not accepted: a mapping such as"),
    ],
)
def test_an_argument_that_makes_no_sense_is_refused_in_a_line(changes, message):
    with pytest.raises(ConfigError, match=message) as caught:
        hybhanas.estimate(**({"pubs": [bell()], "backend": "ibm_fez"} | changes))
    assert "\n" not in str(caught.value)
