"""The examples run as they are, and print what the README says; the notebooks run as well."""

from __future__ import annotations

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from tests.helpers import ROOT

SCRIPT = (ROOT / "examples" / "from_python.py").read_text()
README = (ROOT / "README.md").read_text()
NOTEBOOKS = {  # what the last cell shows
    "cost_a_circuit": "none are added for noise",
    "search_and_pick": "[",
    "verify": "'survives'",
}
BODY = SCRIPT.partition('"""\n\n')[2]


def ran(folder) -> subprocess.CompletedProcess[str]:
    """The example in a folder of its own, which has docs/."""
    (folder / "docs").symlink_to(ROOT / "docs")
    return subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_readme_shows_the_example_as_it_is():
    assert f"```python\n{BODY}```" in README


@pytest.mark.slow
def test_the_example_prints_what_the_readme_shows(tmp_path):
    outcome = ran(tmp_path)
    assert outcome.returncode == 0, outcome.stderr
    assert f"```\n{outcome.stdout}```" in README


@pytest.mark.slow
def test_the_example_runs_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    threads = "import torch, os; print(torch.get_num_threads(), os.umask(0o022))"
    cells = [threads, BODY.replace(", progress=False", ""), threads]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    first, example, last = ("".join(str(o) for o in cell.outputs) for cell in notebook.cells)
    assert "Pareto front" in example
    assert first == last  # threads and umask are as they were


def test_every_notebook_of_the_folder_is_run_and_stored_without_output():
    paths = sorted((ROOT / "examples").glob("*.ipynb"))
    assert [path.stem for path in paths] == sorted(NOTEBOOKS)
    for path in paths:
        cells = nbformat.read(path, as_version=4).cells
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(ROOT / "examples" / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert NOTEBOOKS[name] in str(notebook.cells[-1].outputs)
    assert "generation  new" not in str(notebook.cells)  # progress=False
