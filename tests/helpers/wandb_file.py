"""The file of an offline run of W&B as a test reads it: LevelDB's log format around protobuf."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BLOCK, HEADER = 2**15, 7
"""Bytes of a block and of the header of each part; the file has a header of as many."""


def chunks(content: bytes) -> Iterator[bytes]:
    """The records of a `.wandb` file; one that crosses a block's end comes in parts."""
    at, record = HEADER, b""
    while at + HEADER <= len(content):
        if BLOCK - at % BLOCK < HEADER:
            at += BLOCK - at % BLOCK
            continue
        _, length, kind = struct.unpack_from("<IHB", content, at)
        record += content[at + HEADER : at + HEADER + length]
        at += HEADER + length
        if kind in (1, 4):  # whole, or the last part
            yield record
            record = b""


@dataclass
class OfflineRun:
    """What a run holds: values by name, the parts of one named `name.part`."""

    folder: Path
    run: Any = None
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    artifacts: list[Any] = field(default_factory=list)
    ended: bool = False

    def artifact(self, kind: str) -> Any:
        """The one artifact of a type, as a message of W&B's protocol."""
        (found,) = (one for one in self.artifacts if one.type == kind)
        return found

    def table(self, name: str) -> list[dict[str, Any]]:
        """The rows of a table as it was logged last."""
        path = self.folder / "files" / self.summary[f"{name}.path"]
        content = json.loads(path.read_text())
        return [dict(zip(content["columns"], row, strict=True)) for row in content["data"]]


def read(folder: Path) -> OfflineRun:
    """The run of a folder `wandb/offline-run-...`, once W&B's service has written its end."""
    (path,) = folder.glob("*.wandb")
    deadline = time.monotonic() + 60
    while not (found := _read(folder, path)).ended and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def of_search(folder: Path) -> OfflineRun:
    """The latest run of a folder that is no candidate's."""
    run_id = (folder / "wandb" / "run_id").read_text().strip()
    return read(sorted(folder.glob(f"wandb/offline-run-*-{run_id}"))[-1])


def _read(folder: Path, path: Path) -> OfflineRun:
    from wandb.proto import wandb_internal_pb2

    found = OfflineRun(folder)
    for chunk in chunks(path.read_bytes()):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(chunk)
        kind = record.WhichOneof("record_type")
        if kind == "run":
            found.run = record.run
            found.config |= _values(record.run.config.update)
        elif kind == "config":
            found.config |= _values(record.config.update)
        elif kind == "summary":
            found.summary |= _values(record.summary.update)
        elif kind == "history":
            found.history.append(_values(record.history.item))
        elif kind == "artifact":
            found.artifacts.append(record.artifact)
        elif kind == "exit":
            found.ended = True
    return found


def _values(items: Any) -> dict[str, Any]:
    return {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in items}
