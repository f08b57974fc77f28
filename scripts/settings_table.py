"""Every setting with its type, default, unit and meaning as tables of Markdown, made from the
classes that hold the settings and the comments beside their fields. The site shows them on
docs/reference/settings.md.

    python scripts/settings_table.py
"""

from __future__ import annotations

import inspect
import itertools
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import yaml

from hybhanas.architecture import Architecture
from hybhanas.calibration.published import PublishedCalibration
from hybhanas.cost.model import CostModel
from hybhanas.cost.report import SECTIONS
from hybhanas.presets import CONF
from hybhanas.search_space import SearchSpace
from hybhanas.tasks.options import GROUPS, OPTIONS, TASKS
from hybhanas.tasks.settings import RunSettings

UNITS = {
    "flops_per_s": "FLOP/s", "bytes_per_s": "B/s", "_s": "s", "seconds": "s", "_w": "W",
    "_j": "J",
    "_usd": "USD", "_days": "days",
}  # fmt: skip
"""By the end of a name."""

SAME_FIELDS = {SearchSpace: (Architecture,)}
"""Classes whose fields without a comment mean what those of another class do."""

BY_REFERENCE = (PublishedCalibration,)
"""Classes whose parts are those of another group, which lists them."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the configuration: what a row of the reference says.

    Example:
        >>> Setting("backend.power_w", "float", "25000.0", "of the machine").unit
        'W'
    """

    name: str
    type: str
    default: str
    meaning: str

    @property
    def unit(self) -> str:
        """Of a number, by the end of its name."""
        if "log10_" in self.name:
            return ""
        return next((unit for end, unit in UNITS.items() if self.name.endswith(end)), "")


def settings_of(owner: type, prefix: str = "") -> Iterator[Setting]:
    """The settings that a dataclass holds, those of its parts included.

    Args:
        owner: the dataclass.
        prefix: what stands before the names of its fields, such as `search.`.
    """
    hints = get_type_hints(owner)
    for field in fields(owner):
        name, hint = f"{prefix}{field.name}", hints[field.name]
        held = () if owner in BY_REFERENCE else (hint, *get_args(hint))
        parts = [one for one in held if is_dataclass(one)]
        if not parts or parts[0] is not hint:
            yield Setting(name, _type(field), _default(field), _meaning(owner, field.name))
        for part in parts:
            below = f"{name}.NAME." if get_origin(hint) is Mapping else f"{name}."
            yield from settings_of(part, below)  # type: ignore[arg-type]


def _type(field: Field[Any]) -> str:
    return str(field.type).replace("None", "null").replace("Sequence[", "list[")


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return _plain(field.default_factory())
    return "" if field.default is MISSING else _plain(field.default)


