"""A file with a circuit."""

from __future__ import annotations

import pytest

from tests.helpers.circuits import BELL


@pytest.fixture
def bell(tmp_path):
    path = tmp_path / "bell.qasm"
    path.write_text(BELL)
    return str(path)
