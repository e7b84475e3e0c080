"""The metrics of a store, as Prometheus reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family

from history import queries
from history.cost import Rates
from history.dora import Figures, Window, figures
from history.rows import stamp
from history.store import Store
from infra import metrics
from infra.metrics import Metric

Labels = Sequence[str]
COUNTED = (metrics.CALLS, metrics.COLLECTOR_ERRORS)
"""What the collector counts as it goes, since no table holds it."""

DORA: dict[Metric, Callable[[Figures], float | None]] = {
    metrics.FREQUENCY: lambda found: found.per_day,
    metrics.LEAD_TIME: lambda found: found.lead_seconds,
    metrics.FAILURE_RATIO: lambda found: found.failure_ratio,
    metrics.RESTORE_SECONDS: lambda found: found.restore_seconds,
}


@dataclass(frozen=True, eq=False)
class Exposition:
    """Every metric of ``infra.metrics`` of one store, but for values that are not known. ``rates`` are of a runner's minute."""

    store: Store
    rates: Rates = field(default_factory=dict)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def collect(self) -> Iterator[Family]:
        """What ``prometheus_client`` asks a collector for."""
        for metric in metrics.ALL:
            yield self.family(metric, [(self.now(), None)])

    def family(self, metric: Metric, moments: Sequence[tuple[datetime, float | None]]) -> Family:
        """One metric at each moment; its samples carry the time beside it, where there is one."""
        found: Family = _FAMILIES[metric.type](metric.name, metric.help, labels=metric.labels)
        for until, time in moments:
            if metric.type == "histogram":
                for row in self.store.rows(queries.histogram(metric), until=stamp(until)):
                    _observe(found, metric, list(row), time)
            else:
                for labels, value in self._samples(metric, until):
                    found.add_metric([str(label) for label in labels], value, timestamp=time)  # type: ignore[attr-defined]
        return found

    def _samples(self, metric: Metric, until: datetime) -> Iterator[tuple[Labels, float]]:
        if metric in queries.SAMPLES:
            for *labels, value in self.store.rows(queries.SAMPLES[metric], until=stamp(until)):
                yield labels, float(value)
        elif metric in DORA:
            yield from self._dora(metric, until)
        elif metric in COUNTED:
            yield from self._counted(metric)
        elif metric is metrics.RUNNER_COST:
            yield from self._cost(until)
        else:
            yield from self._marked(metric)

    def _dora(self, metric: Metric, until: datetime) -> Iterator[tuple[Labels, float]]:
        for stack in self.store.stacks():
            found = figures(stack, list(self.store.deployments(stack)), self.store.brought, Window.before(until))
            value = DORA[metric](found)
            if value is not None:
                yield [stack], value

    def _cost(self, until: datetime) -> Iterator[tuple[Labels, float]]:
        for *labels, minutes in self.store.rows(queries.SAMPLES[metrics.RUNNER_MINUTES], until=stamp(until)):
            rate = self.rates.get(labels[-1])
            if rate is not None:
                yield labels, minutes * rate

    def _counted(self, metric: Metric) -> Iterator[tuple[Labels, float]]:
        for row in self.store.rows("SELECT labels, value FROM counts WHERE metric = ? ORDER BY labels", metric.name):
            known = json.loads(row["labels"])
            yield [known[label] for label in metric.labels], row["value"]

    def _marked(self, metric: Metric) -> Iterator[tuple[Labels, float]]:
        """What the collector saw last, by the name of the metric and its one label if it has any."""
        for row in self.store.rows("SELECT name, value FROM marks WHERE name = ?1 OR name LIKE ?1 || ' %'", metric.name):
            label = row["name"].partition(" ")[2]
            yield [label] if metric.labels else [], float(row["value"])


def _observe(family: Family, metric: Metric, row: list[float | str], time: float | None) -> None:
    labels, counts = row[: len(metric.labels)], row[len(metric.labels) :]
    *bounded, whole, total = counts
    buckets = [(str(bound), count) for bound, count in zip(metric.buckets, bounded, strict=True)]
    family.add_metric([str(label) for label in labels], [*buckets, ("+Inf", whole)], total, timestamp=time)  # type: ignore[attr-defined]


_FAMILIES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily, "histogram": HistogramMetricFamily}
