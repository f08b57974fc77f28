"""Damaged circuits, calibrations, settings and run folders, from fixed seeds: each is read, or
refused in one line, within 20 s of processor time, and what is read is sensible. Counts are
printed.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from hybhanas.api import load_run
from hybhanas.calibration import Calibration
from hybhanas.calibration.file import CalibrationFile
from hybhanas.calibration.snapshot import Snapshot
from hybhanas.circuit_file import read_circuit
from hybhanas.cost.estimator import CostEstimator
from hybhanas.cost.model import CostModel, Device, Workload
from hybhanas.cost.report import CostReport
from hybhanas.errors import CandidateError, ConfigError
from hybhanas.hydra_app.check import check
from hybhanas.hydra_app.compose import composed
from hybhanas.hydra_app.mistakes import explain
from hybhanas.nas.summary import Summary
from hybhanas.tasks.compare import compare
from hybhanas.tasks.finished import read_run
from tests.helpers import ROOT, mutations
from tests.helpers.programs import program

pytestmark = pytest.mark.slow
LONGEST_S, HANGS_S, AGAIN_S = 20.0, 300, 5
"""Of processor time, which a busy machine does not add to, and of the clock; then again, where the
first alarm was held back.
"""
TEXTS, QPY_FILES, CALIBRATIONS, CONFIGURATIONS, FOLDERS = 1000, 300, 300, 1000, 300
READ, REFUSED = "read", "refused in one line"

MODEL = CostModel.preset("qpu_time", phase="inference", optimization_level=1)
ARGUMENTS = (MODEL, Device.preset("a100"), Workload(samples=1, epochs=1, batch_size=1), 25e3)


class HangsError(BaseException):
    """An attempt takes too long; no Exception, so that no handler of the attempt's swallows it."""


def outcome(attempt: Callable[[], Any], what: object, hangs_s: float = HANGS_S) -> str:
    """Whether an attempt gave something or one line, which is all that it may do."""

    def hangs(*_: object) -> None:
        raise HangsError(f"it takes longer than {hangs_s} s")

    before = signal.signal(signal.SIGALRM, hangs)
    signal.setitimer(signal.ITIMER_REAL, hangs_s, AGAIN_S)
    started = time.process_time()
    try:
        attempt()
        result = READ
    except (ConfigError, CandidateError) as error:
        line = str(error)
        assert "\n" not in line, what
        assert 10 < len(line) < 1500, (what, line)
        result = REFUSED
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a panic of Rust's is no Exception
        raise AssertionError(f"{what}: {type(error).__name__}: {error}") from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert time.process_time() - started < LONGEST_S, what
    return result


def test_an_attempt_that_hangs_is_ended_whatever_it_catches():
    before = signal.getsignal(signal.SIGALRM)

    def endless() -> None:
        while True:
            with suppress(Exception):
                time.sleep(0.01)

    with pytest.raises(AssertionError, match="it takes longer than 0.05 s"):
        outcome(endless, "endless", hangs_s=0.05)
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def check_report(report: CostReport) -> None:
    """Asserts that a cost is sensible."""
    assert 0 < report.noise.p_survival <= 1
    assert 0 <= report.circuit.time_s <= report.circuit.serial_s * (1 + 1e-9)
    assert math.isfinite(report.time.log10_total_s)
    assert report.time.total_s > 0
    assert min(report.executions.circuits, report.executions.shots_effective) > 0


def counted(kind: str, counts: Counter[str]) -> str:
    text = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    return f"{counts.total()} {kind}: {text}"


def programs(kinds: tuple[str, ...], count: int) -> list[bytes]:
    """The bytes of generated circuits of these kinds."""
    found: list[bytes] = []
    seed = 0
    while len(found) < count:
        kind, content = program(seed)
        found += [content] if kind in kinds else []
        seed += 1
    return found


def test_damaged_texts_of_circuits(tmp_path, tell):
    estimate = CostEstimator(Calibration.load("ibm_fez"), *ARGUMENTS).estimate
    path, counts = tmp_path / "circuit", Counter[str]()
    for seed, content in enumerate(programs(("qasm2", "qasm3"), TEXTS)):
        rng = random.Random(seed)
        changed = mutations.text(rng, content.decode("latin-1"))
        path.write_bytes(changed.encode("latin-1", errors="replace"))
        counts[outcome(lambda: check_report(estimate(read_circuit(path))), changed)] += 1
    tell(counted("damaged OpenQASM texts", counts))
    assert counts[READ] > TEXTS // 20


