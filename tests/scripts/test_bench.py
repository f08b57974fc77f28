"""The benchmark suite: parts by name, results that gather, a page of them."""

from __future__ import annotations

import json

import pytest

from scripts.bench import __main__ as bench
from scripts.bench import gpu, page, results, resume
from scripts.bench.timing import take_turns


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "PATH", tmp_path / "bench.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    monkeypatch.setattr(gpu, "FOLDER", tmp_path)


def test_named_parts_run_and_gather_in_one_file(monkeypatch, capsys):
    ran = []
    for name in bench.PARTS:
        monkeypatch.setitem(bench.PARTS, name, lambda name=name: ran.append(name) or {"x_s": 1.5})
    bench.main(["costs"])
    bench.main(["large", "startup"])
    assert ran == ["costs", "large", "startup"]
    measured = json.loads(results.PATH.read_text())
    assert set(measured["parts"]) == {"costs", "large", "startup"}
    bench.main([])
    assert ran[3:] == list(bench.PARTS)


def test_an_unknown_part_is_one_line_that_names_the_others(capsys):
    with pytest.raises(SystemExit):
        bench.main(["layer"])
    assert "no such part: layer; there are layers, scaling, population" in capsys.readouterr().err


def test_results_of_another_machine_replace_those_of_this_one():
    old = {"machine": "a", "versions": {"torch": "1"}, "parts": {"layers": 1, "costs": 1}}
    new = {"machine": "a", "versions": {"torch": "1", "jax": "2"}, "parts": {"layers": 2}}
    assert results.merged(old, new)["parts"] == {"layers": 2, "costs": 1}
    assert results.merged(old, new | {"machine": "b"})["parts"] == {"layers": 2}
    assert results.merged(old, new | {"versions": {"torch": "2"}})["parts"] == {"layers": 2}


def test_the_page_holds_what_was_measured(monkeypatch):
    monkeypatch.setitem(bench.PARTS, "startup", lambda: {"compose_s": 0.25})
    bench.main(["startup"])
    marks = [f"<!-- {name} -->\n<!-- /{name} -->\n" for name in ("machine", *page.TABLES)]
    page.PAGE.write_text("".join(marks))
    bench.main(["--page"])
    text = page.PAGE.read_text()
    assert "| compose_s | 0.25 |" in text
    assert "<!-- layers -->\n<!-- /layers -->" in text


def test_the_numbers_of_the_picture_are_seconds_and_times_as_fast():
    def row(qubits, layers, batch, **ms):
        timings = {name.replace("K", "K="): {"ms": value} for name, value in ms.items()}
        fixed = {"qubits": qubits, "layers": layers, "batch": batch, "entangler": "cx"}
        return fixed | {"timings": timings, "what": "layer"}

    one = row(4, 2, 32, fused=0.5, torchquantum=8.0)
    parts = {
        "layers": {"rows": [one, row(4, 2, 256, fused=9.0, torchquantum=9.0)]},
        "scaling": {"depth": [one], "batch": [one]},
        "population": {"rows": [row(4, 2, 32, torchquantum=8.0, K1=0.5, K4=1.0)]},
    }
    numbers = page.numbers(parts).set_index(["panel", "line", "place"]).value.to_dict()
    assert numbers["qubits", "fused", 4] == numbers["batch", "fused", 32] == 0.0005
    # four circuits take 32 ms one after the other, and 1 ms as one
    assert numbers[page.MANY, "4 qubits, 2 layers", 4] == 32
    assert len(numbers) == 3 * 2 + 2  # nothing of batches of 256
    texts = [text.get_text() for text in page.picture(page.numbers(parts)).axes[2].texts]
    assert texts == ["16"]


def test_turns_give_each_call_its_median_and_quartiles():
    calls = {"a": 0, "b": 0}

    def count(name):
        calls[name] += 1
        sum(range(200_000))

    timings = take_turns({name: lambda name=name: count(name) for name in calls}, rounds=5)
    assert calls["a"] >= 6
    assert calls["b"] >= 6
    for timing in timings.values():
        assert 0 < timing.low_ms <= timing.ms <= timing.high_ms
        assert timing.rounds == 5


def test_a_resume_reads_the_records_that_were_written_and_computes_none(tmp_path):
    resume.write_records(resume.problem(tmp_path, 4, 11), tmp_path / "records")
    assert resume.resumed(resume.problem(tmp_path, 4, 11), tmp_path)["evaluations"] == 44
    next(iter((tmp_path / "records").glob("*.json"))).unlink()
    with pytest.raises(ValueError, match="an evaluation has no record"):
        resume.resumed(resume.problem(tmp_path, 4, 11), tmp_path)
