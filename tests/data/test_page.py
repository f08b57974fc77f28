"""The Python of docs/data.md works as printed, in order."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.helpers import ROOT

PAGE = (ROOT / "docs" / "data.md").read_text()


@pytest.mark.slow
def test_the_python_of_the_page_works(tmp_path):
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL))
    assert "predict" in code
    outcome = subprocess.run(
        [sys.executable, "-c", code.replace("outputs/penguins", str(tmp_path / "run"))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    assert outcome.stdout.startswith("9 features ['Adelie', 'Chinstrap', 'Gentoo']")
    assert 0 < float(outcome.stdout.splitlines()[-1]) <= 1
