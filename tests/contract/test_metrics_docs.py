"""docs/metrics.md lists every metric as infra/metrics.py has it."""

from __future__ import annotations

import re
from pathlib import Path

from infra import metrics

DOCS = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text()


def test_every_metric_is_in_the_list_as_it_is_served() -> None:
    lines = [line for line in DOCS.splitlines() if line.startswith("| `lockgate_")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    labels = {one.name: ", ".join(f"`{label}`" for label in one.labels) for one in metrics.ALL}
    assert rows == [[f"`{one.name}`", one.type, labels[one.name], one.help] for one in metrics.ALL]


def test_names_follow_prometheus_conventions() -> None:
    for one in metrics.ALL:
        assert re.fullmatch(r"lockgate_[a-z_]+", one.name)
        assert one.name.endswith("_total") == (one.type == "counter"), one.name
        assert bool(one.buckets) == (one.type == "histogram"), one.name
        assert list(one.buckets) == sorted(set(one.buckets))
