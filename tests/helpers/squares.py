"""An evaluator whose steps are short and tell where they are computed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from threadpoolctl import threadpool_info


def each(name: str, arguments: Iterable[object]) -> list[tuple[str, object]]:
    return [(name, argument) for argument in arguments]


class Squares:
    """An evaluator that squares numbers, some of which kill the process; an item is the name of a
    method and its argument.
    """

    def __init__(self, folder: Path):
        self.folder = folder

    def cost(self, item: tuple[str, object]) -> object:
        name, argument = item
        return getattr(self, name)(argument)

    def square(self, number: int) -> int:
        if number == 13 or (number == 7 and self._first(number)):
            os.kill(os.getpid(), signal.SIGKILL)
        return number**2

    def threads(self, name: str) -> str:
        return os.environ[name]

    def blas_threads(self, _: None = None) -> list[int]:
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    def process(self, seconds: float) -> int:
        time.sleep(seconds)
        return os.getpid()

    def touch(self, name: str) -> None:
        (self.folder / name).touch()

    def wait_for(self, name: str) -> bool:
        deadline = time.monotonic() + 30
        while not (touched := (self.folder / name).exists()) and time.monotonic() < deadline:
            time.sleep(0.01)
        return touched

    def parent(self, module: str) -> tuple[int, bool]:
        return os.getppid(), module in sys.modules

    def sleep(self, seconds: int) -> None:
        self._first(seconds)
        time.sleep(seconds)

    def _first(self, number: int) -> bool:
        marker = self.folder / str(number)
        seen = marker.exists()
        marker.touch()
        return not seen
