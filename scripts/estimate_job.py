"""The estimate of a job before it is submitted, term by term, for docs/cost.md.

    python scripts/estimate_job.py           prints it
    python scripts/estimate_job.py --page    writes it into the page

It gives what users ask for in qiskit-ibm-runtime's feature request 3096: executions, what circuit,
reset, repetition delay and overheads contribute, where the figures come from, how sure they are,
what they cost in money, whether they are a lower bound, and what jobs take together as a batch or a
session.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2

import hybhanas
from hybhanas.reporting.units import dollar_band, dollars, duration
from scripts.page import DOCS, fill

BACKEND = "ibm_fez"


def ansatz() -> QuantumCircuit:
    """Four qubits, 16 free angles."""
    return efficient_su2(4, reps=1, entanglement="linear")


def reused() -> QuantumCircuit:
    """Two rounds on one qubit, which is reset between them."""
    circuit = QuantumCircuit(2, 3)
    circuit.ry(0.4, 0)
    circuit.cx(0, 1)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [1, 2])
    return circuit


def sampler_job(**changes: object) -> hybhanas.JobCost:
    """Two PUBs of a Sampler: eight sets of values, and a circuit with a reset."""
    measured = ansatz()
    measured.measure_all()
    values = np.zeros((8, measured.num_parameters))
    pubs = [(measured, values, 4096), (reused(), None, 2000)]
    job: hybhanas.JobCost = hybhanas.estimate(pubs, BACKEND, **changes)  # type: ignore[arg-type]
    return job


def estimator_job(level: int) -> hybhanas.JobCost:
    """Two PUBs of an Estimator: three observables in two bases, and one at four sets of values."""
    circuit = ansatz()
    values = np.zeros((4, circuit.num_parameters))
    pubs = [
        (circuit, ["ZZII", "IZZI", "XXXX"], values[0], 0.02),
        (circuit, "ZZZZ", values, 0.02),
    ]
    job: hybhanas.JobCost = hybhanas.estimate(pubs, BACKEND, options={"resilience_level": level})
    return job


def term_by_term(job: hybhanas.JobCost) -> str:
    """A job as a table of its PUBs, of its contributions, and its other facts."""
    names = [f"`{name}`" for name in asdict(job.contributions)]
    rows = [
        ["", *(f"PUB {i}" for i, _ in enumerate(job.pubs)), "job"],
        ["sets of values", *(str(pub.parameter_sets) for pub in job.pubs), ""],
        ["circuits, by sets and bases", *(str(pub.configurations) for pub in job.pubs), ""],
        ["shots of each", *(f"{pub.shots:,}" for pub in job.pubs), ""],
        ["executions", *(f"{pub.executions:,}" for pub in job.pubs), f"{job.executions:,}"],
        ["one execution", *(duration(pub.circuit_s) for pub in job.pubs), ""],
        ["two-qubit gates", *(str(pub.two_qubit_gates) for pub in job.pubs), ""],
        ["P, what noise leaves", *(f"{pub.p_survival:.3f}" for pub in job.pubs), ""],
    ]
    parts = [asdict(one) for one in (*(pub.contributions for pub in job.pubs), job.contributions)]
    rows += [[name, *(_seconds(part[name.strip("`")]) for part in parts)] for name in names]
    rows += [
        ["**QPU time**", *(duration(pub.contributions.total_s) for pub in job.pubs),
         f"**{duration(job.qpu_s)}**"],
        ["90 % of jobs", *("" for _ in job.pubs),
         f"{duration(job.qpu_low_s)} to {duration(job.qpu_high_s)}"],
        *_paid(job),
        ["effective execution time", *(duration(pub.effective_s) for pub in job.pubs),
         duration(job.effective_s)],
    ]  # fmt: skip
    table = [rows[0], ["---", *("---:" for _ in rows[0][1:])], *rows[1:]]
    lines = [f"| {' | '.join(row)} |" for row in table]
    origin = job.provenance
    return "\n".join(
        [
            *lines,
            "",
            f"- From: {origin.backend}, calibration of {origin.calibration_date[:10]} "
            f"({origin.calibration_source}, {origin.calibration_hash}); job times of "
            f"{origin.generation}; {origin.compiler}, level {origin.optimization_level}, seed "
            f"{origin.transpiler_seed}",
            f"- Price: {job.price.words if job.price else 'not known'}",
            f"- Lower bound of what is billed: {'yes' if job.is_lower_bound else 'no'}",
            *(f"- Assumed: {line}" for line in job.assumptions),
        ]
    )


def _paid(job: hybhanas.JobCost) -> list[list[str]]:
    """The rows of its price, if it is known."""
    if job.money is None:
        return []
    empty = ["" for _ in job.pubs]
    band = dollar_band(job.money.cost_low_usd, job.money.cost_high_usd)
    return [["cost", *empty, dollars(job.money.cost_usd)], ["90 % of jobs", *empty, band]]


def _seconds(value: float) -> str:
    return duration(value) if value else "0"


def levels() -> str:
    """What the resilience levels of an Estimator add to the same job."""
    rows = ["| resilience level | options | executions | QPU time | added |",
            "| --- | --- | ---: | ---: | ---: |"]  # fmt: skip
    jobs = {level: estimator_job(level) for level in (0, 1, 2)}
    rows += [
        f"| {level} | {job.options} | {job.executions:,} | {duration(job.qpu_s)} | "
        f"{_seconds(job.options_s)} |"
        for level, job in jobs.items()
    ]
    factors = ["", "| noise factor, PUB 0 | circuit | two-qubit gates | P |",
               "| --- | ---: | ---: | ---: |"]  # fmt: skip
    factors += [
        f"| {one.noise_factor:g} | {duration(one.circuit_s)} | {one.two_qubit_gates} | "
        f"{one.p_survival:.3f} |"
        for one in jobs[2].pubs[0].noise_factors
    ]
    return "\n".join(rows + factors)


def modes() -> str:
    """Ten such jobs as a batch, and as a session with half a second between them."""
    jobs = [sampler_job()] * 10
    rows = ["| ten jobs as | QPU time | billed | lower bound |", "| --- | ---: | ---: | --- |"]
    for mode, between_s in (("batch", 0.0), ("session", 4.5)):
        both = hybhanas.JobCost.together(jobs, mode, between_s)
        bound = "yes" if both.is_lower_bound else "no"
        rows.append(f"| {mode} | {duration(both.qpu_s)} | {duration(both.billed_s)} | {bound} |")
    return "\n".join(rows)


def parts() -> dict[str, str]:
    """The generated parts of the page by name."""
    return {"job": term_by_term(sampler_job()), "levels": levels(), "modes": modes()}


def main() -> None:
    """Prints the parts, or writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", action="store_true", help="write them into docs/cost.md")
    given = parser.parse_args()
    for name, text in parts().items():
        if given.page:
            fill(name, text, DOCS / "cost.md")
        else:
            print(f"{name}\n\n{text}\n")


if __name__ == "__main__":
    main()
