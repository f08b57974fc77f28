"""The front of a search: its members after their final training, and their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hybhanas.errors import ConfigError
from hybhanas.nas.classical import Baseline, Twin
from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.finished import TWIN
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES, TIMES, finite_values
from hybhanas.nas.run_folder import RunFolder
from hybhanas.nas.seeds import SeedScores, welch
from hybhanas.nas.training_result import Spread
from hybhanas.stored import read_json

MOST_SAMPLES = 10**9
"""Of a split; a file with more is damaged."""


@dataclass(frozen=True, slots=True)
class FrontMember:
    """A member of the front, and what its final training gave: None where that failed.

    With several seeds of the initial weights the accuracies are means over those whose training
    did not fail; checkpoint and losses are of the first, without which there is no model.
    """

    evaluation: Evaluation
    final_validation_accuracy: float | None
    test_accuracy: float | None
    checkpoint: str | None  # its path below the run's folder
    validation_samples: int | None = None  # that the accuracies are fractions of
    test_samples: int | None = None
    # What dominates it after the final training: a baseline's name, or `other members`.
    behind: str = ""
    final_balanced_accuracy: float | None = None  # of the validation split, as the next
    final_roc_auc: float | None = None
    test_balanced_accuracy: float | None = None
    test_roc_auc: float | None = None
    losses: Sequence[float] = ()  # of the final training, the mean cross-entropy of each epoch
    # Dense layers of about as many parameters in place of its circuit, trained alike; None if that
    # failed. `behind_twin`: these are as good in all objectives.
    twin: Twin | None = None
    behind_twin: bool = False
    seeds: Sequence[SeedScores] = ()  # where there are several
    # The 95 % interval of the difference of the best member's mean validation accuracy minus this
    # one's, by Welch; None of the best itself, and where seeds are too few.
    below_best: tuple[float, float] | None = None

    @property
    def on_front(self) -> bool:
        """Whether nothing dominates it after the final training."""
        return not self.behind

    @property
    def is_distinguishable(self) -> bool | None:
        """Whether its seeds tell it from the best member; None where `below_best` is."""
        if self.below_best is None:
            return None
        low, high = self.below_best
        return not low <= 0 <= high

    def spread(self, split: str) -> Spread | None:
        """Of its accuracies over the seeds on a split, `validation` or `test`; None of a single
        seed.
        """
        values = self.accuracies(split)
        return Spread.of(values) if len(values) > 1 else None

    def accuracies(self, split: str) -> list[float]:
        """On a split, of the seeds whose training did not fail; empty where there was only one."""
        found = [getattr(one, f"{split}_accuracy") for one in self.seeds]
        return [accuracy for accuracy in found if accuracy is not None]

    @property
    def final(self) -> Evaluation:
        """Its evaluation with the scores of the final training, and the contribution by them; that
        of the search where no twin was trained.
        """
        accuracy, contribution = self.final_validation_accuracy, self.evaluation.contribution
        if self.twin is not None and accuracy is not None:
            contribution = accuracy - self.twin.validation_accuracy
        return replace(
            self.evaluation,
            validation_accuracy=accuracy,
            contribution=contribution,
            balanced_accuracy=self.final_balanced_accuracy,
            roc_auc=self.final_roc_auc,
        )

    def row(self) -> dict[str, Any]:
        """What tables show of a member; none of it depends on when or where it was computed."""
        evaluation = self.evaluation
        return {
            "architecture": evaluation.architecture.hash,
            "validation_accuracy": evaluation.validation_accuracy,
            "final_validation_accuracy": self.final_validation_accuracy,
            "test_accuracy": self.test_accuracy,
            "on_front": self.on_front,
            "behind": self.behind,
            "final_balanced_accuracy": self.final_balanced_accuracy,
            "final_roc_auc": self.final_roc_auc,
            "test_balanced_accuracy": self.test_balanced_accuracy,
            "test_roc_auc": self.test_roc_auc,
            "contribution": evaluation.contribution,
            "twin_validation_accuracy": self.twin and self.twin.validation_accuracy,
            "twin_test_accuracy": self.twin and self.twin.test_accuracy,
            "twin_parameters": self.twin and self.twin.parameters,
            "twin_bottleneck": self.twin and self.twin.bottleneck,
            "behind_twin": self.behind_twin,
            **finite_values(evaluation, TIMES),
            "parameters": evaluation.parameters,
            "checkpoint": self.checkpoint,
            "validation_samples": self.validation_samples,
            "test_samples": self.test_samples,
            **self._over_seeds(),
            **evaluation.architecture.to_dict(),
        }

    def _over_seeds(self) -> dict[str, Any]:
        """What several seeds add to the row: the deviation of one, and whether they tell the member
        from the best.
        """
        if not self.seeds:
            return {}
        spreads = {split: self.spread(split) for split in ("validation", "test")}
        low, high = self.below_best or (None, None)
        return {
            "final_seeds": len(self.seeds),
            "final_validation_deviation": (own := spreads["validation"]) and own.deviation,
            "test_deviation": (own := spreads["test"]) and own.deviation,
            "below_best_low": low,
            "below_best_high": high,
            "distinguishable": self.is_distinguishable,
        }


def read_front(folder: RunFolder, evaluations: Sequence[Evaluation]) -> list[FrontMember]:
    """The members of the front of a search that has finished, by rank.

    Args:
        folder: of the run.
        evaluations: its records.

    Raises:
        ConfigError: the search has not finished, or the file is not one that a search wrote.
    """
    known = {evaluation.architecture.hash: evaluation for evaluation in evaluations}
    try:
        return [
            FrontMember(
                known[row["architecture"]],
                _fraction(row["final_validation_accuracy"]),
                _fraction(row["test_accuracy"]),
                row["checkpoint"],
                _count(row.get("validation_samples")),
                _count(row.get("test_samples")),
                row.get("behind", ""),
                row.get("final_balanced_accuracy"),
                row.get("final_roc_auc"),
                row.get("test_balanced_accuracy"),
                row.get("test_roc_auc"),
                tuple(float(loss) for loss in row.get("losses", ())),
                _twin_of(row),
                bool(row.get("behind_twin")),
                tuple(SeedScores.from_dict(one) for one in row.get("seeds", ())),
                _below_best_of(row),
            )
            for row in read_json(folder.front_json)
        ]
    except OSError as error:
        reason = f"{folder.front_json.name}: {error.strerror}; the folder of a search that has "
        reason += "finished is"
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{folder.front_json.name} is not that of a search: {type(error).__name__}"
    raise ConfigError(f"run={folder.path} is not accepted: {reason}") from None


def _fraction(value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 1:
        raise ValueError(value)
    return value


def _count(value: int | None) -> int | None:
    if value is not None and not (type(value) is int and 0 < value <= MOST_SAMPLES):
        raise ValueError(value)
    return value


def _twin_of(row: dict[str, Any]) -> Twin | None:
    if row.get("twin_validation_accuracy") is None:
        return None
    accuracies = float(row["twin_validation_accuracy"]), float(row["twin_test_accuracy"])
    bottleneck = int(row.get("twin_bottleneck", 0))
    return Twin(TWIN, *accuracies, int(row["twin_parameters"]), bottleneck=bottleneck)


def _below_best_of(row: dict[str, Any]) -> tuple[float, float] | None:
    low, high = row.get("below_best_low"), row.get("below_best_high")
    return None if low is None or high is None else (float(low), float(high))


OTHERS = "other members"


def ranked(
    members: Sequence[FrontMember], objectives: Objectives, floor: Sequence[Baseline] = ()
) -> list[FrontMember]:
    """The members by rank: those that nothing dominates by its final accuracy first, then those
    that fell behind in the final training, each by descending accuracy, then ascending time.

    Args:
        members: of a front, in any order.
        objectives: of the search.
        floor: what else a member of the front must not be dominated by.
    """
    trained = [m.final for m in members if m.final_validation_accuracy is not None]
    ahead = {evaluation.key for evaluation in objectives.front(trained)}

    def ahead_of(member: FrontMember) -> str:
        models = [model.name for model in floor if model.dominates(member.final, objectives)]
        return next(iter(models), "" if member.evaluation.key in ahead else OTHERS)

    def behind_twin(member: FrontMember) -> bool:
        return member.twin is not None and member.twin.dominates(member.final, objectives)

    marked = [replace(m, behind=ahead_of(m), behind_twin=behind_twin(m)) for m in members]

    def place(member: FrontMember) -> tuple[bool, float, float, str]:
        accuracy = member.final_validation_accuracy
        time = QUANTITIES["log10_total_s"].value(member.evaluation)
        behind = not member.on_front
        return behind, 1.0 if accuracy is None else -accuracy, time, member.evaluation.key

    return _compared_with_best(sorted(marked, key=place))


def _compared_with_best(by_rank: Sequence[FrontMember]) -> list[FrontMember]:
    """The same, each with how far below the first it is by the seeds of both."""
    best = [member.accuracies("validation") for member in by_rank[:1]]
    return [
        *by_rank[:1],
        *(
            replace(member, below_best=welch(best[0], member.accuracies("validation")))
            for member in by_rank[1:]
        ),
    ]
