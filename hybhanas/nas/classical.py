"""A classical model that networks are compared with."""

from __future__ import annotations

from dataclasses import dataclass

from hybhanas.nas.evaluation import Evaluation
from hybhanas.nas.objectives import Objectives
from hybhanas.nas.quantities import QUANTITIES


@dataclass(frozen=True, slots=True)
class Baseline:
    """A model without a circuit, trained and tested on the splits of a search.

    Args:
        name: such as `logistic regression`.
        validation_accuracy, test_accuracy: fractions of samples.
        parameters: trained or fitted numbers; of an SVM those of its support vectors.
        setting: that the validation split chose, in words.
    """

    name: str
    validation_accuracy: float
    test_accuracy: float
    parameters: int
    setting: str = ""

    def is_as_accurate(self, evaluation: Evaluation) -> bool:
        """Whether its validation accuracy is that of a trained network, or higher."""
        accuracy = evaluation.validation_accuracy
        return accuracy is not None and self.validation_accuracy >= accuracy

    def dominates(self, evaluation: Evaluation, objectives: Objectives) -> bool:
        """Whether it is as good as a network in all objectives; in the quantum ones it is better,
        since it takes no time of a machine.
        """
        if not self.is_as_accurate(evaluation):
            return False
        if "contribution" in objectives.names and (evaluation.contribution or 0.0) > 0:
            return False
        counted = {"parameters", "classical_parameters"} & {*objectives.names}
        return all(self.parameters <= QUANTITIES[name].value(evaluation) for name in counted)


@dataclass(frozen=True, slots=True)
class Twin(Baseline):
    """A network with dense layers of about as many parameters in place of its circuit.

    Args:
        bottleneck: its units between these layers, where they are fewer than the circuit's inputs
            and observables, since it has few angles; 0 where they are not.
    """

    bottleneck: int = 0
