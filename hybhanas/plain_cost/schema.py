"""The JSON Schema of `hybhanas cost --json`, derived from `JobCost`.

python -m hybhanas.plain_cost.schema > hybhanas/plain_cost/schema.json
"""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from hybhanas.cost.job import JobCost
from hybhanas.plain_cost.run import SCHEMA_VERSION, NotCosted

FILE = Path(__file__).with_suffix(".json")
"""Where it is published."""

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema() -> dict[str, Any]:
    """The schema: a list of files, each with a job or with the reason why it has none."""
    definitions: dict[str, Any] = {}
    job, not_costed = _type(JobCost, definitions), get_type_hints(NotCosted)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "hybhanas cost --json",
        "type": "object",
        "required": ["version", "files"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": SCHEMA_VERSION},
            "files": {
                "type": "array",
                "items": {
                    "oneOf": [
                        _object({"file": {"type": "string"}, "job": job}),
                        _object({name: _type(of, definitions) for name, of in not_costed.items()}),
                    ]
                },
            },
        },
        "$defs": definitions,
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _type(hint: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _type(get_args(hint)[0], definitions)}
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in definitions:
            hints = get_type_hints(hint)
            properties = {
                field.name: _type(hints[field.name], definitions) for field in fields(hint)
            }
            words = (hint.__doc__ or "").partition("\n\n")[0]
            definitions[hint.__name__] = {
                "description": " ".join(words.split()),
                **_object(properties),
            }
        return {"$ref": f"#/$defs/{hint.__name__}"}
    anything = [_type(one, definitions) for one in get_args(hint) if one is not type(None)]
    return {"anyOf": [*anything, {"type": "null"}]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2) + "\n")
