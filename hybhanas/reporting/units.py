"""Numbers and terms as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hybhanas.nas.quantities import OVERFLOW

YEAR_S = 365.25 * 86400
STEPS = (
    (1e-6, "us"),
    (1e-3, "ms"),
    (1.0, "s"),
    (60.0, "min"),
    (3600.0, "h"),
    (86400.0, "d"),
    (YEAR_S, "y"),
)
"""Units of time, in seconds."""


def duration(seconds: float) -> str:
    """`0.00042` to `420 us`, `9000` to `2.5 h`; three significant digits and the unit."""
    if seconds >= OVERFLOW:
        return "over 1e300 s"
    value, unit = _scaled(seconds)
    return f"{value:.3g} {unit}"


def duration_band(low_s: float, high_s: float) -> str:
    """An interval of times as a narrow column has it: two significant digits, a common unit once.

    Example:
        >>> duration_band(28_300, 65_000), duration_band(31.2, 88.0)
        ('7.9-18 h', '31 s-1.5 min')
    """
    if high_s >= OVERFLOW:
        return f"over {duration(low_s).removeprefix('over ')}"
    low, high = _scaled(low_s), _scaled(high_s)
    first, last = (f"{float(f'{value:.2g}'):g}" for value, _ in (low, high))
    return f"{first}{'' if low[1] == high[1] else ' ' + low[1]}-{last} {high[1]}"


def _scaled(seconds: float) -> tuple[float, str]:
    """A time in the largest unit of which it is at least one."""
    scale, unit = STEPS[0]
    for next_scale, next_unit in STEPS:
        if abs(seconds) >= next_scale:
            scale, unit = next_scale, next_unit
    return seconds / scale, unit


def number(log10: float) -> str:
    """A number from its logarithm: three significant digits, or a power of ten beyond people's use.

    Example:
        >>> number(3.16), number(-0.0761), number(-7.3), number(400.2)
        ('1,450', '0.839', '5.01e-08', '10^400.2')
    """
    if abs(log10) >= 300:
        return f"10^{log10:.4g}"
    value = float(f"{10**log10:.3g}")
    return f"{value:,.10g}" if abs(log10) < 15 else f"{value:g}"


def energy(log10_j: float) -> str:
    """Joules from their logarithm.

    Example:
        >>> energy(-0.3), energy(6.3424), energy(8.48), energy(400.2)
        ('0.501 J', '2.2 MJ', '302 MJ', '10^400.2 J')
    """
    step = min(max(int(log10_j // 3), 0), len(_JOULES) - 1) if log10_j < 300 else 0
    return f"{number(log10_j - 3 * step)} {_JOULES[step]}"


_JOULES = ("J", "kJ", "MJ", "GJ", "TJ", "PJ", "EJ")


def dollars(usd: float) -> str:
    """`0.0421` to `0.0421 USD`, `12345.6` to `12,300 USD`; three significant digits."""
    if usd >= OVERFLOW:
        return "over 1e300 USD"
    if usd >= 1e9:
        return f"{usd:.3g} USD"
    return f"{float(f'{usd:.3g}'):,.10g} USD"


def dollar_band(low_usd: float, high_usd: float) -> str:
    """An interval of prices as a narrow column has it: two significant digits.

    Example:
        >>> dollar_band(3.09, 7.03), dollar_band(1234, 5678)
        ('3.1-7 USD', '1,200-5,700 USD')
    """
    low, high = (dollars(float(f"{usd:.2g}")).removesuffix(" USD") for usd in (low_usd, high_usd))
    return f"{low}-{high} USD"


TOTALS = {"qpu": "QPU time", "effective": "effective execution time"}
"""The two quantum times that a total may be of, by the setting `cost_model.total`."""


def total_label(evaluations: Sequence[Any]) -> str:
    """What totals are of, such as `QPU time of training, with classical time`."""
    origins = [e.cost.provenance for e in evaluations if e.cost is not None]
    times = " or ".join(sorted({TOTALS[origin.total] for origin in origins})) or "total time"
    phases = ", ".join(sorted({origin.phase for origin in origins}))
    return f"{times} of {phases}, with classical time" if phases else times
