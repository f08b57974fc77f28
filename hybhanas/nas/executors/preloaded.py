"""What workers need, imported once by the process that those on this machine are forked from; see
`hybhanas.nas.executors.local`.
"""

from __future__ import annotations

import atexit
import gc
import shutil
from multiprocessing import forkserver
from pathlib import Path

import distributed.http.worker
import distributed.nanny
import distributed.worker  # noqa: F401

import hybhanas.cost.estimator
import hybhanas.models.training
import hybhanas.nas.evaluator
import hybhanas.quantum.fused  # noqa: F401

gc.collect()
gc.freeze()  # else each worker copies the memory of all these objects when it looks for garbage


@atexit.register
def _remove_socket() -> None:
    """Removes the folder of the socket that forks are asked for by, where the process that made it
    was killed. Workers, which end otherwise, do not come here.
    """
    address = getattr(forkserver._forkserver, "_forkserver_address", None)
    if isinstance(address, str):
        shutil.rmtree(Path(address).parent, ignore_errors=True)
