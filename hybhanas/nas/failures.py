"""Failures: which errors are a candidate's own, and what an evaluation keeps of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hybhanas.errors import CandidateError
from hybhanas.nas.evaluation import FAILED, Evaluation


def failed(evaluation: Evaluation, error: Exception, **known: Any) -> Evaluation:
    """The evaluation of a candidate that failed with an error."""
    known |= {"status": FAILED, "reason": in_one_line(error), "validation_accuracy": None}
    return replace(evaluation, **known, balanced_accuracy=None, roc_auc=None, contribution=None)


def in_one_line(error: Exception) -> str:
    """Its type and message, at most 300 characters."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]


def is_candidate_error(error: Exception) -> bool:
    """Whether the candidate caused an error. A plain RuntimeError of torch counts only if its
    message is about memory; any other is a bug of this package.
    """
    if not isinstance(error, RuntimeError) or isinstance(error, CandidateError):
        return True
    import torch

    said = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError) or "alloc" in said or "out of memory" in said


def without_frames(error: Exception) -> Exception:
    """The error without the frames that it was raised through, which hold tensors alive."""
    error.__context__ = error.__cause__ = None
    return error.with_traceback(None)
