"""What ``lockgate insights`` says of a history."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import END, LABEL, PROBLEMS, recorded

from history.store import Store
from operations.cli import cli
from operations.insights import Insights, insights
from operations.insights_view import show, span

RATES = {LABEL: 0.006, "big": 0.02}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "history.db") as opened:
        yield opened


def text(found: Insights) -> str:
    out = io.StringIO()
    show(found, Console(file=out, width=240))
    return out.getvalue()


def test_five_planted_problems_are_told_with_evidence_and_saving(store: Store) -> None:
    recorded(700, 1, planted=PROBLEMS).fill(store)
    found = insights(store, RATES, END, 60)
    assert {one.kind for one in found.advice} == set(PROBLEMS)
    said = text(found)
    for one in found.advice:
        assert one.title in said
        assert one.evidence[-1].url in said
    assert said.count("saves a month: ") == len(found.advice)


def test_a_sound_history_is_told_to_be_one(store: Store) -> None:
    recorded(700, 1).fill(store)
    said = text(insights(store, RATES, END, 60))
    assert "nothing stands out" in said
    assert "saves a month" not in said


def test_an_empty_history_is_not_told_to_be_sound(store: Store) -> None:
    said = text(insights(store, {}, END, 30, ["GitHub: there is no token"]))
    assert "no run is known: there is nothing to judge" in said
    assert "note: GitHub: there is no token" in said


def test_what_workflows_cost_is_unknown_without_all_rates(store: Store) -> None:
    recorded(100, 1, days=10).fill(store)
    (ci, *_) = insights(store, RATES, END, 30).workflows
    (partly, *_) = insights(store, {LABEL: 0.006}, END, 30).workflows
    assert ci.name == partly.name == "Continuous Integration"
    assert ci.cost == pytest.approx(sum(RATES[runner] * minutes for runner, minutes in _minutes(store, ci.name)))
    assert partly.cost is None


def _minutes(store: Store, workflow: str) -> list[tuple[str, int]]:
    query = "SELECT runner, minutes FROM jobs WHERE run IN (SELECT id FROM runs WHERE workflow = ?)"
    return [(row[0], row[1]) for row in store.rows(query, workflow)]


def test_json_has_what_the_text_has(store: Store) -> None:
    recorded(700, 1, planted=("queue",)).fill(store)
    found = insights(store, RATES, END, 60)
    told = json.loads(json.dumps(found.to_dict()))
    assert [one["title"] for one in told["advice"]] == [one.title for one in found.advice]
    assert {one["stack"] for one in told["stacks"]} == {"dev", "staging", "prod"}
    assert told["stacks"][0]["releases"] > 0


@pytest.mark.parametrize(
    ("seconds", "said"), [(None, "-"), (45, "45 s"), (119, "119 s"), (120, "2.0 min"), (18720, "5.2 h"), (267840, "3.1 days")]
)
def test_spans_are_told_in_what_people_count_in(seconds: float | None, said: str) -> None:
    assert span(seconds) == said


def test_a_rate_that_is_none_is_refused_with_an_example() -> None:
    asked = ["exporter", "serve", "--store", "x.db", "--repository", "a/b", "--rate", "linux"]
    done = CliRunner().invoke(cli, asked, env={"GITHUB_TOKEN": "t"})
    assert done.exit_code == 2
    assert "linux: must be LABEL=PRICE, such as ubuntu-latest=0.006" in done.output


def test_a_history_that_is_not_there_is_no_empty_past(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["exporter", "backfill", "--store", str(tmp_path / "none.db")])
    assert done.exit_code == 2
    assert "is not there; `lockgate exporter collect` makes it" in done.output.replace("\n", " ")
    assert not (tmp_path / "none.db").exists()
