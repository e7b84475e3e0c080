"""What GitHub's code scanning asks of a SARIF file besides what a scanner writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.errors import UsageError

VERSION = "2.1.0"


def prepare(report: Path, folder: str = "") -> None:
    """Gives each run of ``report`` the category of its file's name, and its paths from the repository's root.

    GitHub refuses an upload in which two runs have tool and category in common; the category is ``automationDetails.id`` up to
    the last slash. ``folder`` is where the service is in its repository: ``services/shop/``, or nothing for its root. Done again,
    it changes nothing. Raises ``UsageError`` where the report is no whole SARIF file.
    """
    content = _read(report)
    for number, run in enumerate(content["runs"], 1):
        category = f"{report.stem}/" if number == 1 else f"{report.stem}-{number}/"
        if (run.get("automationDetails") or {}).get("id") != category:
            run["automationDetails"] = {"id": category}
            for place in _places(run["results"]):
                place["uri"] = folder + str(place["uri"]).removeprefix("./")
    report.write_text(json.dumps(content, indent=2))


def _read(report: Path) -> Any:
    try:
        content = json.loads(report.read_text())
        whole = content["version"] == VERSION and all(_is_whole(run) for run in content["runs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{report}: no SARIF ({type(error).__name__}); the scanner was cut off: run the scan again") from error
    if not whole:
        raise UsageError(
            f"{report}: must be SARIF {VERSION}, each run with a tool's name and a list of results; update the scanner"
        )
    return content


def _is_whole(run: Any) -> bool:
    return bool(run["tool"]["driver"]["name"]) and isinstance(run.get("results"), list)


def _places(part: Any) -> Iterator[dict[str, Any]]:
    """Each ``artifactLocation`` with a path, wherever it is in a result."""
    if isinstance(part, list):
        for one in part:
            yield from _places(one)
    elif isinstance(part, dict):
        place = part.get("artifactLocation")
        if isinstance(place, dict) and place.get("uri"):
            yield place
        for one in part.values():
            yield from _places(one)
