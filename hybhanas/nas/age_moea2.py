"""AGE-MOEA-II of pymoo, imported without numba.

pymoo compiles this algorithm's loops over the front with numba where it is installed. Compiling
takes longer than the loops do, and compiled code may round differently from one machine to another,
so the loops run as plain Python: during the import, a stand-in takes numba's place.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np
from pymoo.algorithms.base.genetic import GeneticAlgorithm


def age_moea2(objectives: int, population: int, **operators: Any) -> GeneticAlgorithm:
    """AGE-MOEA-II with these operators, for any number of objectives."""
    with _numba_replaced_by(_without_compilation()):
        from pymoo.algorithms.moo.age2 import AGEMOEA2
    return AGEMOEA2(pop_size=population, **operators)


def _without_compilation() -> ModuleType:
    """A module with what pymoo uses of numba, whose `jit` returns a function unchanged."""
    module: Any = ModuleType("numba")
    module.jit = lambda **_: lambda function: function
    module.float64, module.intp, module.boolean = np.float64, np.intp, np.bool_
    return module


@contextmanager
def _numba_replaced_by(module: ModuleType) -> Iterator[None]:
    original = sys.modules.get("numba")
    sys.modules["numba"] = module
    try:
        yield
    finally:
        del sys.modules["numba"]
        if original is not None:
            sys.modules["numba"] = original
