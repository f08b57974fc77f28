"""`hybhanas cost --json`: the rows, and the schema that describes them."""

from __future__ import annotations

import json

from jsonschema import Draft202012Validator

import hybhanas
from hybhanas.plain_cost.run import main
from hybhanas.plain_cost.schema import FILE, schema
from tests.helpers.circuits import QUICK


def test_it_is_what_the_library_says(bell, capsys):
    assert main([bell, "--backend", "ibm_fez", "--shots", "500", "--json", *QUICK]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    model = hybhanas.CostModel(optimization_level=1)
    assert file == {
        "file": bell,
        "job": hybhanas.estimate([bell], "ibm_fez", model, shots=500).to_dict(),
    }


def test_json_follows_the_published_schema(bell, tmp_path, capsys):
    Draft202012Validator.check_schema(schema())
    published = json.loads(FILE.read_text())
    broken = tmp_path / "broken.qasm"
    broken.write_text("OPENQASM 3.0;\nqubit q")
    arguments = [bell, str(broken), "--json", "--resilience-level", "2", "--observables", "ZZ,XX"]
    assert main([*arguments, "--backend", "ibm_fez", *QUICK]) == 1
    out, err = capsys.readouterr()
    Draft202012Validator(published).validate(json.loads(out))
    assert len(err.splitlines()) == 1


def test_the_published_schema_is_that_of_the_classes():
    # python -m hybhanas.plain_cost.schema > hybhanas/plain_cost/schema.json
    assert json.loads(FILE.read_text()) == schema()
