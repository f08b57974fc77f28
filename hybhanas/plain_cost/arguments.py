"""The arguments of `hybhanas cost`; importing this imports nothing heavy."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from hybhanas.errors import ConfigError, printable, whole

EPILOG = """\
examples:
  hybhanas cost bell.qasm ansatz.qpy --backend ibm_boston
  hybhanas cost ansatz.qasm --backend ibm_fez --shots 10000 --observables ZZII,XXXX --resilience-level 2
  hybhanas cost ansatz.qasm --backend ibm_fez,ibm_boston,ionq_forte
  hybhanas cost *.qasm --backend kawasaki --json > cost.json

Each file is one job as it would be submitted: every circuit with its shots, none added for noise.
QPU time is what the machine is busy and what is billed, with the interval that holds 90 % of
archived jobs; effective time is that of the circuits alone, cost the price of the time or the
shots. Python: hybhanas.estimate([...]).
To search for networks: hybhanas --help."""  # noqa: E501 - as it is printed


SETTINGS = {
    "--backend": "backend",
    "--calibration": "calibration.path",
    "--shots": "shots",
    "--observables": "observables",
    "--price": "price",
    "--missing": "missing",
    "--mode": "cost_model.mode",
    "--generation": "cost_model.generation",
    "--job-overhead-s": "cost_model.job_overhead_s",
    "--execution-overhead-s": "cost_model.execution_overhead_s",
    "--compiler": "cost_model.compiler",
    "--optimization-level": "cost_model.optimization_level",
    "--seed": "cost_model.transpiler_seed",
    "--faults": "cost_model.faults",
    "--layouts": "cost_model.layouts",
    "--resilience-level": "options.resilience_level",
    "--twirl-gates": "options.twirling_gates",
    "--twirl-measurement": "options.twirling_measure",
    "--randomizations": "options.num_randomizations",
    "--shots-per-randomization": "options.shots_per_randomization",
    "--decoupling": "options.dynamical_decoupling",
    "--measurement-mitigation": "options.measure_mitigation",
    "--zne": "options.zne_mitigation",
    "--noise-factors": "options.noise_factors",
    "--rep-delay-s": "options.rep_delay_s",
}
"""What each option sets, by the name that it has in an error."""


class _Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError(f"{message}; hybhanas cost --help shows what is accepted")


def _whole(text: str) -> int:
    """A whole number, also as `1e4` or `10_000`."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return whole("number", float(text))
    except (ValueError, ConfigError):
        raise argparse.ArgumentTypeError(f"{text} is not accepted: a whole number") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not accepted: a number") from None


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    """The arguments after `hybhanas cost`.

    Raises:
        ConfigError: a mistake, in one line.
        SystemExit: after --help.
    """
    parser = _Parser(
        prog="hybhanas cost",
        description="What the circuits of files cost on a quantum computer, before they are run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = _adder(parser)
    add("files", nargs="*", metavar="FILE", help="OpenQASM 2, OpenQASM 3 or QPY")
    add("--backend", metavar="NAME,...", action="append",
        help="of conf/backend (ibm_boston, ionq_forte, ...) or a snapshot of qiskit-ibm-runtime "
             "(kawasaki, ...); several are compared; default: ibm_brisbane")  # fmt: skip
    add("--calibration", metavar="FILE",
        help="a saved calibration, or IBM's properties as JSON, instead of --backend")  # fmt: skip
    add("--backends", action="store_true", help="print the names that --backend accepts, and stop")
    add("--shots", type=_whole, metavar="N", help="of each circuit; default: 4096, as in Runtime")
    add("--observables", metavar="LABELS",
        help="Pauli strings such as ZZII,XXXX, the rightmost letter for qubit 0; default: Z of "
             "what a file measures")  # fmt: skip
    add("--price", metavar="PRICE",
        help="a plan of conf/prices.yaml, or US dollars such as second=1.6 or task=0.3,shot=0.08; "
             "default: the backend's plan, of IBM's machines Pay-As-You-Go")  # fmt: skip
    add("--mode", default="job", metavar="MODE", help="job, batch or session; default: job")
    add(
        "--json",
        action="store_true",
        help="print JSON, described by hybhanas/plain_cost/schema.json",
    )
    _add_options(parser.add_argument_group("options of the primitive, as in qiskit-ibm-runtime"))
    _add_figures(parser.add_argument_group("figures that a backend does not give"))
    _add_compiler(parser.add_argument_group("compiler and noise"))
    return parser.parse_args(arguments)


def worded(error: Exception) -> str:
    """An error as a line that names the options of this command, not the settings behind them.

    Example:
        >>> worded(ConfigError("shots=0 is not accepted: at least 1"))
        '--shots 0 is not accepted: at least 1'
    """
    line = f" {printable(error)}"
    for option, setting in SETTINGS.items():
        line = line.replace(f" {setting}=", f" {option} ")
    return line[1:].removeprefix("circuit=")


def _adder(group: argparse._ActionsContainer) -> Callable[..., None]:
    """What adds an option, whose value is found under the name of its setting."""

    def add(name: str, **keywords: Any) -> None:
        if name in SETTINGS:
            keywords["dest"] = SETTINGS[name]
        group.add_argument(name, **keywords)

    return add


def _add_options(group: argparse._ArgumentGroup) -> None:
    add = _adder(group)
    flag = argparse.BooleanOptionalAction
    add("--resilience-level", type=_whole, metavar="N",
        help="of an Estimator: 1 TREX; 2 TREX, ZNE and gate twirling; default: 0")  # fmt: skip
    add("--twirl-gates", action=flag, help="twirl two-qubit gates")
    add("--twirl-measurement", action=flag, help="twirl measurements")
    add("--randomizations", type=_whole, metavar="N",
        help="random circuits for one; default: at most 32")  # fmt: skip
    add("--shots-per-randomization", type=_whole, metavar="N",
        help="of each random circuit; default: at least 64")  # fmt: skip
    add("--decoupling", metavar="SEQUENCE",
        help="pulses while qubits wait: XX, XpXm or XY4")  # fmt: skip
    add("--measurement-mitigation", action=flag, help="TREX")
    add("--zne", action=flag, help="extrapolation to zero noise")
    add("--noise-factors", metavar="LIST", help="of ZNE; default: 1,3,5")
    add("--rep-delay-s", type=_number, metavar="SECONDS",
        help="between two shots; default: the backend's own")  # fmt: skip


def _add_figures(group: argparse._ArgumentGroup) -> None:
    add = _adder(group)
    add("--missing", metavar="NAME=VALUE,...",
        help="in seconds and probabilities: rep_delay_s, t1_s, t2_s, readout_s, readout_error, "
             "one_qubit_s, one_qubit_error, two_qubit_s, two_qubit_error")  # fmt: skip
    add("--generation", metavar="NAME", help="of job times: auto, ibm_2023 or ibm_2025")
    add("--job-overhead-s", type=_number, metavar="SECONDS",
        help="of a job, besides its circuits")  # fmt: skip
    add("--execution-overhead-s", type=_number, metavar="SECONDS",
        help="of a shot, besides circuit and repetition delay")  # fmt: skip


def _add_compiler(group: argparse._ArgumentGroup) -> None:
    add = _adder(group)
    add("--compiler", metavar="NAME", help="qiskit or pytket; default: qiskit")
    add("--optimization-level", type=_whole, metavar="N",
        help="0 to 3; default: 2")  # fmt: skip
    add("--seed", type=_whole, metavar="N", help="of the layout; default: 1")
    add("--faults", metavar="NAME",
        help="errors that count in P: observable, those that reach what is measured, or "
             "whole_circuit, any; default: observable")  # fmt: skip
    add("--layouts", type=_whole, metavar="N", help="seeds tried, the cheapest is kept; default: 1")
