"""A store's past as OpenMetrics with times, for ``promtool tsdb create-blocks-from openmetrics``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO

from prometheus_client.core import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.openmetrics.exposition import generate_latest

from history.exposition import COUNTED, Exposition
from history.rows import moment
from infra import metrics

END = b"# EOF\n"
LEFT_OUT = frozenset({*COUNTED, metrics.COLLECTED, metrics.LIMIT_LEFT})
"""What is known of now only."""


def write(exposition: Exposition, out: IO[bytes], step: timedelta, end: datetime) -> int:
    """Every metric at each ``step`` from the first run to ``end``, one metric after the other; returns the number of moments."""
    moments = list(_moments(exposition, step, end))
    for metric in metrics.ALL:
        if metric not in LEFT_OUT:
            out.write(_text(exposition.family(metric, [(at, at.timestamp()) for at in moments])).removesuffix(END))
    out.write(END)
    return len(moments)


def _moments(exposition: Exposition, step: timedelta, end: datetime) -> Iterator[datetime]:
    (found,) = exposition.store.rows("SELECT min(started) FROM runs")
    if found[0] is None:
        return
    at = moment(found[0])
    while at < end:
        yield at
        at += step
    yield end


class _One:
    """A collector of one family."""

    def __init__(self, family: Family) -> None:
        self.family = family

    def collect(self) -> Iterator[Family]:
        yield self.family


def _text(family: Family) -> bytes:
    """OpenMetrics wants all times of a series together."""
    family.samples.sort(key=lambda sample: sorted(pair for pair in sample.labels.items() if pair[0] != "le"))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_One(family))
    return bytes(generate_latest(registry))  # type: ignore[no-untyped-call]
