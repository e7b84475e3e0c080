"""What scanners found, from SARIF, whichever scanner wrote it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from infra.errors import UsageError
from infra.run_summary import SEVERITIES

SECRET_SCANNERS = frozenset({"gitleaks"})
LICENCE_SCANNERS = frozenset({"lockgate licences"})
_LEVELS = {"error": "high", "warning": "medium", "note": "low", "none": "low"}
_SCORES = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.0, "low"))


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """``kind`` is ``secret``, ``licence`` or ``vulnerability``; ``accepted`` says that the source gives a reason to let it be."""

    kind: str
    severity: str
    scanner: str
    rule: str
    where: str
    text: str
    accepted: bool = False


def read(folder: Path) -> list[Finding]:
    """The findings of all SARIF files below ``folder``, each once, the worst first. Raises ``UsageError`` where one is broken.

    A secret in the history and in the files is one, though the scanner words it differently.
    """
    found: dict[Finding, Finding] = {}
    for file in sorted(folder.rglob("*.sarif")):
        for one in (finding for run in _runs(file) for finding in _findings(run)):
            found.setdefault(replace(one, text="") if one.kind == "secret" else one, one)
    return sorted(found.values(), key=lambda one: (-SEVERITIES.index(one.severity), one))


def scanners(folder: Path) -> list[str]:
    """Who has looked, whether it found something or not."""
    return sorted({_scanner(run) for file in folder.rglob("*.sarif") for run in _runs(file)})


def document(scanner: str, findings: Sequence[Finding]) -> str:
    """A SARIF file with the findings of a scanner of our own."""
    level = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
    results = [
        {
            "ruleId": one.rule,
            "level": level[one.severity],
            "message": {"text": one.text},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": one.where}, "region": {"startLine": 1}}}],
        }
        for one in findings
    ]
    run = {"tool": {"driver": {"name": scanner, "rules": []}}, "results": results}
    return json.dumps({"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}, indent=2)


def _runs(file: Path) -> list[Mapping[str, Any]]:
    try:
        return list(json.loads(file.read_text())["runs"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file}: not SARIF ({type(error).__name__}); the scanner was cut off: run the scan again") from error


def _scanner(run: Mapping[str, Any]) -> str:
    return str(run["tool"]["driver"]["name"])


def _findings(run: Mapping[str, Any]) -> Iterator[Finding]:
    scanner = _scanner(run)
    rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules") or []}
    for result in run.get("results") or []:
        rule = rules.get(result.get("ruleId"), {})
        yield Finding(
            kind=_kind(scanner),
            severity=_severity(scanner, result, rule),
            scanner=scanner,
            rule=str(result.get("ruleId", "")),
            where=_where(result),
            text=str((result.get("message") or {}).get("text", "")),
            accepted=bool(result.get("suppressions")),
        )


def _kind(scanner: str) -> str:
    if scanner.lower() in SECRET_SCANNERS:
        return "secret"
    return "licence" if scanner.lower() in LICENCE_SCANNERS else "vulnerability"


def _severity(scanner: str, result: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """By the score of the rule where it has one, else by the level; a secret is always critical."""
    if _kind(scanner) == "secret":
        return "critical"
    score = (rule.get("properties") or {}).get("security-severity")
    if score is not None:
        return next(name for least, name in _SCORES if float(score) >= least)
    level = result.get("level") or (rule.get("defaultConfiguration") or {}).get("level", "warning")
    return _LEVELS.get(str(level), "medium")


def _where(result: Mapping[str, Any]) -> str:
    places = [one["physicalLocation"] for one in result.get("locations") or [] if "physicalLocation" in one]
    if not places:
        return ""
    line = (places[0].get("region") or {}).get("startLine", "")
    return f"{places[0].get('artifactLocation', {}).get('uri', '')}:{line}"
