"""What a scan of an image found, from SARIF, which every scanner writes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.errors import UsageError

SEVERITIES = ("critical", "high", "medium", "low")
SCORES = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.0, "low"))
LEVELS = {"error": "high", "warning": "medium"}


def predicate(files: Sequence[Path], now: datetime) -> dict[str, Any]:
    """Cosign's predicate ``vuln``: the scanners, when they ended, and how many findings of which severity. Of the findings
    themselves it holds rule and severity; where they are is in the reports."""
    runs = [run for file in files for run in _read(file).get("runs") or []]
    findings = [finding for run in runs for finding in _findings(run)]
    counts = Counter(finding["severity"] for finding in findings)
    tools = sorted({str(run["tool"]["driver"]["name"]) for run in runs})
    return {
        "invocation": {},
        "scanner": {
            "uri": ", ".join(tools),
            "result": {"summary": {name: counts[name] for name in SEVERITIES}, "findings": findings},
        },
        "metadata": {"scanFinishedOn": now.astimezone(UTC).isoformat(timespec="seconds")},
    }


def _read(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise UsageError(f"scan = {file}: not a SARIF report ({error}); name a scanner's output in SARIF") from error
    if not isinstance(content, dict) or "runs" not in content:
        raise UsageError(f"scan = {file}: not a SARIF report (it has no runs); name a scanner's output in SARIF")
    return content


def _findings(run: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    rules = {rule.get("id"): rule for rule in run["tool"]["driver"].get("rules") or []}
    for result in run.get("results") or []:
        rule = rules.get(result.get("ruleId")) or {}
        if not result.get("suppressions"):
            yield {"rule": str(result.get("ruleId", "")), "severity": _severity(result, rule)}


def _severity(result: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """By the score where there is one, as GitHub shows it, else by the level."""
    stated = [one.get("properties") or {} for one in (result, rule)]
    score = next((one["security-severity"] for one in stated if "security-severity" in one), None)
    if score is not None:
        return next(name for least, name in SCORES if float(score) >= least)
    level = result.get("level") or (rule.get("defaultConfiguration") or {}).get("level") or "warning"
    return LEVELS.get(level, "low")
