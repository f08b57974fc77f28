"""Executors: where evaluations are computed, here or by workers on this or other machines."""

from hybhanas.nas.executors.auto import Auto
from hybhanas.nas.executors.executor import (
    Executor,
    Serial,
    WorkerLostError,
    Workers,
    is_of_workers,
)
from hybhanas.nas.executors.local import Local
from hybhanas.nas.executors.slurm import Slurm

__all__ = [
    "Auto",
    "Executor",
    "Local",
    "Serial",
    "Slurm",
    "WorkerLostError",
    "Workers",
    "is_of_workers",
]
