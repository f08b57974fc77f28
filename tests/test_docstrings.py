"""Every example in a docstring gives what it says."""

from __future__ import annotations

import doctest
import importlib

import pytest

from tests.helpers import ROOT

FILES = sorted(path for path in (ROOT / "hybhanas").rglob("*.py") if ">>>" in path.read_text())
MODULES = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name, own_registries):
    module = importlib.import_module(name.removesuffix(".__init__"))
    names = {"Architecture": importlib.import_module("hybhanas.architecture").Architecture}
    names |= {"lay_out": importlib.import_module("hybhanas.circuit").lay_out}
    names |= {"torch": importlib.import_module("torch")}
    outcome = doctest.testmod(module, extraglobs=names)
    assert outcome.attempted > 0
    assert outcome.failed == 0
