"""The service of W&B: whose it is, when it is waited for, and that it tells its maker nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import psutil
import pytest

from hybhanas.reporting import wandb_service
from hybhanas.reporting.service import About
from hybhanas.reporting.tracking import Tracker
from tests.helpers import ROOT, wandb_file

OTHER = "(exec -a wandb-core sleep 60) & echo $!; exec sleep 60"
"""A process that has a service, and never asks how that ended."""


@pytest.fixture
def other(tmp_path) -> Iterator[psutil.Process]:
    """The service of another process that lives, noted in the folder."""
    with subprocess.Popen(["bash", "-c", OTHER], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        service = psutil.Process(int(parent.stdout.readline()))
        try:
            while service.cmdline()[:1] != ["wandb-core"]:  # it is bash until then
                time.sleep(0.01)
            note = {"pid": service.pid, "started": service.create_time(), "parent": parent.pid}
            (tmp_path / "service.json").write_text(json.dumps(note))
            yield service
        finally:
            service.kill()
            parent.kill()


@pytest.mark.parametrize(
    "end",
    [
        lambda folder, service, given_up: wandb_service.forget_service(folder),
        lambda folder, service, given_up: service.kill(),  # its parent leaves it a zombie
        lambda folder, service, given_up: given_up.set(),
    ],
    ids=["has told it all", "lost its service", "is waited for no longer"],
)
def test_another_process_that_tracks_the_folder_is_waited_for_until_it(
    tmp_path, other, end: Callable[[Path, psutil.Process, Event], None]
):
    given_up = Event()
    waiting = threading.Thread(
        target=wandb_service.wait_for_other, args=(tmp_path, given_up), daemon=True
    )
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive()
    end(tmp_path, other, given_up)
    waiting.join(10)
    assert not waiting.is_alive()


def test_the_service_reports_its_use_to_nobody(tmp_path, monkeypatch):
    wandb_service.tear_down()
    monkeypatch.delenv("WANDB_ERROR_REPORTING", raising=False)
    commands: list[list[str]] = []

    def look(_: object) -> None:
        commands.extend(child.cmdline() for child in psutil.Process().children(recursive=True))

    with Tracker().run(tmp_path, About(name="name", job_type="search", config={})) as run:
        run.tell(look)
    assert run.finished
    (arguments,) = (one[1:] for one in commands if Path(one[0]).name == "wandb-core")
    assert "--no-observability" in arguments


BESIDE = """
import sys
from pathlib import Path
import psutil, wandb
from hybhanas.reporting import wandb_service
from hybhanas.reporting.service import About
from hybhanas.reporting.tracking import Tracker
users, ours = map(Path, sys.argv[1:])
mine = wandb.init(mode="offline", dir=users, id="mine", settings=wandb.Settings(silent=True))
about = About(name="name", job_type="search", config={})
with Tracker(mode="offline").run(ours, about) as run:
    run.log({"front_size": 3}, step=1)
wandb_service.end()
mine.log({"loss": 0.5})
mine.finish()
print(run.finished, wandb.run)
"""


def test_a_run_of_the_users_own_goes_on_beside_a_search_and_its_end(tmp_path):
    users, ours = tmp_path / "users", tmp_path / "ours"
    users.mkdir()
    ours.mkdir()
    outcome = subprocess.run(
        [sys.executable, "-c", BESIDE, *map(str, (users, ours))], cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert outcome.stdout == "True None\n", outcome.stderr
    (mine,) = users.glob("wandb/offline-run-*-mine")
    assert wandb_file.read(mine).history[0]["loss"] == 0.5
    assert wandb_file.of_search(ours).history[0]["front_size"] == 3
