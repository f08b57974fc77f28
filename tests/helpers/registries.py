"""Registries that a test may add words to, and that forget them after it."""

from __future__ import annotations

import pytest

from hybhanas import plugins
from hybhanas.ansatz import ENCODINGS, ENTANGLERS, ROTATIONS
from hybhanas.entanglement import PATTERNS, entangled_pairs, first_word
from hybhanas.gates import GATES
from hybhanas.quantum.simulators import SIMULATORS


@pytest.fixture
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is registered and loaded in the test is forgotten after it, but for hybhanas' own."""
    import hybhanas.quantum.variants  # noqa: F401 - its words stay: it is imported once

    for registry in (ENCODINGS, ROTATIONS, ENTANGLERS, PATTERNS, SIMULATORS):
        monkeypatch.setattr(registry, "_known", dict(registry))
    monkeypatch.setattr(plugins, "_loaded", {})
    gates = dict(GATES)
    yield
    GATES.clear()
    GATES.update(gates)
    entangled_pairs.cache_clear()
    first_word.cache_clear()
