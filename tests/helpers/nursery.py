"""A process that imports everything once and forks a child for every command line it is given.

A search takes ten seconds to import what it needs; a child of this takes none.
Each child calls what `run.py` calls, in a process of its own, and can be stopped by a real signal.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import multiprocessing.util
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent

SEARCH = (
    "backend=snapshot", "backend.snapshot=perth", "dataset=iris", "search_space=small",
    "search.population=4", "search.generations=4", "trainer.epochs=4", "trainer.final_epochs=8",
    "executor=serial", "logger.mode=disabled",
)  # fmt: skip
"""A search of sixteen architectures that takes two seconds, to be disturbed."""


class Child:
    """A run in progress; its output is in `<name>.out` and `<name>.err` beside its folder."""

    def __init__(self, nursery: Nursery, pid: int, log: Path):
        self._nursery, self.pid, self._log = nursery, pid, log
        self.returncode: int | None = None

    def kill(self, stop: signal.Signals = signal.SIGKILL) -> None:
        """Sends a signal; a child that has ended stays a zombie until `wait`."""
        os.kill(self.pid, stop)

    def wait(self) -> int:
        """The exit code, or the negative of the signal that ended it."""
        while self.returncode is None:
            time.sleep(0.01)
            self.returncode = self._nursery.ask({"ended": self.pid})
        return self.returncode

    @property
    def output(self) -> str:
        return self._log.with_suffix(".out").read_text()

    @property
    def errors(self) -> str:
        return self._log.with_suffix(".err").read_text()


class Nursery:
    """The process that forks, as tests see it; a context manager."""

    def __init__(self, scratch: Path):
        self._scratch = scratch
        self._asking = threading.Lock()
        environment = os.environ | {
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
            "HYBHANAS_CACHE": str(scratch / "cache"),
            "WANDB_MODE": "offline",
        }
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(scratch / "warm")],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._count = 0
        assert self._answer() == "ready"

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=60)

    def start(self, *arguments: str, **environment: str) -> Child:
        """Starts `run.py` with these arguments and changes of the environment.

        `before`, if it is among the changes, is Python to execute first.
        """
        self._count += 1
        log = self._scratch / f"child-{self._count}"
        return Child(self, self.ask({"run": arguments, "env": environment, "log": str(log)}), log)

    def run(self, *arguments: str, **environment: str) -> Child:
        """Starts it and waits for its end."""
        child = self.start(*arguments, **environment)
        child.wait()
        return child

    def ask(self, request: dict[str, Any]) -> Any:
        with self._asking:
            assert self._process.stdin is not None
            print(json.dumps(request), file=self._process.stdin, flush=True)
            return self._answer()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def _serve(warm: str) -> None:
    """Imports what a search imports, and does nothing else; then forks what it is asked for.

    What that is, a search in a fresh process tells. This one runs none itself, since the threads
    that libraries start do not live on in a fork, and the fork would wait for them.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    command = ["experiment=smoke", "logger.mode=disabled", f"hydra.run.dir={warm}"]
    imported = subprocess.run(
        [sys.executable, __file__, "--imports", *command],
        check=True,
        capture_output=True,
        text=True,
    )
    for name in json.loads(imported.stdout.splitlines()[-1]):
        with contextlib.suppress(Exception):  # such as one that is only there while it is imported
            importlib.import_module(name)
    assert threading.active_count() == 1
    for reply in _replies():
        print(json.dumps(reply), file=answers, flush=True)


def _replies() -> Any:
    yield "ready"
    for line in sys.stdin:
        request = json.loads(line)
        if "ended" in request:
            pid, status = os.waitpid(request["ended"], os.WNOHANG)
            yield os.waitstatus_to_exitcode(status) if pid else None
        else:
            yield os.fork() or _child(request)


def _child(request: dict[str, Any]) -> None:
    """Becomes what a fresh `run.py` would be; never returns."""
    for number, suffix in ((1, ".out"), (2, ".err")):
        os.dup2(os.open(request["log"] + suffix, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = request["env"].pop("before", "")
    os.environ.update(request["env"])
    code: Any = 1
    try:
        exec(before, {})
        code = _main(request["run"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        multiprocessing.util._run_finalizers()  # they remove the folder of its sockets
        os._exit(code)


def _main(arguments: list[str]) -> int:
    from hybhanas.hydra_app.main import main

    sys.argv = ["run.py", *arguments]
    try:
        main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "--imports":
        _main(sys.argv[2:])
        print(json.dumps([name for name in sys.modules if name != "__main__"]))  # noqa: T201
    else:
        _serve(sys.argv[1])
