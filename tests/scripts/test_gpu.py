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
    page.PAGE.write_text("<!-- gpu -->\n<!-- /gpu -->\n")
    page.write()
    text = page.PAGE.read_text()
    assert "### A Card" in text
    assert "| training step | 4, 2 | 32 | 1.00 (30) |" in text  # us a candidate, times the CPU
    assert "| digits | 20 | 60 | 1.5 | 2400 | 0.900 | 150 |" in text
