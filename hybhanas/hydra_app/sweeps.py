"""Sweeps: the names of their folders and groups, as the configuration asks for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import DictConfig, OmegaConf

LONGEST = 180
"""Characters of a folder's name, before it is cut."""


def job_folder(overrides: Sequence[str]) -> str:
    """The name of a job's folder in its sweep's: `backend-ibm_fez+seed-2`.

    It depends on the job's overrides alone, so that a sweep that is repeated, with values added or
    in another order, finds each run again. Those of `logger` do not count: a sweep may be tracked
    later. No character of it needs quoting in a shell or in `run=...`. Where that or its length
    hides a difference, a digest of the overrides follows.
    """
    ordered = sorted(o for o in overrides if not re.match(r"\+*logger[.=]", o))
    plain = all(re.fullmatch(r"[\w.]+=[\w.]+", o, re.ASCII) for o in ordered)
    name = "+".join(re.sub(r"[^\w.]+", "-", o, flags=re.ASCII) for o in ordered) or "defaults"
    if plain and len(name) <= LONGEST:
        return name
    digest = hashlib.sha256("\n".join(ordered).encode()).hexdigest()[:8]
    return f"{name[:LONGEST]}+{digest}"


def sweep_name() -> str | None:
    """The name of the sweep's folder within one of its jobs, None elsewhere."""
    if HydraConfig.initialized() and HydraConfig.get().mode is RunMode.MULTIRUN:
        return Path(HydraConfig.get().sweep.dir).name
    return None


def file_stem(path: str | None, otherwise: str) -> str:
    """The name of a file without its endings, as part of other file names.

    Example:
        >>> file_stem("data/my (first) table.csv.gz", "csv")
        'my -first- table'
    """
    name = Path(path or "").name.partition(".")[0]
    return _plain(name) or otherwise


def subject(backend: str, dataset: str, run: Any, file: Any, overrides: Sequence[str]) -> str:
    """What a task is about, as part of its folder's name.

    Args:
        backend: its name.
        dataset: its name, which counts where neither a run nor a file is read.
        run: folder of a search that the task reads, whose backend counts unless one is named.
        file: a circuit or a checkpoint that it reads.
        overrides: of the command line.

    Example:
        >>> subject("ibm_brisbane", "digits", "outputs/mine/", None, ["task=train"])
        'mine'
        >>> subject("ibm_fez", "digits", "outputs/mine", None, ["task=recost", "backend=ibm_fez"])
        'ibm_fez_mine'
        >>> subject("ibm_fez", "digits", None, "docs/ghz5.qasm", ["task=cost"])
        'ibm_fez_ghz5'
    """
    if run:
        name = _plain(Path(str(run)).name) or "run"
        named = any(re.match(r"\+*backend[=.]", o) for o in overrides)
        return f"{backend}_{name}"[:LONGEST] if named else name[:LONGEST]
    return f"{backend}_{file_stem(str(file), dataset) if file else dataset}"[:LONGEST]


def _subject(_root_: DictConfig) -> str:
    file = _root_.get("circuit") or _root_.get("checkpoint")
    overrides = _root_.hydra.overrides.task
    return subject(_root_.backend.name, _root_.dataset.name, _root_.get("run"), file, overrides)


def _plain(name: str) -> str:
    return re.sub(r"[^\w .+-]+", "-", name).strip(" .+-")


def register_resolvers() -> None:
    """Makes these known to the configuration, such as `${job_folder:...}`."""
    OmegaConf.register_new_resolver("file_stem", file_stem, replace=True)
    OmegaConf.register_new_resolver("job_folder", job_folder, replace=True)
    OmegaConf.register_new_resolver("subject", _subject, replace=True)
    OmegaConf.register_new_resolver("sweep_name", sweep_name, replace=True)
