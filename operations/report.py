"""What a release or a rollback came to, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from infra.ledger import Entry, Ledger
from operations.update import Outcome


def as_json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def where(ledger: Ledger) -> str:
    """What is live, in words."""
    if not ledger.live:
        return "nothing"
    return f"{ledger.live} in {ledger.active}" if ledger.active else ledger.live


def unreleased(stack: str) -> str:
    """What to say of a stack where nothing is live."""
    return f"{stack}: nothing is live; `lockgate release -s {stack} --image …` makes the first release"


@dataclass(frozen=True, kw_only=True)
class Result:
    """``what`` is ``release`` or ``rollback``; ``wanted`` its version; the ledgers are those before and after it."""

    stack: str
    what: str
    wanted: str
    before: Ledger
    after: Ledger
    url: str
    outcome: Outcome

    @property
    def entry(self) -> Entry | None:
        """The ledger's new entry, where the traffic moved and stayed."""
        newest = self.after.history[:1]
        return newest[0] if newest and newest != self.before.history[:1] else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "ok": self.outcome.ok,
            "changed": self.entry is not None,
            "live": self.after.live,
            "slot": self.after.active,
            "url": self.url,
            "entry": asdict(self.entry) if self.entry else None,
            "failures": [asdict(failure) for failure in self.outcome.failures],
            "interrupted": self.outcome.interrupted,
            "updateSeconds": round(self.outcome.seconds, 1),
        }

    def evidence(self) -> str:
        """Of an update that went well."""
        if self.entry is None:
            return f"{self.stack}: {where(self.after)} was live already; the update took {self.outcome.seconds:.1f} s"
        rows = [("before", where(self.before)), *_measured(self.entry.evidence)]
        rows.append(("took", f"{self.outcome.seconds:.1f} s in all"))
        rows.append(("url", self.url))
        kind = "the first release" if self.entry.kind == "bootstrap" else f"a {self.entry.kind}"
        return _rows(f"{self.stack}: {where(self.after)} is live ({kind})", rows)

    def failure(self) -> str:
        """Of one that failed: phase, cause, what is live, what to do."""
        first, *more = self.outcome.failures
        how = "was stopped" if self.outcome.interrupted else "failed"
        title = f"stack {self.stack}: the {self.what} of {self.wanted} {how} in the phase {first.phase}"
        rows = [("cause", first.cause), *((f"also {one.phase}", one.cause) for one in more)]
        if not self.after.live or self.after.live not in first.cause:
            rows.append(("live", f"{where(self.after)}, says the state"))
        rows.append(("next", self._next()))
        rows.append(("config", f"still wants {self.wanted}, so that a plain `pulumi up` would try it again"))
        return _rows(title, rows)

    def _next(self) -> str:
        if self.outcome.killed:
            return "run the same command again: it looks at what is live, and goes on from there"
        if self.outcome.interrupted:
            return "run the same command again to go on, or release another"
        return f"mend the cause and release again by `lockgate release -s {self.stack} --image …`"


def _measured(evidence: Mapping[str, Any]) -> list[tuple[str, str]]:
    if not evidence.get("requests"):
        return [("traffic", f"opened in {evidence['seconds']} s")] if "seconds" in evidence else []
    watched = f", then watched for {evidence['bakeSeconds']} s" if evidence.get("bakeSeconds") else ""
    return [
        ("requests", f"{evidence['requests']} probed, {evidence['failed']} failed"),
        ("traffic", f"moved in {evidence['seconds']} s{watched}"),
    ]


def _rows(title: str, rows: list[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in rows)
    lines = [title]
    for name, text in rows:
        first, *more = text.splitlines() or [""]
        lines.append(f"  {name:<{width}}  {first}")
        lines.extend(f"  {'':<{width}}  {line}" for line in more)
    return "\n".join(lines)
