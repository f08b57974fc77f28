"""Executors: where evaluations are computed, here or by workers on this or other machines."""

from hybhanas.search.executors.auto import Auto
from hybhanas.search.executors.executor import Executor, Serial, WorkerLostError, Workers
from hybhanas.search.executors.local import Local
from hybhanas.search.executors.slurm import Slurm

__all__ = ["Auto", "Executor", "Local", "Serial", "Slurm", "WorkerLostError", "Workers"]
