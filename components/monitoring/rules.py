"""Alerting rules as typed values, and the file that Prometheus reads.

The format: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

Severity = Literal["high", "medium"]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``alert`` fires for each series that ``expression`` gives, once that has gone on for ``hold`` seconds.

    ``labels`` make up who the alert is, with those of the series; ``annotations`` are told with it, and may change as it goes on.
    """

    alert: str
    expression: str
    severity: Severity
    annotations: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    hold: int = 0

    def document(self) -> dict[str, Any]:
        """The rule as Prometheus writes it."""
        return {
            "alert": self.alert,
            "expr": self.expression,
            **({"for": f"{self.hold}s"} if self.hold else {}),
            "labels": {"severity": self.severity, **self.labels},
            "annotations": dict(self.annotations),
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """Rules that are evaluated together."""

    name: str
    rules: Sequence[Rule]


def rules_file(groups: Sequence[Group]) -> str:
    """The YAML of a rule file."""
    documents = [{"name": group.name, "rules": [rule.document() for rule in group.rules]} for group in groups]
    return yaml.safe_dump({"groups": documents}, sort_keys=False, width=130, allow_unicode=True)
