"""A search as a comparison shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.front import FrontMember
from hybhanas.nas.objectives import Objectives
from hybhanas.reporting.front_report import FrontReport


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRun:
    """A search beside others.

    Args:
        name: that tells it from the others.
        folder: as a person types it.
        link: from the page to the page of the run; None where it has none.
        settings: its values of those in which not all runs agree.
        same: in what runs must agree for their accuracies and hypervolumes to compare, by its name.
        finished: if not, the front is that of its evaluations so far.
        evaluations: in the order in which the search made them.
        front: its members by rank, those to take.
        objectives: what it minimised.
    """

    name: str
    folder: str
    link: str | None
    settings: Mapping[str, Any]
    same: Mapping[str, str]
    finished: bool
    evaluations: Sequence[Evaluation]
    front: FrontReport
    objectives: Objectives

    @property
    def shown(self) -> list[FrontMember]:
        """Its front; all members where classical models leave none of them on it."""
        members = self.front.members
        return [member for member in members if member.on_front] or [*members]

    def selected(self, word: str) -> FrontMember | None:
        """The member that a word such as `knee` selects; None where nothing was trained."""
        return next((one.member for one in self.front.selected if one.word == word), None)
