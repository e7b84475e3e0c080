"""The artifacts as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from rich.table import Table

from operations.artifacts.model import Artifact
from operations.artifacts.pruning import Verdict
from operations.artifacts.scans import SEVERITIES
from operations.tables import plain_table

SHORT = 19
UNITS = ("B", "kB", "MB", "GB", "TB")


def artifacts(every: Iterable[Artifact]) -> Table:
    table = plain_table("tags", "digest", "age", "size", "stacks", "signed", "sbom", "provenance", "vulnerabilities")
    for one in every:
        said = one.attached
        signed = f"release {', '.join(said.releases)}" if said.releases else _mark(bool(said.signatures))
        table.add_row(
            tags(one), one.digest[:SHORT], age(one), size(one.size), "\n".join(map(str, one.holds)) or "-",
            signed, _mark(said.sbom), said.revision[:7] or _mark(said.provenance), findings(said.findings),
        )  # fmt: skip
    return table


def verdicts(every: Iterable[Verdict], word: str) -> Table:
    """``word`` says what becomes of those that go."""
    table = plain_table("tags", "digest", "age", "", "why")
    for one in every:
        table.add_row(
            tags(one.artifact), one.artifact.digest[:SHORT], age(one.artifact), word if one.goes else "stays", one.why
        )
    return table


def tags(one: Artifact) -> str:
    return "\n".join(one.tags) if one.present else "(not in the registry)"


def age(one: Artifact) -> str:
    days = one.days(datetime.now(UTC))
    if days is None:
        return "unknown"
    return f"{days} d" if days else "today"


def size(count: float) -> str:
    """In decimal units, as registries show it."""
    for unit in UNITS:
        if count < 1000 or unit == UNITS[-1]:
            break
        count /= 1000
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def findings(counts: Mapping[str, int] | None) -> str:
    """What the attached scan found, the worst first."""
    if counts is None:
        return "not scanned"
    return ", ".join(f"{counts[name]} {name}" for name in SEVERITIES if counts.get(name)) or "none"


def _mark(there: bool) -> str:
    return "yes" if there else "-"
