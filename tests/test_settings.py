"""What determines results is said at the field, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hybhanas.settings import NO_EFFECT, affects_results, determining
from hybhanas.tasks.options import GROUPS, OPTIONS


@dataclass(frozen=True)
class Training:
    epochs: int = 12
    widths: tuple[int, ...] = (2, 4)
    progress_bar: bool = field(default=True, metadata=NO_EFFECT)


def test_a_field_that_is_marked_is_no_part_of_what_determines_a_result():
    assert determining(Training()) == {"epochs": 12, "widths": [2, 4]}
    assert determining(Training(progress_bar=False)) == determining(Training())


def test_what_determines_a_result_is_plain_json_so_that_it_equals_what_a_file_holds():
    assert determining(Training(widths=(8,))) == {"epochs": 12, "widths": [8]}


@pytest.mark.parametrize("group", [*GROUPS, *OPTIONS])
def test_no_result_depends_on_who_computes_or_who_watches_and_any_may_on_the_rest(group):
    classes = [GROUPS[group]] if group in GROUPS else OPTIONS[group].values()
    assert {affects_results(one) for one in classes} == {group not in ("executor", "logger")}
