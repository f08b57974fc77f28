"""The arguments of `hybhanas cost`; importing this imports nothing heavy."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

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


_SETTING = re.compile(
    r"(?<![\w./])((?:cost_model|options)\.\w+)="
    r"|^(backend|backend\.plan|calibration\.path|shots|price|missing|observables)="
)
_OTHERS = {"backend": "chosen", "backend.plan": "price", "calibration.path": "calibration"}
"""Settings whose option keeps its value under another name."""


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
    return _parser().parse_args(arguments)


def worded(error: Exception) -> str:
    """An error as a line that names the options of this command, not the settings behind them."""
    options = {
        action.dest: action.option_strings[0] for action in _parser()._get_optional_actions()
    }

    def option(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        setting = _OTHERS.get(name, name.rpartition(".")[2])
        return f"{options[setting]} " if setting in options else found[0]

    line = printable(error).removeprefix("circuit=")
    line = re.sub(r"\bbackend\.price\.(\w+)_usd=", r"--price \1=", line)
    return _SETTING.sub(option, line)


def _parser() -> _Parser:
    parser = _Parser(
        prog="hybhanas cost",
        description="What the circuits of files cost on a quantum computer, before they are run.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help="OpenQASM 2, OpenQASM 3 or QPY")
    add("--backend", metavar="NAME,...", action="append", dest="chosen",
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
    return parser


def _add_options(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    flag = argparse.BooleanOptionalAction
    add("--resilience-level", type=_whole, metavar="N", dest="resilience_level",
        help="of an Estimator: 1 TREX; 2 TREX, ZNE and gate twirling; default: 0")  # fmt: skip
    add("--twirl-gates", action=flag, dest="twirling_gates", help="twirl two-qubit gates")
    add("--twirl-measurement", action=flag, dest="twirling_measure", help="twirl measurements")
    add("--randomizations", type=_whole, metavar="N", dest="num_randomizations",
        help="random circuits for one; default: at most 32")  # fmt: skip
    add("--shots-per-randomization", type=_whole, metavar="N", dest="shots_per_randomization",
        help="of each random circuit; default: at least 64")  # fmt: skip
    add("--decoupling", metavar="SEQUENCE", dest="dynamical_decoupling",
        help="pulses while qubits wait: XX, XpXm or XY4")  # fmt: skip
    add("--measurement-mitigation", action=flag, dest="measure_mitigation", help="TREX")
    add("--zne", action=flag, dest="zne_mitigation", help="extrapolation to zero noise")
    add("--noise-factors", metavar="LIST", dest="noise_factors", help="of ZNE; default: 1,3,5")
    add("--rep-delay-s", type=_number, metavar="SECONDS", dest="rep_delay_s",
        help="between two shots; default: the backend's own")  # fmt: skip


def _add_figures(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--missing", metavar="NAME=VALUE,...",
        help="in seconds and probabilities: rep_delay_s, t1_s, t2_s, readout_s, readout_error, "
             "one_qubit_s, one_qubit_error, two_qubit_s, two_qubit_error")  # fmt: skip
    add("--generation", metavar="NAME", help="of job times: auto, ibm_2023 or ibm_2025")
    add("--job-overhead-s", type=_number, metavar="SECONDS", dest="job_overhead_s",
        help="of a job, besides its circuits")  # fmt: skip
    add("--execution-overhead-s", type=_number, metavar="SECONDS", dest="execution_overhead_s",
        help="of a shot, besides circuit and repetition delay")  # fmt: skip


def _add_compiler(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--compiler", metavar="NAME", help="qiskit or pytket; default: qiskit")
    add("--optimization-level", type=_whole, metavar="N", dest="optimization_level",
        help="0 to 3; default: 2")  # fmt: skip
    add(
        "--seed", type=_whole, metavar="N", dest="transpiler_seed", help="of the layout; default: 1"
    )
    add("--faults", metavar="NAME",
        help="errors that count in P: observable, those that reach what is measured, or "
             "whole_circuit, any; default: observable")  # fmt: skip
    add("--layouts", type=_whole, metavar="N", help="seeds tried, the cheapest is kept; default: 1")
