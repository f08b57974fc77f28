"""Sums and powers of numbers that a double cannot hold, as natural logarithms."""

from __future__ import annotations

import math


def log(value: float) -> float:
    """The natural logarithm; minus infinity of 0 and below."""
    return math.log(value) if value > 0 else -math.inf


def exp(value: float) -> float:
    """The exponential; infinite where a double cannot hold it."""
    return math.exp(value) if value < 709 else math.inf


def log10(log_value: float) -> float:
    """A natural logarithm to base 10."""
    return log_value / math.log(10)


def log_sum(*logs: float) -> float:
    """Log of the sum of exponentials, without leaving the range of a double."""
    top = max(logs)
    if top == -math.inf:
        return top
    return top + math.log(sum(math.exp(value - top) for value in logs))
