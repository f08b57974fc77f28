"""Price: what a provider asks for seconds, or for tasks and shots."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from hybhanas.calibration.pairs import read_pairs
from hybhanas.errors import ConfigError, check_number, refused, unknown
from hybhanas.presets import CONF
from hybhanas.settings import NO_EFFECT

MISSING = (
    "unknown: no price is given; backend.price.second_usd, or backend.price.task_usd and "
    "backend.price.shot_usd, or backend.plan with one of {plans} gives it"
)

MOST_USD = 1e9
"""Of a second, a circuit or a shot; what is paid for then stays a number."""

_ACCEPTED = "above 0, at most 1e9"

NOT_KNOWN = (
    "no price is known: price=PLAN, such as ibm_flex, or US dollars, such as second=1.6, give it "
    "(hybhanas cost: --price)"
)
"""What a job without a price says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a provider asks, in US dollars; what is not asked for is null.

    Raises:
        ConfigError: one that is not above 0, or above MOST_USD.

    Example:
        >>> Price(second_usd=1.6, source="a contract").words
        '1.6 USD a second: a contract'
    """

    second_usd: float | None = None  # of billed time
    task_usd: float | None = None  # of a circuit with all its shots
    shot_usd: float | None = None  # of a shot, besides the task
    date: str = field(default="", metadata=NO_EFFECT)  # of the source, YYYY-MM-DD
    source: str = field(default="", metadata=NO_EFFECT)  # of these prices, as results name it

    @classmethod
    def of_plan(cls, name: str, setting: str = "backend.plan") -> Price:
        """The price of a plan of conf/prices.yaml, which a setting names.

        Raises:
            ConfigError: there is none of that name.
        """
        if name not in (known := plans()):
            raise unknown(setting, name, sorted(known))
        return cls(**known[name])

    @classmethod
    def read(cls, text: Any) -> Price:
        """A price as it is, or as a word: a plan, or US dollars such as `task=0.3,shot=0.08`.

        Raises:
            ConfigError: none of them.

        Example:
            >>> Price.read("task=0.3,shot=0.08").words
            '0.3 USD a task and 0.08 USD a shot'
        """
        if isinstance(text, Price) and text.is_given:
            return text
        if isinstance(text, str) and "=" not in text:
            return cls.of_plan(text, "price")
        try:
            amounts: dict[str, Any] = read_pairs(text) if isinstance(text, str) else {}
        except ValueError:
            amounts = {}
        if not amounts or amounts.keys() - {"second", "task", "shot"}:
            raise refused(
                "price",
                text,
                f"a plan ({', '.join(sorted(plans()))}), or US dollars such as second=1.6 or "
                "task=0.3,shot=0.08",
            )
        try:
            return cls(**{f"{name}_usd": value for name, value in amounts.items()})
        except ConfigError:
            raise refused("price", text, f"amounts {_ACCEPTED}") from None

    @property
    def words(self) -> str:
        """The price as a report says it."""
        parts = [
            f"{value:g} USD a {one.name.removesuffix('_usd')}"
            for one in fields(self)[:3]
            if (value := getattr(self, one.name)) is not None
        ]
        words = " and ".join(parts) + (f": {self.source}" if self.source else "")
        return words + (f", {self.date}" if self.date else "")

    @property
    def is_given(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, one.name) is not None for one in fields(self)[:3])

    def __post_init__(self) -> None:
        for one in fields(self)[:3]:
            value = getattr(self, one.name)
            if value is not None:
                check_number(
                    f"backend.price.{one.name}",
                    value,
                    _ACCEPTED,
                    lambda usd: 0 < usd <= MOST_USD,
                )


@cache
def plans() -> dict[str, dict[str, Any]]:
    """The plans of conf/prices.yaml, each as the fields of a Price."""
    from omegaconf import OmegaConf  # a tenth of a second

    found: Any = OmegaConf.to_container(OmegaConf.load(CONF / "prices.yaml"))
    return found
