"""Whole trainings on a GPU, as in a search: planned, in groups, with Lightning."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from hybhanas.data.images import Images
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.shipped import Shipped
from hybhanas.errors import ConfigError
from hybhanas.models.plan import plan
from hybhanas.models.training import Trained, train
from scripts.bench.end_to_end import search_space, training
from scripts.bench.gpu_steps import Note

EPOCHS, BATCH = 12, 64
CASES = (("digits", 20, 60), ("digits", 1000, 1000), ("mnist", 200, 200), ("digits", 200, 400))
"""Data, networks of a generation, and of all."""

Watts = list[float]


def run(note: Note, seconds: float) -> None:
    """Random networks of the space `hqnn`, in generations."""
    end = time.perf_counter() + seconds
    space = search_space("hqnn")
    settings = replace(training(EPOCHS), accelerator="cuda")
    print("data   generation networks  groups  seconds  a minute  accuracy  W  planning s")
    warm = False
    for name, at_once, count in CASES:
        data = _data(name)
        if data is None or time.perf_counter() > end:
            continue
        rng = np.random.default_rng(1)
        drawn = [space.decode(space.sample(rng)) for _ in range(count)]
        if not warm:
            train(drawn[:2], data, settings, "fused", [1, 2], epochs=2)
            warm = True
        groups, planning_s, accuracies = 0, 0.0, []
        with _watts() as watts:
            started = time.perf_counter()
            for first in range(0, count, at_once):
                asked = drawn[first : first + at_once]
                planned = time.perf_counter()
                parts = plan(asked, BATCH, settings, "fused", data.features)
                planning_s += time.perf_counter() - planned
                for part in parts:
                    groups += 1
                    members, seeds = [asked[i] for i in part], [first + i for i in part]
                    outcomes = train(members, data, settings, "fused", seeds, EPOCHS)
                    accuracies += [
                        o.validation_accuracy for o in outcomes if isinstance(o, Trained)
                    ]
            taken_s = time.perf_counter() - started
        row = {
            "data": name, "samples": data.train_samples, "networks": count, "at_once": at_once,
            "epochs": EPOCHS, "batch": BATCH, "groups": groups, "seconds": taken_s,
            "planning_s": planning_s, "per_minute": 60 * count / taken_s,
            "median_accuracy": statistics.median(accuracies),
            "watts": statistics.mean(watts) if watts else None,
        }  # fmt: skip
        note(row)
        power = f"{row['watts']:.0f}" if watts else "unknown"
        print(
            f"{name:6} {at_once:10} {count:8} {groups:7} {taken_s:8.1f} {row['per_minute']:9.0f} "
            f"{row['median_accuracy']:9.3f}  {power}  {planning_s:.2f}",
            flush=True,
        )


def _data(name: str) -> InMemoryData | None:
    if name == "digits":
        return Shipped(name=name, batch_size=BATCH, seed=1).load()
    folder = Path(os.environ.get("HYBHANAS_CACHE", "~/.cache/hybhanas")).expanduser() / "data"
    source = Images(name=name, folder=str(folder), resize=8, batch_size=BATCH, seed=1)
    try:
        source.check()
    except ConfigError:
        print(f"mnist is left out: no files of it in {folder}")
        return None
    return source.load()


@contextmanager
def _watts() -> Iterator[Watts]:
    """The watts that the card draws, five times a second, as far as it tells."""
    command = [
        "nvidia-smi",
        "--query-gpu=power.draw",
        "--format=csv,noheader,nounits",
        "-lms",
        "200",
    ]
    command += ["-i", str(torch.cuda.current_device())]
    watts: Watts = []
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    except OSError:
        yield watts
        return
    try:
        yield watts
    finally:
        process.terminate()
        printed, _ = process.communicate()
        watts += [float(line) for line in printed.split() if line.replace(".", "", 1).isdigit()]