def test_damaged_qpy_files(tmp_path, tell):
    estimate = CostEstimator(Calibration.load("ibm_fez"), *ARGUMENTS).estimate
    path, counts = tmp_path / "circuit.qpy", Counter[str]()
    for seed, content in enumerate(programs(("qpy",), QPY_FILES)):
        path.write_bytes(mutations.data(random.Random(seed), content))
        counts[outcome(lambda: check_report(estimate(read_circuit(path))), seed)] += 1
    tell(counted("damaged QPY files", counts))


def test_damaged_calibrations(tmp_path, tell):
    circuit = read_circuit(ROOT / "docs" / "ghz5.qasm")
    good = Snapshot(snapshot="perth").read().to_dict()
    path, counts = tmp_path / "calibration.json", Counter[str]()

    def attempt() -> None:
        calibration = Calibration.load(CalibrationFile(path=str(path)))
        check_report(CostEstimator(calibration, *ARGUMENTS).estimate(circuit))

    for seed in range(CALIBRATIONS):
        changed = json.dumps(mutations.value(random.Random(seed), good))
        path.write_text(changed)
        counts[outcome(attempt, f"seed {seed}")] += 1
    tell(counted("damaged calibrations", counts))
    assert counts[READ] > CALIBRATIONS // 20


def settings() -> list[str]:
    """Every setting of a configuration, and every group."""

    def below(prefix: str, plain: dict[str, Any]) -> list[str]:
        found = []
        for key, inner in plain.items():
            name = f"{prefix}.{key}" if prefix else str(key)
            found += [name, *(below(name, inner) if isinstance(inner, dict) else [])]
        return found

    from omegaconf import OmegaConf

    plain: Any = OmegaConf.to_container(composed())
    return [name for name in below("", plain) if not name.startswith("plugins")]


VALUES = (
    "null", "false", "true", "0", "-1", "1.5", "inf", "nan", "1e400", "99999999999999999999", "x",
    "''", "[]", "[1]", "[[1]]", "{}", "{a:1}", "${seed}", "os.system", "1000000", "ibm_fez", "=",
    "'\\ud800'", "/etc/passwd", "~nosuchuser/x", "{a", "a,b", "4294967296", "x" * 300,
)  # fmt: skip


def test_nonsense_in_settings(tell):
    names, counts = settings(), Counter[str]()

    def attempt(*overrides: str) -> None:
        from omegaconf import OmegaConf

        from hybhanas.hydra_app.mistakes import check_keys

        try:
            config = composed(*overrides)
            check_keys(config)
            OmegaConf.resolve(config)
            check(config)
        except Exception as error:
            line = explain(error)
            if line is None:
                raise
            raise ConfigError(line) from None

    for seed in range(CONFIGURATIONS):
        rng = random.Random(seed)
        overrides = [
            rng.choice(("", "", "", "+", "~", "++")) + f"{rng.choice(names)}={rng.choice(VALUES)}"
            for _ in range(rng.choice((1, 1, 2)))
        ]
        counts[outcome(lambda words=overrides: attempt(*words), overrides)] += 1
    tell(counted("configurations with nonsense", counts))


def test_damaged_run_folders(whole, tmp_path, tell, monkeypatch):
    monkeypatch.chdir(tmp_path)
    counts, folder = Counter[str](), tmp_path / "runs" / "run"
    shutil.copytree(whole, tmp_path / "runs" / "good")
    config = composed("task=compare", f"run={folder.parent}")

    def attempt() -> None:
        run = read_run(str(folder))
        summary = Summary.of(run.evaluations, run.objectives)
        assert 0 <= summary.hypervolume <= 1
        assert summary.evaluations <= 16
        for member in load_run(folder).front:
            assert 0 <= (member.test_accuracy or 0) <= 1

    for seed in range(FOLDERS):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        done = mutations.folder(random.Random(seed), folder)
        counts[outcome(attempt, done)] += 1
        if seed % 10 == 0:  # slower: it draws a picture
            outcome(lambda: compare(config, tmp_path / "out"), done)
    tell(counted("damaged run folders", counts))
    assert not list(Path(tmp_path).rglob("executed"))
    assert counts[READ] > FOLDERS // 4