def _plain(value: Any) -> str:
    """A value as YAML has it."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_plain(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_plain, value))}]"
    words = {None: "null", True: "true", False: "false", "": '""'}
    return words[value] if value is None or value == "" or isinstance(value, bool) else str(value)


def _meaning(owner: type, name: str) -> str:
    classes = [*owner.__mro__, *SAME_FIELDS.get(owner, ())]
    having = (one for one in classes if name in inspect.get_annotations(one))
    return next((said for one in having if (said := comments(one)[name])), "")


@cache
def comments(owner: type) -> dict[str, str]:
    """What the comments of a dataclass say of each field: those above it, and the one behind it.

    Example:
        >>> comments(RunSettings)["calibration_max_age_days"]
        'warn above it'
    """
    found: dict[str, str] = {}
    above: list[str] = []
    last = ""
    for token in tokenize.generate_tokens(StringIO(inspect.getsource(owner)).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("# ")
            if token.line.lstrip().startswith("#"):
                above.append(text)
            else:
                found[last] = " ".join([found.get(last, ""), text]).strip()
        elif token.type in (tokenize.NAME, tokenize.STRING) and token.start[1] == 4:
            field = re.match(r"    (\w+): ", token.line)
            last = field[1] if field else ""
            found[last], above = " ".join(above), []
    return found


def table(settings: Sequence[Setting]) -> str:
    """Settings as a table of Markdown."""
    rows = ["| setting | type | default | unit | meaning |", "| --- | --- | --- | --- | --- |"]
    for one in settings:
        default = f"`{one.default}`" if one.default else "of the option"
        cells = (f"`{one.name}`", f"`{one.type}`", default, one.unit, one.meaning)
        rows.append(" | ".join(["", *(cell.replace("|", r"\|") for cell in cells), ""]).strip())
    return "\n".join(rows)


def options(group: str) -> dict[str, Path]:
    """The files of a group's options by their names.

    Example:
        >>> [*options("simulator")]
        ['fused', 'torchquantum']
    """
    return {path.stem: path for path in sorted((CONF / group).glob("*.yaml"))}


def said(path: Path) -> str:
    """The first sentence of the comment at the head of a file of conf/."""
    comment = itertools.takewhile(lambda line: line.startswith("#"), path.read_text().splitlines())
    prose = (line for line in comment if not line.startswith("# @"))
    text = " ".join(re.split(r"\n#  +", "\n".join(prose))[0].replace("\n#", "").split())
    return re.split(r"(?<!al)\.(?= [A-Z[]|$)", text.lstrip("# "), maxsplit=1)[0].rstrip(":")


def choices(group: str) -> str:
    """The options of a group as a list of Markdown, each with a link to its file."""
    return "\n".join(
        f"- [`{group}={name}`](../../conf/{group}/{name}.yaml): {said(path)}"
        for name, path in options(group).items()
    )


def built_by(group: str, schema: str) -> str:
    """The options of a group that a class builds, by the name of its schema."""
    wanted = {f"/schema/{group}@_here_": schema}
    names = (
        name
        for name, path in options(group).items()
        if wanted in ((yaml.safe_load(path.read_text()) or {}).get("defaults") or [])
    )
    return ", ".join(f"`{group}={name}`" for name in names)


def choosing(group: str, owners: Mapping[str, type]) -> Iterator[str]:
    """A group that chooses between classes: the settings that all have, then those of each."""
    of_each = {name: [*settings_of(owner, f"{group}.")] for name, owner in owners.items()}
    first, *others = of_each.values()
    shared = [one for one in first if all(one in other for other in others)]
    if shared:
        yield from (f"### All of `{group}`", table(shared))
    for schema, settings in of_each.items():
        own = [one for one in settings if one not in shared]
        yield from (f"### {built_by(group, schema)}", table(own) if own else "No others.")


def page() -> str:
    """All groups, options and settings."""
    parts = ["## Every run", table([*settings_of(RunSettings)])]
    parts += ["## `task`", choices("task")]
    for target, owner in TASKS.items():
        parts += [f"### `task={target.rpartition('.')[2]}`", table([*settings_of(owner)])]
    for group, owner in GROUPS.items():
        parts += [f"## `{group}`", choices(group), table([*settings_of(owner, f"{group}.")])]
    for group, owners in OPTIONS.items():
        parts += [f"## `{group}`", choices(group), *choosing(group, owners)]
    return "\n\n".join([*parts, "## `experiment`", choices("experiment")])


def _field(one: Setting) -> str:
    """What a field of a report means; most settings and logarithms among them have no comment."""
    if one.meaning or one.name not in CostModel.__dataclass_fields__:
        of = one.name.removeprefix("log10_")
        return one.meaning or (f"the logarithm to base 10 of `{of}`" if of != one.name else "")
    return f"the setting `cost_model.{one.name}`"


def report() -> str:
    """The fields of a cost, section by section."""
    parts = []
    for section, kind in SECTIONS.items():
        rows = [f"| `{one.name}` | {one.unit} | {_field(one)} |" for one in settings_of(kind)]
        head = ["| field | unit | meaning |", "| --- | --- | --- |"]
        parts += [f"## `{section}`", str(inspect.getdoc(kind)), "\n".join(head + rows)]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(page())
