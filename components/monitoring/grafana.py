"""The dashboards as Grafana reads them, by Grafana's own typed builders (grafana-foundation-sdk)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grafana_foundation_sdk.builders import dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common
from grafana_foundation_sdk.models.dashboard import DataSourceRef, VariableOption, VariableRefresh
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from components.monitoring.boards import BOARDS
from components.monitoring.charts import Board, Chart, Kind, Query

_HEIGHT = {"number": 4, "lines": 8, "bars": 8, "table": 8}
_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")


def documents() -> dict[str, str]:
    """Every dashboard's JSON, by its id."""
    return {board.id: document(board) for board in BOARDS}


def document(board: Board) -> str:
    """The JSON of one dashboard, the same text every time."""
    built = (
        dashboard.Dashboard(board.title)
        .uid(board.id)
        .tags(["lockgate"])
        .time("now-30d", "now")
        .refresh("5m")
        .timezone("utc")
        .readonly()
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
        .with_variable(_choice(board))
    )
    for number, chart in enumerate(board.charts, 1):
        built = built.with_panel(_panel(chart).id(number))
    return JSONEncoder(sort_keys=True, indent=1).encode(built.build())


def _choice(board: Board) -> dashboard.QueryVariable:
    """What one chooses from, all at first."""
    return (
        dashboard.QueryVariable(board.choice)
        .label(board.choice.capitalize())
        .datasource(_SOURCE)
        .query(f"label_values({board.chosen_from.name}, {board.choice})")
        .refresh(VariableRefresh.ON_TIME_RANGE_CHANGED)
        .multi(True)
        .include_all(True)
        .all_value(".*")
        .current(VariableOption(selected=True, text="All", value="$__all"))
    )


def _panel(chart: Chart) -> Any:
    panel = _PANELS[chart.kind]().title(chart.title).description(chart.help).unit(chart.unit).datasource(_SOURCE)
    panel = panel.span(chart.width).height(_HEIGHT[chart.kind])
    for index, query in enumerate(chart.queries):
        panel = panel.with_target(_target(query, chr(ord("A") + index), chart.kind))
    return panel


def _target(query: Query, ref: str, kind: Kind) -> prometheus.Dataquery:
    made = prometheus.Dataquery().expr(query.expression).legend_format(query.legend).ref_id(ref)
    if kind == "table":
        return made.instant().format(PromQueryFormat.TABLE)
    return made.instant() if kind == "number" else made.range()


def _lines() -> timeseries.Panel:
    return timeseries.Panel().min(0).line_width(2).span_nulls(True)


def _bars() -> timeseries.Panel:
    return timeseries.Panel().min(0).draw_style(common.GraphDrawStyle.BARS).fill_opacity(60)


_PANELS: Mapping[Kind, Callable[[], Any]] = {"lines": _lines, "bars": _bars, "number": stat.Panel, "table": table.Panel}
