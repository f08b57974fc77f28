"""Evaluations in the order in which a search made them."""

from __future__ import annotations

import csv
import io
import logging
from collections.abc import Sequence

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.records import MAX_BYTES
from hybhanas.nas.run_folder import RunFolder
from hybhanas.stored import read_bytes
from hybhanas.tasks.finished import MALFORMED

log = logging.getLogger(__name__)


def in_order(files: RunFolder, evaluations: Sequence[Evaluation]) -> list[Evaluation]:
    """By the rows of `evaluations.csv`, which are in the order of the search; what has none, as if
    the file is missing, comes last.
    """
    try:
        rows = csv.DictReader(io.StringIO(read_bytes(files.evaluations_csv, MAX_BYTES).decode()))
        order = {row["architecture"]: place for place, row in enumerate(rows)}
    except (OSError, csv.Error, *MALFORMED) as error:
        unordered = "%s cannot be read (%s): the page lists architectures by key"
        log.warning(unordered, files.evaluations_csv, error)
        order = {}
    return sorted(evaluations, key=lambda e: order.get(e.architecture.hash, len(order)))
