"""task=importance: of a finished search, and of a shipped table."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hybhanas import bench
from hybhanas.errors import ConfigError
from hybhanas.nas import importance as importances
from hybhanas.tasks.importance import importance
from tests.helpers.benchmarks import SHIPPED

TABLE = SHIPPED / "digits_small.parquet"


def test_the_genes_that_decide_a_shipped_table_are_printed_and_written(tmp_path, composed, capsys):
    found = importance(composed("task=importance", f"table={TABLE}"), tmp_path)
    error, time, survival = found
    written = json.loads((tmp_path / "importance.json").read_text())
    assert written == [one.to_dict() for one in found]
    assert (error.quantity, error.evaluations) == ("error", 64)
    # The same by arithmetic: how far means by the gene differ, of the whole variance.
    table = bench.load(TABLE)
    log10_s = table.log10_total_s("ibm_brisbane")
    qubits = np.array([a.qubits for a in table])
    means = np.array([log10_s[qubits == q].mean() for q in qubits])
    assert time.variance["qubits"] == pytest.approx(means.var() / log10_s.var(), abs=0.03)
    assert survival.variance["entanglement"] > survival.variance["hidden_layers"]
    printed = capsys.readouterr().out
    assert all(gene in printed for gene in error.variance)
    assert (
        "64 evaluations; of each quantity the part of its variance that the gene explains"
        in printed
    )


def test_of_a_search_those_evaluations_count_that_were_trained(
    smoke, tmp_path, composed, monkeypatch
):
    with pytest.raises(ConfigError, match="8 evaluations of error are too few for importances"):
        importance(composed("task=importance", f"run={smoke}"), tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(importances, "LEAST", 8)
    found = importance(composed("task=importance", f"run={smoke}"), tmp_path)
    assert [one.evaluations for one in found] == [8, 8, 8]


@pytest.mark.parametrize("given", [[], [f"table={TABLE}", "run=outputs/x"]])
def test_one_source_is_needed(given, tmp_path, composed):
    with pytest.raises(ConfigError, match="is not accepted: one of them, the folder of a search"):
        importance(composed("task=importance", *given), tmp_path)


def test_a_backend_that_the_table_lacks_is_named(tmp_path, composed):
    given = f"table={TABLE}", "backend.name=elsewhere"
    with pytest.raises(ConfigError, match="backend=elsewhere is unknown"):
        importance(composed("task=importance", *given), tmp_path)
