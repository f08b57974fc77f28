"""Sweeps: the names of their folders and groups, as the configuration asks for them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode
from omegaconf import OmegaConf

LONGEST = 180
"""Characters of a folder's name, before it is cut."""


def job_folder(overrides: Sequence[str]) -> str:
    """The name of a job's folder in its sweep's: `backend-ibm_fez+seed-2`.

    It depends on the job's overrides alone, so that a sweep that is repeated, with values added or
    in another order, finds each run again. No character of it needs quoting in a shell or in
    `run=...`. Where that or its length hides a difference, a digest of the overrides follows.
    """
    ordered = sorted(overrides)
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
    return re.sub(r"[^\w .+-]+", "-", name).strip(" .+-") or otherwise


def register_resolvers() -> None:
    """Makes these known to the configuration, such as `${job_folder:...}`."""
    OmegaConf.register_new_resolver("file_stem", file_stem, replace=True)
    OmegaConf.register_new_resolver("job_folder", job_folder, replace=True)
    OmegaConf.register_new_resolver("sweep_name", sweep_name, replace=True)
