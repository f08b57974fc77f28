"""The metadata of hybhanas-cost, from hybhanas's own: each bound of a version is written once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

SAME = ("classifiers", "keywords", "requires-python", "scripts")
"""What both have in common."""


class CostMetadata(MetadataHookInterface):
    """Selects the dependencies that pyproject.toml names."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Fills in the dynamic fields."""
        pyproject = Path(self.root).parents[1] / "pyproject.toml"
        whole = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
        bounds = {re.split(r"[^\w.-]", one, maxsplit=1)[0]: one for one in whole["dependencies"]}
        metadata["dependencies"] = [bounds[name] for name in self.config["dependencies"]]
        extras = whole["optional-dependencies"]
        metadata["optional-dependencies"] = {name: extras[name] for name in self.config["extras"]}
        metadata |= {name: whole[name] for name in SAME}
