"""Candidates trained per minute, as in a search: planned, in groups, with Lightning."""

from __future__ import annotations

import time

import numpy as np
import torch

from hybhanas.data.shipped import Shipped
from hybhanas.models.plan import plan
from hybhanas.models.settings import TrainSettings
from hybhanas.models.training import Trained, train
from hybhanas.search_space import SearchSpace
from scripts.bench.results import Result

CASES = (
    # data, space, networks of a generation, of all, epochs, batch, threads
    ("digits", "hqnn", 20, 60, 12, 64, 1),
    ("iris", "qnas", 200, 200, 10, 32, 1),
    ("iris", "qnas", 200, 200, 10, 32, 2),
)


def run() -> Result:
    """Random networks of a space on a data set, without start-up."""
    print("data   space   networks  at once  threads  groups  seconds  a minute  in 10 s  accuracy")
    rows = []
    for name, space_name, at_once, count, epochs, batch, threads in CASES:
        space = search_space(space_name)
        rng = np.random.default_rng(1)
        architectures = [space.decode(space.sample(rng)) for _ in range(count)]
        data = Shipped(name=name, batch_size=batch, seed=1).load()
        settings = training(epochs, threads)
        train(architectures[:1], data, settings, "fused", [1], epochs=1)  # Lightning's first
        started = time.perf_counter()
        groups, accuracies = 0, []
        for first in range(0, count, at_once):
            asked = architectures[first : first + at_once]
            for group in plan(asked, batch, settings, "fused"):
                groups += 1
                seeds = [first + i for i in group]
                members = [asked[i] for i in group]
                outcomes = train(members, data, settings, "fused", seeds, epochs)
                accuracies += [o.validation_accuracy for o in outcomes if isinstance(o, Trained)]
        seconds = time.perf_counter() - started
        row = {
            "data": name, "space": space_name, "networks": count, "at_once": at_once,
            "threads": threads, "epochs": epochs, "batch": batch, "groups": groups,
            "seconds": seconds, "per_minute": 60 * count / seconds,
            "median_accuracy": float(np.median(accuracies)),
        }  # fmt: skip
        rows.append(row)
        print(
            f"{name:6} {space_name:6} {count:9} {at_once:8} {threads:8} {groups:7} {seconds:8.1f} "
            f"{row['per_minute']:9.0f} {10 * count / seconds:8.0f} {row['median_accuracy']:9.3f}",
            flush=True,
        )
    torch.set_num_threads(1)
    return {"rows": rows}


def training(epochs: int, threads: int = 1) -> TrainSettings:
    """As the default trainer's, on one CPU and for one worker."""
    return TrainSettings(
        epochs=epochs,
        final_epochs=epochs,
        learning_rate=0.03,
        accelerator="cpu",
        population="auto",
        shares=1,
        threads=threads,
    )


def search_space(name: str) -> SearchSpace:
    """A search space of the configuration."""
    return SearchSpace.preset(name)
