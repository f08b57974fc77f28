"""From samples as they are read to splits as networks take them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from hybhanas.data.fitted import Fitted
from hybhanas.data.in_memory import InMemoryData
from hybhanas.data.labels import check_counts, class_names, numbered
from hybhanas.data.samples import Encoder, Given, Samples
from hybhanas.data.settings import Preparation
from hybhanas.data.splits import Split, Splits
from hybhanas.data.steps import Step, applied, principal_components, scaling
from hybhanas.errors import ConfigError

MOST_FEATURES = 10_000
"""Numbers of a sample, at most: every network has a dense layer of as many inputs."""

Part = tuple[Samples, np.ndarray]
"""Samples, and the number of the class of each."""


def prepared(
    given: Given, fit_encoder: Callable[[Any], Encoder], settings: Preparation
) -> InMemoryData:
    """Chooses classes, splits, and scales by the training split.

    Raises:
        ConfigError: data that cannot be learned from; the message says where.
    """
    names = class_names(given.train, settings.classes)
    parts = _parts(given, names, settings)
    encoder = fit_encoder(parts[0][0].features)
    encoded = [encoder(samples.features) for samples, _ in parts]
    if encoded[0].shape[1] > MOST_FEATURES:
        raise ConfigError(
            f"{given.train.setting} is not accepted: {encoded[0].shape[1]:,} features; at most "
            f"{MOST_FEATURES:,}"
        )
    strange = [note for samples, _ in parts[1:] for note in encoder.strange(samples.features)]
    first, second = _steps(encoded[0], encoder, settings)
    known = encoded if _is_bytes(encoded[0]) else [applied(first, values) for values in encoded]
    digest = hashlib.sha256(f"{settings.seed}".encode())
    for values, (_, classes) in zip(known, parts, strict=True):
        for array in (values if _is_bytes(values) else values.astype(np.float32), classes):
            digest.update(f"{array.shape}".encode() + array.tobytes())
    if encoder.names or names != [str(number) for number in range(len(names))]:
        digest.update(f"{names} {[*encoder.names]}".encode())
    if second or _is_bytes(known[0]):  # the last digits of components depend on the threads
        digest.update(f"{settings.pca} {settings.scale}".encode())
    splits = [
        _split_of(values, classes, first, second)
        for values, (_, classes) in zip(encoded, parts, strict=True)
    ]
    return InMemoryData(
        splits=Splits(*splits),
        batch_size=settings.batch_size,
        seed=settings.seed,
        hash=digest.hexdigest()[:16],
        notes=[*given.notes, *encoder.notes, *strange],
        fitted=Fitted(encoder, [*first, *second], encoded[0].shape[1], names),
    )


def _is_bytes(values: np.ndarray) -> bool:
    return values.dtype == np.uint8


def _split_of(
    values: np.ndarray, classes: np.ndarray, first: Sequence[Step], second: Sequence[Step]
) -> Split:
    """A split after all steps; bytes that stay as many are kept, and take their steps by batch."""
    if _is_bytes(values) and not second:
        return Split(values, classes, first)
    features = applied([*first, *second], values)
    return Split(features.astype(np.float32, copy=False), classes)


def _parts(given: Given, names: Sequence[str], settings: Preparation) -> list[Part]:
    """The training, validation and test samples."""
    every = settings.classes is None
    rest, classes = numbered(given.train, names, every)
    drawn = 1 + (given.validation is None) + (given.test is None)
    check_counts(rest, drawn)
    if settings.limit is not None and settings.limit < len(rest):
        rows, _ = _split(
            np.arange(len(rest)), classes, settings.seed + 2, settings, train_size=settings.limit
        )
        rest, classes = rest.take(rows), classes[rows]
    rows, parts = np.arange(len(rest)), list[Part]()
    fraction = settings.validation_fraction
    if given.test is None:
        rows, test = _split(
            rows, classes, settings.seed, settings, test_size=settings.test_fraction
        )
        parts.append((rest.take(test), classes[test]))
        fraction /= 1 - settings.test_fraction
    else:
        parts.append(numbered(given.test, names, every))
    if given.validation is None:
        rows, held_out = _split(rows, classes, settings.seed + 1, settings, test_size=fraction)
        parts.append((rest.take(held_out), classes[held_out]))
    else:
        parts.append(numbered(given.validation, names, every))
    return [(rest.take(rows), classes[rows]), *reversed(parts)]


def _split(
    rows: np.ndarray, classes: np.ndarray, seed: int, settings: Preparation, **size: float
) -> tuple[np.ndarray, np.ndarray]:
    """The rows to keep, and the others, stratified by class; `size` is scikit-learn's, of one."""
    from sklearn.model_selection import train_test_split

    try:
        first, second = train_test_split(
            rows, **size, stratify=classes[rows], random_state=seed % 2**32
        )
    except ValueError as error:
        raise ConfigError(
            f"dataset.validation_fraction={settings.validation_fraction}, "
            f"dataset.test_fraction={settings.test_fraction} and dataset.limit={settings.limit} "
            f"cannot split {settings.name}: {error}"
        ) from None
    if len({*classes[first].tolist()}) < len({*classes.tolist()}):
        raise ConfigError(f"{settings.name} cannot be split: a rare class is left without a sample")
    return first, second


def _steps(
    values: np.ndarray, encoder: Encoder, settings: Preparation
) -> tuple[Sequence[Step], Sequence[Step]]:
    """What is done to encoded values: the scaling of features, then principal components."""
    if settings.pca is None:
        return encoder.scaling(values, settings.scale), []
    first = encoder.scaling(values, encoder.before_components)
    scaled = applied(first, values)
    if settings.pca > min(scaled.shape):
        raise ConfigError(
            f"dataset.pca={settings.pca} is not accepted: {settings.name} has "
            f"{scaled.shape[1]} features in {scaled.shape[0]} training samples; at most "
            f"{min(scaled.shape)}"
        )
    project = principal_components(scaled, settings.pca)
    return first, [project, *scaling(project(scaled), settings.scale)]
