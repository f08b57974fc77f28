"""The Python of docs/models.md works as printed, in order."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.helpers import ROOT

PAGE = (ROOT / "docs" / "models.md").read_text()


@pytest.mark.slow
def test_the_python_of_the_page_works(tmp_path):
    code = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL))
    assert "HQNNClassifier" in code
    outcome = subprocess.run(
        [sys.executable, "-c", code.replace("outputs/from_python", str(tmp_path / "run"))],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    printed = outcome.stdout.splitlines()
    assert re.fullmatch(r"0\.\d+, 95 % interval 0\.\d+ to [01]\.\d+", printed[-3])
    assert printed[-2].strip("[]' ").isdigit()
    assert float(printed[-1]) > 0.85
