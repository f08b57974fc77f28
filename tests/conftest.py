"""Fixtures: the composed configuration, caches, processes that start without imports, Chromium."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from omegaconf import DictConfig, OmegaConf

from hybhanas.hydra_app.compose import composed as compose
from tests.helpers.cluster import slurm  # noqa: F401  a fixture
from tests.helpers.nursery import SEARCH, Nursery
from tests.helpers.registries import own_registries  # noqa: F401  a fixture

# An example may be the first to import a heavy library; CI repeats the same examples every time.
hypothesis.settings.register_profile(
    "hybhanas", deadline=None, derandomize="CI" in os.environ, print_blob=True
)
hypothesis.settings.load_profile("hybhanas")


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keeps tests away from the user's cache of transpiled circuits and W&B login."""
    monkeypatch.setenv("HYBHANAS_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("WANDB_API_KEY", raising=False)


@pytest.fixture(scope="session")
def browser():
    """Chromium."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    yield driver
    driver.quit()


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Has a line printed at the end of the run, whichever process the test runs in."""
    return lambda line: record_property("line", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the lines of `tell`."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "line":
                    terminalreporter.write_line(str(value))


@pytest.fixture
def composed() -> Callable[..., DictConfig]:
    """Composes the real configuration with overrides, interpolations resolved."""

    def compose_with(*overrides: str) -> DictConfig:
        config = compose(*overrides)
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
