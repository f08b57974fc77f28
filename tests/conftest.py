"""What many tests need: synthetic machines, the real configuration shrunk, a place for caches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from cluster import slurm  # noqa: F401  a fixture
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from nursery import SEARCH, Nursery
from omegaconf import DictConfig, OmegaConf

from hybhanas.architecture import CHOICES
from hybhanas.calibration import Calibration, GateProperties, Qubit
from hybhanas.cost.model import CostModel
from hybhanas.models.settings import TrainSettings
from hybhanas.run import CONF
from hybhanas.search_space import SearchSpace

# An example may be the first to import a heavy library; CI repeats the same examples every time.
hypothesis.settings.register_profile(
    "hybhanas", deadline=None, derandomize="CI" in os.environ, print_blob=True
)
hypothesis.settings.load_profile("hybhanas")

ROOT = Path(__file__).parent.parent
TINY = ("experiment=smoke", "search.population=2", "trainer.epochs=1", "trainer.final_epochs=1")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps tests away from the user's cache of transpiled circuits and W&B login."""
    monkeypatch.setenv("HYBHANAS_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)


def cost_model(**changes: object) -> CostModel:
    """The default cost model's settings, but for the changes."""
    default = dict(OmegaConf.load(CONF / "cost_model" / "hyb_hanas.yaml"))
    del default["_target_"]
    return CostModel(**(default | changes))


def train_settings(**changes: object) -> TrainSettings:
    """The default trainer's settings on one CPU, but for the changes."""
    default = dict(OmegaConf.load(CONF / "trainer" / "default.yaml"))
    del default["_target_"]
    return TrainSettings(**(default | {"accelerator": "cpu"} | changes))


def make_calibration(
    qubits: int = 2,
    edges: Sequence[tuple[int, int]] = ((0, 1),),
    sx_s: float = 50e-9,
    cz_s: float = 100e-9,
    sx_error: float = 0.001,
    cz_error: float = 0.01,
    t1_s: float | None = 100e-6,
    t2_s: float | None = 80e-6,
    readout_s: float | None = 1e-6,
    readout_error: float | None = 0.02,
    rep_delay_s: float | None = 250e-6,
    max_circuits_per_job: int = 100,
) -> Calibration:
    """A machine whose every figure a reader can multiply by hand; CZ acts both ways."""
    places = [(i,) for i in range(qubits)]
    pairs = sorted({pair for i, j in edges for pair in ((i, j), (j, i))})
    return Calibration(
        name="synthetic",
        source="test",
        date=datetime(2026, 1, 1, tzinfo=UTC),
        qubits=tuple(Qubit(i, t1_s, t2_s, readout_error, readout_s) for i in range(qubits)),
        gates={
            "rz": {at: GateProperties(0.0, 0.0) for at in places},
            "sx": {at: GateProperties(sx_s, sx_error) for at in places},
            "x": {at: GateProperties(sx_s, sx_error) for at in places},
            "cz": {at: GateProperties(cz_s, cz_error) for at in pairs},
        },
        rep_delay_s=rep_delay_s,
        max_circuits_per_job=max_circuits_per_job,
    )


def everything(**changes: Sequence[object]) -> SearchSpace:
    """A search space with every accepted word, for random architectures."""
    values: dict[str, Sequence[object]] = {
        "qubits": (1, 2, 3, 4, 5),
        "depth": (1, 2, 3),
        "reuploading": (False, True),
        "hidden_layers": (0, 1, 2),
        "hidden_width": (3, 8),
        "learning_rate": (None, 0.01),
        **CHOICES,
    }
    return SearchSpace(**(values | changes))  # type: ignore[arg-type]


def shipped_space(name: str) -> SearchSpace:
    """A search space of the configuration."""
    space: SearchSpace = instantiate(OmegaConf.load(CONF / "search_space" / f"{name}.yaml"))
    return space


@pytest.fixture
def composed() -> Callable[..., DictConfig]:
    """Composes the real configuration with overrides, interpolations resolved."""

    def compose_with(*overrides: str) -> DictConfig:
        with initialize_config_dir(str(CONF), version_base="1.3"):
            config = compose("config", overrides=list(overrides))
        OmegaConf.resolve(config)
        return config

    return compose_with


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """Runs the command line without the imports; see `nursery.Nursery`."""
    with Nursery(tmp_path_factory.mktemp("nursery")) as nursery:
        yield nursery


@pytest.fixture(scope="session")
def whole(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of `nursery.SEARCH`, undisturbed."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    child = nursery.run(*SEARCH, f"hydra.run.dir={folder}")
    assert child.returncode == 0, child.errors
    return folder
