"""docs/cost.md shows what its script prints, and its Python runs."""

from __future__ import annotations

import re

import pytest

from scripts.estimate_job import parts, sampler_job
from tests.helpers import ROOT

PAGE = (ROOT / "docs" / "cost.md").read_text()


def test_the_page_shows_the_estimate_of_today():
    for name, text in parts().items():
        assert f"<!-- {name} -->\n\n{text.strip()}\n\n<!-- /{name} -->" in PAGE


def test_contributions_of_the_two_pubs_and_of_the_job_add_up():
    job = sampler_job()
    assert len(job.pubs) == 2
    assert job.executions == 8 * 4096 + 2000
    own_s = sum(pub.contributions.total_s for pub in job.pubs)
    assert own_s + job.contributions.job_overhead_s == pytest.approx(job.qpu_s)


def test_the_python_of_the_page_runs(capsys):
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(block, {})
    executions = int(capsys.readouterr().out.split()[0])
    assert executions == 2 * 10_000 + 10 * 4096  # two bases at one set of values; ten sets
