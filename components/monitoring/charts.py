"""What a dashboard shows, as typed values: charts with their queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from infra.metrics import Metric

Kind = Literal["lines", "bars", "number", "table"]
Unit = Literal["s", "percentunit", "percent", "short", "dateTimeFromNow", "none"]
"""Grafana's own names of units."""


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query in PromQL; ``legend`` names its series by their labels, as in {{workflow}}."""

    expression: str
    legend: str = ""


@dataclass(frozen=True, kw_only=True)
class Chart:
    """``help`` says what one sees. Of 24 columns it takes ``width``."""

    title: str
    help: str
    kind: Kind
    unit: Unit
    queries: Sequence[Query]
    width: int = 12


@dataclass(frozen=True, kw_only=True)
class Board:
    """A dashboard. ``choice`` is the label by which one chooses what is shown, of the series of ``chosen_from``."""

    id: str
    title: str
    choice: str
    chosen_from: Metric
    charts: Sequence[Chart]


def series(metric: Metric, **labels: str) -> str:
    """The series of ``metric`` with these labels, and of those that are chosen; a value in front of ``~`` is a pattern.

    Raises ValueError: the metric has no such label.
    """
    unknown = set(labels) - set(metric.labels)
    if unknown:
        raise ValueError(f"{metric.name} has no label {', '.join(sorted(unknown))}; it has {', '.join(metric.labels)}")
    matchers = [f'{name}{"=~" if value.startswith("~") else "="}"{value.removeprefix("~")}"' for name, value in labels.items()]
    matchers += [
        f'{name}=~"${name}"' for name in ("repository", "stack", "project") if name in metric.labels and name not in labels
    ]
    return f"{metric.name}{{{','.join(matchers)}}}" if matchers else metric.name


def growth(metric: Metric, window: str, *by: str, **labels: str) -> str:
    """By how much the counter ``metric`` has grown in ``window``, summed up by the labels ``by``."""
    inner = f"increase({series(metric, **labels)}[{window}])"
    return f"sum by ({', '.join(by)}) ({inner})" if by else f"sum({inner})"


def quantile(share: float, metric: Metric, window: str, *by: str, **labels: str) -> str:
    """The value below which a ``share`` of what the histogram ``metric`` saw in ``window`` lies, by the labels ``by``."""
    selected = series(metric, **labels).replace(metric.name, f"{metric.name}_bucket", 1)
    return f"histogram_quantile({share}, sum by ({', '.join(('le', *by))}) (increase({selected}[{window}])))"
