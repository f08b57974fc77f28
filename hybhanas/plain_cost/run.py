"""Running `hybhanas cost`: files to a table or JSON, mistakes to one line."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import Any, NamedTuple

from hybhanas.errors import CandidateError, ConfigError, refused
from hybhanas.plain_cost.arguments import parsed, worded
from hybhanas.steps import Steps, quiet

SCHEMA_VERSION = 1
DEFAULT_BACKEND = "ibm_brisbane"
NOT_COSTED = 1
"""The exit code where some file could not be costed; the others were."""

USAGE_ERROR = 2
INTERRUPTED = 130


class NotCosted(NamedTuple):
    """A file without a cost.

    Args:
        file: its path.
        backend: the machine that cannot run it; None: the file could not be read.
        error: the reason, in one line.
    """

    file: str
    backend: str | None
    error: str


def main(arguments: Sequence[str]) -> int:
    """Costs files; the exit code is 0, NOT_COSTED or USAGE_ERROR."""
    try:
        given = parsed(arguments)
        if given.backends:
            from hybhanas.calibration import backend

            print("\n".join(backend.names()))
            return 0
        if not given.files:
            raise ConfigError("FILE is missing: hybhanas cost FILE ... --backend NAME")
        machines = _machines(given)
        results = costed(given, machines, quiet if given.json else _steps())
    except ConfigError as error:
        print(f"error: {worded(error)}", file=sys.stderr)
        return USAGE_ERROR
    except KeyboardInterrupt:
        return INTERRUPTED
    failed = [one for one in results if isinstance(one, NotCosted)]
    if given.json:
        files = [
            one._asdict()
            if isinstance(one, NotCosted)
            else {"file": one[0], "job": one[1].to_dict()}
            for one in results
        ]
        print(json.dumps({"version": SCHEMA_VERSION, "files": files}, indent=2, allow_nan=False))
    else:
        from hybhanas.plain_cost.table import show

        show([one for one in results if not isinstance(one, NotCosted)])
    for one in failed:
        on = f"{one.backend}: " if one.backend and len(machines) > 1 else ""
        print(f"error: {on}{one.error}", file=sys.stderr)
    return NOT_COSTED if failed else 0


def _steps() -> Steps:
    """Steps that are shown on stderr, which leaves stdout to the results."""
    from rich.console import Console

    from hybhanas.reporting.steps import steps_on

    return steps_on(Console(stderr=True))


def costed(
    given: Namespace, machines: Sequence[Any], steps: Steps = quiet
) -> list[tuple[str, Any] | NotCosted]:
    """For each file a `JobCost` of each machine, or why there is none.

    Args:
        given: the arguments of the command.
        machines: to cost for.
        steps: shows how many of the costs are known.

    Raises:
        ConfigError: a mistake that is none of a file's.
    """
    from hybhanas.estimating import job_estimator, named_pub

    model, missing = _model(given), _missing(given.missing)
    estimators = [job_estimator(one, model, given.shots, given.price, missing) for one in machines]
    observables = None if given.observables is None else _list(given.observables)
    results: list[tuple[str, Any] | NotCosted] = []
    number = len(estimators)
    with steps("costing", len(given.files) * number) as done:
        for before, file in enumerate(given.files):
            try:
                pub = named_pub(0, file, observables)
            except (ConfigError, CandidateError) as error:
                results.append(NotCosted(file, None, worded(error)))
                continue
            for i, estimator in enumerate(estimators):
                done(before * number + i)
                try:
                    results.append((file, estimator([pub])))
                except (ConfigError, CandidateError) as error:
                    results.append(NotCosted(file, estimator.backend, worded(error)))
    return results


def _machines(given: Namespace) -> Sequence[Any]:
    from hybhanas.calibration.backend import Backend

    path = vars(given)["calibration.path"]
    if path is None:
        names = _list(",".join(given.backend or [DEFAULT_BACKEND]))
        if not names:
            raise ConfigError("--backend= is not accepted: names such as ibm_fez,ionq_forte")
        return list(dict.fromkeys(Backend.named(name).name for name in names))
    if given.backend is not None:
        raise ConfigError("--backend is not accepted beside --calibration: one of them")
    from hybhanas.calibration.file import CalibrationFile

    return [CalibrationFile(path=path)]


def _missing(text: str | None) -> dict[str, float]:
    from hybhanas.calibration.pairs import read_pairs

    try:
        return read_pairs(text or "")
    except ValueError:
        accepted = "names, each once, and numbers such as readout_s=5e-6,t1_s=1e-4"
        raise refused("missing", text, accepted) from None


def _model(given: Namespace) -> Any:
    from hybhanas.cost.model import CostModel
    from hybhanas.cost.runtime_names import options_from

    options = _given(given, "options")
    if (text := options.get("noise_factors")) is not None:
        try:
            options["noise_factors"] = [float(one) for one in _list(text)]
        except ValueError:
            raise refused("options.noise_factors", text, "numbers such as 1,3,5") from None
    settings = _given(given, "cost_model")
    return CostModel.preset("qpu_time", options=options_from(options), **settings)


def _given(given: Namespace, group: str) -> dict[str, Any]:
    """The settings of a group that are given, by their names in it."""
    settings = {name.partition(f"{group}.")[2]: value for name, value in vars(given).items()}
    return {name: value for name, value in settings.items() if name and value is not None}


def _list(text: str) -> list[str]:
    return [one.strip() for one in text.strip("[] ").split(",") if one.strip()]
