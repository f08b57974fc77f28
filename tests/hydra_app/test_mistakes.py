"""What a value of a wrong type or below a bound is told: setting, value, what is accepted."""

from __future__ import annotations

import pytest

from hybhanas.hydra_app.check import check
from hybhanas.hydra_app.mistakes import explain

LISTED = "[VALUE,...], each"
OF_ANOTHER_TYPE = {
    "search.generations=two": "search.generations=two is not accepted: a whole number",
    "seed=1e30": "seed=1e+30 is not accepted: a whole number",
    "trainer.learning_rate=fast": "trainer.learning_rate=fast is not accepted: a number",
    "trainer.learning_rate=[1]": "trainer.learning_rate=[1] is not accepted: a number",
    "floor=maybe": "floor=maybe is not accepted: true or false",
    "plugins=mine": f"plugins=mine is not accepted: {LISTED} a text",
    "backend.power_w=null": "backend.power_w=null is not accepted: it must have a value",
    "dataset.path=[1]": "dataset.path=[1] is not accepted: a text or null",
    "search_space.qubits=3": f"search_space.qubits=3 is not accepted: {LISTED} a whole number",
    "search_space.qubits=[two]": "search_space.qubits[0]=two is not accepted: a whole number",
    "search_space.qubits={a: 1}": (
        f"search_space.qubits is not accepted as it is given: {LISTED} a whole number"
    ),
    "search.constraints=5": (
        "search.constraints=5 is not accepted: {NAME: VALUE,...}, each a number"
    ),
    "search.constraints=[1]": (
        "search.constraints is not accepted as it is given: {NAME: VALUE,...}, each a number"
    ),
    "+search.constraints.p_survival=high": (
        "search.constraints.p_survival=high is not accepted: a number"
    ),
}


@pytest.mark.parametrize("override", OF_ANOTHER_TYPE)
def test_a_value_of_another_type_is_told_with_what_is_accepted(override, composed):
    with pytest.raises(Exception) as error:
        composed("dataset=csv", override)
    assert explain(error.value) == OF_ANOTHER_TYPE[override]


@pytest.mark.parametrize("override", ["seed=-1", "calibration_max_age_days=-3.0"])
def test_a_number_below_zero_is_told_by_the_name_that_was_given(override, composed):
    with pytest.raises(Exception) as error:
        check(composed(override))
    assert explain(error.value) == f"{override} is not accepted: at least 0"
