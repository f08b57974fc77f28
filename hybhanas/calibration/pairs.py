"""Figures in one word, such as `second=1.6` or `readout_s=5e-6,t1_s=1e-4`."""

from __future__ import annotations


def read_pairs(text: str) -> dict[str, float]:
    """Numbers by their names.

    Raises:
        ValueError: another form, or a name that is there twice.

    Example:
        >>> read_pairs("task=0.3, shot=0.08")
        {'task': 0.3, 'shot': 0.08}
    """
    pairs = [one.split("=") for one in text.strip("[] ").split(",") if one.strip()]
    found = {name.strip(): float(value) for name, value in pairs}
    if len(found) < len(pairs):
        raise ValueError(f"{text}: a name is there twice")
    return found
