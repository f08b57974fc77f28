"""Registry: words of a setting and what each stands for, to which a user's own may be added."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeVar

from hybhanas.errors import ConfigError, unknown

T = TypeVar("T")

_WORD = re.compile(r"[a-z][a-z0-9_]*")
_OURS = "hybhanas"


class Registry(Mapping[str, T]):
    """What each accepted word of a setting stands for, in the order in which they were added.

    Example:
        >>> shapes = Registry[str]("architecture.shape")
        >>> shapes.add("wide", "more columns than rows")
        >>> list(shapes)
        ['wide']

    Args:
        setting: the name that errors give it, such as `architecture.encoding`.
    """

    def __init__(self, setting: str):
        self.setting = setting
        self._known: dict[str, T] = {}

    def __getitem__(self, word: str) -> T:
        """Raises ConfigError, which names the nearest accepted word, on an unknown one."""
        try:
            return self._known[word]
        except KeyError:
            raise unknown(self.setting, word, self._known) from None

    def __contains__(self, word: object) -> bool:
        return word in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def add(self, word: str, value: T) -> None:
        """Adds a word. A word of one's own may be added again, as a notebook's cell does that is
        run twice; those of hybhanas keep what they stand for.

        Raises:
            ConfigError: a word that hybhanas has, or one that is not of small letters, digits and
                underscores.
        """
        if not _WORD.fullmatch(word):
            raise ConfigError(
                f"{self.setting}={word} cannot be registered: a word of small letters, digits and _"
            )
        if word in self._known and _is_ours(self._known[word]):
            raise ConfigError(f"{self.setting}={word} cannot be registered: hybhanas has this word")
        self._known[word] = value


def _is_ours(value: object) -> bool:
    return str(getattr(value, "__module__", "")).partition(".")[0] == _OURS
