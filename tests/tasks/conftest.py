"""What tests of tasks share: a finished run."""

from __future__ import annotations

from pathlib import Path

import pytest

from hybhanas.tasks.search import search


@pytest.fixture(scope="session")
def smoke(tmp_path_factory) -> Path:
    """The folder of one finished smoke run, with its offline W&B run; not to be written to."""
    from hybhanas.hydra_app.compose import composed

    folder = tmp_path_factory.mktemp("smoke") / "run"
    config = composed("experiment=smoke")
    search(config, folder)
    return folder
