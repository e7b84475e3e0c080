"""Whether what the scanners found passes: by severity, against the stack's thresholds; and who did not look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.run_summary import SEVERITIES, FiguresOfScans
from operations.checks import sarif
from operations.checks.markdown import code, count, table
from operations.checks.sarif import Finding

SKIPPED = "skipped.txt"
"""Beside the reports: ``SCANNER: why it did not look``, a line each."""

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Limits:
    """``least`` is the severity from which a finding counts; the others how many may be there."""

    least: str = "medium"
    vulnerabilities: int = 0
    secrets: int = 0
    licences: int = 0

    def of(self, kind: str) -> int:
        return {"vulnerability": self.vulnerabilities, "secret": self.secrets, "licence": self.licences}[kind]


def counted(findings: Sequence[Finding], limits: Limits) -> list[Finding]:
    """Those that count: severe enough, and not accepted."""
    return [one for one in findings if not one.accepted and SEVERITIES.index(one.severity) >= SEVERITIES.index(limits.least)]


def breaches(findings: Sequence[Finding], limits: Limits) -> list[str]:
    """One sentence for each kind of which there are too many, with the first three."""
    told = []
    for kind, words in (("secret", "secrets"), ("vulnerability", "vulnerabilities"), ("licence", "licences")):
        bad = [one for one in counted(findings, limits) if one.kind == kind]
        if len(bad) > limits.of(kind):
            first = "; ".join(f"{one.scanner} {one.rule} in {one.where}" for one in bad[:3])
            told.append(f"{words} = {len(bad)}: must be at most {limits.of(kind)} ({first}); mend or accept each with a reason")
    return told


def skipped(folder: Path) -> list[tuple[str, str]]:
    """Who did not look, and why, from all files below ``folder``, as of several jobs; each once."""
    found = dict.fromkeys(line for file in sorted(folder.rglob(SKIPPED)) for line in file.read_text().splitlines())
    return [(name, why.strip()) for name, _, why in (line.partition(":") for line in found) if name]


def counts(folder: Path) -> FiguresOfScans:
    """What each scanner that has looked found, without what was accepted."""
    found = Counter((one.scanner, one.severity) for one in sarif.read(folder) if not one.accepted)
    return FiguresOfScans(scanners={name: {one: found[name, one] for one in SEVERITIES} for name in sarif.scanners(folder)})


def summary(folder: Path, limits: Limits) -> str:
    findings, away = sarif.read(folder), skipped(folder)
    bad = counted(findings, limits)
    lines = [f"## Security: {count(len(bad), 'finding')} of {limits.least} severity or more", ""]
    shown = ((one.severity, one.scanner, code(one.rule, 60), code(one.where, 80), code(one.text)) for one in bad[:SHOWN])
    lines += table(("severity", "scanner", "rule", "where", "what"), shown)
    lines += table(("scanner", "findings in all", "accepted"), _by_scanner(folder, findings))
    lines += table(("**did not look**", "why"), ((f"**{name}**", code(why)) for name, why in away))
    return "\n".join(lines)


def _by_scanner(folder: Path, findings: Sequence[Finding]) -> list[tuple[str, str, str]]:
    rows = []
    for name in sarif.scanners(folder):
        own = [one for one in findings if one.scanner == name]
        rows.append((name, str(len(own)), str(sum(one.accepted for one in own))))
    return rows
