"""Classes: the labels of samples, numbered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from hybhanas.data.samples import Samples, listed, rows_text
from hybhanas.errors import ConfigError, unknown


def texts(labels: np.ndarray) -> list[str]:
    """Labels as a person writes them: whole numbers without a decimal point.

    Example:
        >>> texts(np.array([3.0, 5.0]))
        ['3', '5']
    """
    if labels.dtype.kind == "f" and np.all(labels == np.round(labels)):
        labels = labels.astype(np.int64)
    return [str(label) for label in labels.tolist()]


def class_names(train: Samples, chosen: Sequence[object] | None) -> list[str]:
    """The classes to learn, numbers in ascending order, texts in that of the alphabet.

    Args:
        train: with every class.
        chosen: the labels to keep; None: all.

    Raises:
        ConfigError: fewer than two, a chosen one that is not there, or labels that are no classes.
    """
    names = list(dict.fromkeys(texts(np.unique(train.labels))))
    if chosen is not None:
        for label in map(str, chosen):
            if label not in names:
                raise unknown("dataset.classes", label, names[:20])
        names = [name for name in names if name in {*map(str, chosen)}]
    elif 2 * len(names) > len(train) > 2:
        raise ConfigError(
            f"{train.setting} cannot be classified: {len(names)} different labels in {len(train)} "
            f"rows, such as {listed(names, 3)}; accepted: labels that several rows share"
        )
    if len(names) < 2:
        raise ConfigError(
            f"{train.setting} cannot be classified: all rows have the label {listed(names)}; at "
            "least two classes"
        )
    return names


def numbered(samples: Samples, names: Sequence[str], every: bool) -> tuple[Samples, np.ndarray]:
    """The samples of the classes to learn, and the number of the class of each.

    Args:
        samples: of one split.
        names: of the classes.
        every: refuse labels that are not among them.

    Raises:
        ConfigError: such a label, or no sample left.
    """
    index = {name: i for i, name in enumerate(names)}
    numbers = np.array([index.get(text, -1) for text in texts(samples.labels)], dtype=np.int64)
    strange = np.flatnonzero(numbers < 0)
    if every and len(strange):
        labels = sorted({*texts(samples.labels[strange])})
        raise ConfigError(
            f"{samples.setting} is not accepted: {rows_text(strange.tolist())} with the label "
            f"{listed(labels)}, which no training row has"
        )
    if len(strange) == len(numbers):
        raise ConfigError(f"{samples.setting} is not accepted: no row has one of the classes")
    rows = np.flatnonzero(numbers >= 0)
    return samples.take(rows), numbers[rows]


def check_counts(samples: Samples, splits: int) -> None:
    """Checks that each class has a sample for each split that is drawn from these.

    Raises:
        ConfigError: naming the rarest class and its rows.
    """
    labels = texts(samples.labels)
    rarest, count = min(Counter(labels).items(), key=lambda item: item[1])
    if count < splits:
        rows = [i for i, label in enumerate(labels) if label == rarest]
        raise ConfigError(
            f"{samples.setting} cannot be split: class {rarest} has {rows_text(rows)} alone, and "
            f"{splits} are needed, one for each split; dataset.classes=[...] leaves a class out"
        )
