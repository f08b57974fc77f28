"""Benchmarks of a GPU: without one a line, and the parts that need none."""

from __future__ import annotations

import json

import pytest
import torch

from scripts import gpu
from scripts.bench import gpu as bench
from scripts.bench import gpu_steps, page

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="make gpu runs what this skips")


def test_without_a_gpu_the_command_says_so_in_one_line(capsys):
    assert gpu.main([]) == 0
    assert capsys.readouterr().out == "no GPU: torch sees none here, so nothing is measured\n"
    assert bench.run() == {}


def test_a_part_that_does_not_exist_is_named(capsys):
    with pytest.raises(SystemExit):
        gpu.main(["step"])
    assert "no such part: step; there are tests, steps, trainings, peers" in capsys.readouterr().err


def test_the_step_that_is_timed_trains_networks_of_different_circuits():
    architectures = gpu_steps.mixed((2, 1), 4)
    assert len(set(architectures)) == 4
    step, module = gpu_steps.training(architectures, batch=8, captured=True, device="cpu")
    before = module.population.weights.detach().clone()
    step()
    assert not torch.equal(before, module.population.weights)


def test_the_page_has_a_section_for_each_card(monkeypatch, tmp_path):
    steps = [
        {"qubits": 4, "layers": 2, "batch": 32, "count": 1024,
         "captured_ms": {"training step": 1.024, "layer": 0.5},
         "kernel_by_kernel_ms": {"training step": 4.0, "layer": 2.0}, "peak_bytes": 2**30},
        {"qubits": 4, "layers": 2, "batch": 32, "cpu_candidate_ms": 0.03, "cpu_count": 64},
    ]  # fmt: skip
    trainings = [
        {"data": "digits", "samples": 1077, "networks": 60, "at_once": 20, "epochs": 12,
         "batch": 64, "groups": 3, "seconds": 1.5, "planning_s": 0.1, "per_minute": 2400.0,
         "median_accuracy": 0.9, "watts": 150.0},
    ]  # fmt: skip
    content = {
        "card": {"name": "A Card", "memory_bytes": 80 * 2**30, "cuda": "13.0"},
        "machine": {"processor": "A Processor", "cores": 16},
        "versions": {"python": "3.12", "torch": "2.11"},
        "parts": {"steps": {"rows": steps}, "trainings": {"rows": trainings}},
    }
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(page.results, "PATH", tmp_path / "bench.json")
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    (tmp_path / "gpu_a_card.json").write_text(json.dumps(content))
    other = "### Another Card\n\n40 GiB.\n\n| a | b |\n| --- | --- |\n"
    page.PAGE.write_text(f"<!-- gpu -->\n{other}### A Card\n\nof before\n<!-- /gpu -->\n")
    page.write()
    text = page.PAGE.read_text()
    assert other.strip() in text
    assert "of before" not in text
    assert "### A Card" in text
    assert "| training step | 4, 2 | 32 | 1.00 (30) |" in text  # us a candidate, times the CPU
    assert "| digits | 20 | 60 | 1.5 | 2400 | 0.900 | 150 |" in text


@pytest.fixture
def card(monkeypatch, tmp_path):
    """What a part measures is its name; a part called `broken` fails after its first row."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "A Card")
    monkeypatch.setattr(bench, "_card", lambda: {"name": "A Card"})
    monkeypatch.setattr(bench.results, "machine", lambda: {"processor": "A Processor"})
    monkeypatch.setattr(bench.results, "PATH", tmp_path / "outputs" / "bench.json")
    monkeypatch.setattr(bench, "FOLDER", tmp_path / "outputs" / "bench")

    def part(name):
        def measure(note, seconds):
            note({"part": name})
            if name == "broken":
                raise torch.OutOfMemoryError("CUDA out of memory")

        return measure, 1.0

    monkeypatch.setattr(bench, "PARTS", {name: part(name) for name in ("steps", "broken", "peers")})
    return lambda: {
        name: part["rows"] for name, part in bench.measured()[0]["parts"].items()
    }  # fmt: skip


def test_a_part_that_fails_is_said_and_leaves_what_it_and_the_others_measured(card, capsys):
    with pytest.raises(SystemExit, match="failed: broken"):
        bench.run()
    assert card() == {name: [{"part": name}] for name in ("steps", "broken", "peers")}
    assert "broken failed: OutOfMemoryError: CUDA out of memory" in capsys.readouterr().out


def test_parts_that_other_versions_measured_are_dropped(card, monkeypatch):
    bench.run({"steps": 1.0})
    bench.run({"peers": 1.0})
    assert [*card()] == ["steps", "peers"]
    monkeypatch.setattr(bench.results, "versions", lambda: {"torch": "99"})
    bench.run({"peers": 1.0})
    assert [*card()] == ["peers"]
