"""What belongs to the whole process and is changed while networks train."""

from __future__ import annotations

import gc
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def process_settings(threads: int) -> Iterator[None]:
    """Changes what belongs to the whole process, and restores it: torch's threads, random numbers
    and precision, warnings, and the level of Lightning's log, which greets every trainer.
    """
    log = logging.getLogger("pytorch_lightning")
    level, threads_before = log.level, torch.get_num_threads()
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(), _full_precision():
        warnings.filterwarnings("ignore", module="pytorch_lightning")  # worker counts, short epochs
        warnings.filterwarnings("ignore", message="The `srun` command is available")
        log.setLevel(logging.ERROR)
        torch.set_num_threads(threads)
        try:
            yield
        except SystemExit as ended:  # what Lightning makes of Ctrl-C and of SIGTERM
            asked = ended.__context__
            raise asked if isinstance(asked, KeyboardInterrupt) else KeyboardInterrupt from None
        finally:
            torch.set_num_threads(threads_before)
            log.setLevel(level)


@contextmanager
def _full_precision() -> Iterator[None]:
    """Has products of single precision keep all of its digits, whatever the process was set to:
    with TF32 a GPU keeps three.
    """
    if not hasattr(torch.backends.cuda.matmul, "fp32_precision"):  # torch before 2.9
        legacy = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")
        try:
            yield
        finally:
            torch.set_float32_matmul_precision(legacy)
        return
    # the function of the older versions raises where a user has set one of these
    products = (
        torch.backends.cuda.matmul,
        torch.backends.mkldnn.matmul,  # type: ignore[attr-defined]
    )
    before = [kind.fp32_precision for kind in products]
    try:
        for kind in products:
            kind.fp32_precision = "ieee"
        yield
    finally:
        for kind, precision in zip(products, before, strict=True):
            kind.fp32_precision = precision


def free_memory() -> None:
    """Gives back what a training that failed held on a GPU."""
    gc.collect()
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        torch.cuda.empty_cache()
