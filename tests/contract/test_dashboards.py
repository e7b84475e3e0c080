"""The dashboards: every query is one, of metrics and labels that there are, and has an answer in a recorded history."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_past import Past, serving
from promtool import asked

from components.monitoring import grafana
from components.monitoring.alerts import AlertsArgs, groups
from components.monitoring.boards import BOARDS
from components.monitoring.charts import Board, Chart, Query, growth, series
from infra import metrics

DOCUMENTS = {board.id: json.loads(grafana.document(board)) for board in BOARDS}
CHARTS = [(board, chart) for board in BOARDS for chart in board.charts]
BY_NAME = {name: one for one in metrics.ALL for name in (one.name, f"{one.name}_bucket")}
ADDED = {"le", "job"}
"""Labels that Prometheus itself gives."""


def chosen(query: str) -> str:
    """The query with all chosen, as Grafana would send it."""
    return re.sub(r"\$(repository|stack|source|project)", ".*", query)


QUERIES = [(f"{board.id}: {chart.title}", chosen(query.expression)) for board, chart in CHARTS for query in chart.queries]
RULES = [
    (f"{rule.alert} {rule.labels.get('condition', '')}", rule.expression)
    for group in groups(AlertsArgs())
    for rule in group.rules
]


def labels_of(query: str) -> set[str]:
    matched = {name for inner in re.findall(r"\{(.*?)\}", query) for name in re.findall(r'(\w+)(?:=~|=)"', inner)}
    grouped = {name for inner in re.findall(r"(?:by|on) \((.*?)\)", query) for name in re.findall(r"\w+", inner)}
    return matched | grouped


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    with serving(tmp_path_factory.mktemp("past")) as made:
        yield made


@pytest.mark.parametrize(("name", "query"), [*QUERIES, *RULES])
def test_a_query_asks_for_metrics_and_labels_that_are_served(name: str, query: str) -> None:
    asked_for = set(re.findall(r"\blockgate_\w+", query))
    assert asked_for <= set(BY_NAME), name
    assert asked_for or "up{" in query
    known = {label for one in asked_for for label in BY_NAME[one].labels}
    assert labels_of(query) <= known | ADDED, name


def test_promtool_reads_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"query:{index}", "expr": query} for index, (_, query) in enumerate(QUERIES)]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    done = asked("promtool", "check", "rules", tmp_path / "rules.yml")
    assert done.returncode == 0, done.stderr
    assert f"{len(QUERIES)} rules found" in done.stdout


def test_every_metric_that_is_served_is_on_a_dashboard_or_in_a_rule() -> None:
    asked_for = " ".join(query for _, query in [*QUERIES, *RULES])
    assert [one.name for one in metrics.ALL if one.name not in asked_for] == []


def test_the_history_is_one_of_a_thousand_runs(past: Past) -> None:
    assert past.runs >= 1000


@pytest.mark.parametrize(("name", "query"), [one for one in QUERIES if not one[0].startswith("lockgate-exporter")])
def test_every_query_has_an_answer_in_the_history(past: Past, name: str, query: str) -> None:
    found = past.ask(query)
    values = [float(value) for one in found for _, value in one["values"]]
    assert values, f"{name}: no series"
    assert not all(math.isnan(value) for value in values), f"{name}: only NaN"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_a_dashboard_says_what_the_values_say(board: Board) -> None:
    made = DOCUMENTS[board.id]
    assert (made["uid"], made["title"], made["editable"]) == (board.id, board.title, False)
    panels: list[dict[str, Any]] = made["panels"]
    assert [panel["title"] for panel in panels] == [chart.title for chart in board.charts]
    for panel, chart in zip(panels, board.charts, strict=True):
        assert [target["expr"] for target in panel["targets"]] == [query.expression for query in chart.queries]
        assert panel["fieldConfig"]["defaults"]["unit"] == chart.unit
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert len({panel["id"] for panel in panels}) == len(panels)
    choice = made["templating"]["list"][1]
    assert (choice["name"], choice["current"]["value"]) == (board.choice, "$__all")
    assert board.choice in board.chosen_from.labels


def test_charts_do_not_lie_on_one_another() -> None:
    for made in DOCUMENTS.values():
        taken = [
            (column, row)
            for place in (panel["gridPos"] for panel in made["panels"])
            for column in range(place["x"], place["x"] + place["w"])
            for row in range(place["y"], place["y"] + place["h"])
        ]
        assert len(taken) == len(set(taken))
        assert max(column for column, _ in taken) < 24


def test_titles_on_a_dashboard_differ() -> None:
    for board in BOARDS:
        assert len({chart.title for chart in board.charts}) == len(board.charts)


def test_a_dashboard_is_the_same_text_every_time() -> None:
    assert grafana.documents() == grafana.documents()


def test_a_label_that_a_metric_does_not_have_is_refused() -> None:
    with pytest.raises(
        ValueError, match="lockgate_runs_total has no label stage; it has repository, workflow, event"
    ):
        growth(metrics.RUNS, "1d", stage="build")


def test_a_query_is_of_what_is_chosen() -> None:
    assert series(metrics.FLAKY) == 'lockgate_flaky_tests{repository=~"$repository"}'
    assert series(metrics.LIVE_SINCE) == 'lockgate_live_since_timestamp_seconds{stack=~"$stack"}'


def test_a_chart_needs_no_legend_where_there_is_one_series() -> None:
    chart = Chart(title="a", help="b", kind="number", unit="s", queries=[Query(expression="1")])
    assert chart.queries[0].legend == ""
