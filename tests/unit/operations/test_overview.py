"""Every stack at once: as a table, as JSON, and as a page that needs no server."""

from __future__ import annotations

import io
import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from rich.console import Console

sys.path.insert(0, str(Path(__file__).parents[2] / "support"))

from histories import recorded

from infra.ledger import Ledger
from infra.release import Release
from operations import overview
from operations.cli import cli
from operations.overview import Overview, Repository, Stack
from operations.overview_page import page, write
from operations.overview_view import show
from operations.state import StackState
from operations.status import Status

AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
EVIL = "<script>alert('x')</script>\" onload=\"x"
RUN = recorded(5, 1).runs[0]


def ledger() -> Ledger:
    old, new = (Release(id=f"{tag}-x", image=f"r/shop:{tag}", version=tag, config={}, pod={}) for tag in ("1.0.0", "2.0.0"))
    first = Ledger().make_live(old, "blue", 10, at="2026-11-01T08:00:00+00:00")
    return first.make_live(new, "green", 10, at="2026-11-01T09:00:00+00:00", note=EVIL)


def stack(name: str = "prod", *, url: str = "https://shop.example", warning: str = "") -> Stack:
    known = StackState(outputs={"url": url}, ledger=ledger())
    return Stack(name=name, status=Status(stack=name, known=known, slots=(), problem="", warning=warning))


def whole(*stacks: Stack, runs: tuple[Any, ...] = (RUN,), problem: str = "") -> Overview:
    return Overview(at=AT, stacks=stacks or (stack(),), repositories=(Repository(name="lab/shop", runs=runs, problem=problem),))


class Reader(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += f" {data}"


def text(found: Overview) -> str:
    out = io.StringIO()
    show(found, Console(file=out, width=240))
    return out.getvalue()


def test_a_commit_is_shown_as_people_write_it_and_the_release_can_still_be_copied_from_a_terminal() -> None:
    sha = "f56fb15c20aac5938c7bafc16def620554157195"
    release = Release(id=f"{sha}-7184dc16", image=f"r/shop:{sha}", version=sha, config={}, pod={})
    made = Ledger().make_live(release, "blue", 10, at="2026-11-01T08:00:00+00:00")
    one = stack()
    status = replace(one.status, known=StackState(outputs={}, ledger=made))  # type: ignore[type-var]
    found = whole(replace(one, status=status))
    read = Reader(page(found))
    assert sha not in read.text
    assert "f56fb15-7184dc16" in read.text
    assert [attrs["title"] for tag, attrs in read.tags if tag == "span" and "title" in attrs] == [release.id]
    assert release.id in text(found)
    assert f" {sha} " not in text(found)


def test_what_is_live_and_since_when_is_shown_in_all_three() -> None:
    found = whole()
    live = found.stacks[0].status.known.ledger.live  # type: ignore[union-attr]
    told = json.loads(json.dumps(found.to_dict()))
    assert (told["stacks"][0]["live"]["id"], told["stacks"][0]["since"]) == (live, "2026-11-01T09:00:00+00:00")
    for said in (text(found), Reader(page(found)).text):
        assert live in said
        assert "2026-11-01 09:00" in said
        assert "2.0.0" in said
        assert RUN.workflow in said


def test_a_stack_that_cannot_be_read_is_shown_as_such_beside_the_others() -> None:
    found = whole(Stack(name="dev", status=None, problem="the state cannot be read"), stack())
    assert not found.ok
    for said in (text(found), Reader(page(found)).text):
        assert "the state cannot be read" in said
        assert "unknown" in said
        assert "2.0.0" in said


def test_a_stack_that_differs_from_its_cluster_is_warned_of() -> None:
    found = whole(stack(warning="the cluster sends the traffic to 1.0.0"))
    assert not found.ok
    assert "warning: prod: the cluster sends the traffic to 1.0.0" in text(found)
    assert "the cluster sends the traffic to 1.0.0" in Reader(page(found)).text


def test_runs_that_cannot_be_had_are_not_told_as_none() -> None:
    found = whole(runs=(), problem="GitHub: there is no token")
    assert not found.ok
    assert "no run is known: GitHub: there is no token" in text(found)
    assert "No run is known: GitHub: there is no token." in Reader(page(found)).text


@pytest.mark.parametrize(("conclusion", "mark"), [("success", "✓ success"), ("failure", "✗ failure"), ("", "goes on")])
def test_how_a_run_went_is_told_by_more_than_a_colour(conclusion: str, mark: str) -> None:
    ended = RUN.ended if conclusion else None
    assert mark in Reader(page(whole(runs=(replace(RUN, conclusion=conclusion, ended=ended),)))).text


def test_nothing_of_a_page_comes_from_elsewhere_and_nothing_in_it_runs() -> None:
    read = Reader(page(whole()))
    names = {name for name, _ in read.tags}
    assert not names & {"script", "link", "img", "iframe", "object"}
    assert {name for _, attributes in read.tags for name in attributes} <= {
        *("lang", "charset", "name", "content", "class", "datetime", "href", "rel", "scope", "role"),
    }
    assert not re.search(r"url\(|@import", page(whole()))


def test_words_of_others_stay_words() -> None:
    bad = replace(RUN, workflow=EVIL, conclusion=EVIL, url="javascript:alert(1)", commit=EVIL)
    html = page(whole(stack(EVIL, url="javascript:alert(2)", warning=EVIL), runs=(bad,), problem=EVIL))
    read = Reader(html)
    assert "script" not in {name for name, _ in read.tags}
    assert not [attributes for _, attributes in read.tags if "onload" in attributes]
    assert [attributes for tag, attributes in read.tags if tag == "a"] == []
    assert "<script>alert('x')</script>" in read.text


def test_a_page_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "stacks.html"
    file.write_text("old")
    write(whole(), file)
    assert file.read_text() == page(whole())
    assert list(tmp_path.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give one of --stack STACK and --all"),
        (["-s", "dev", "--all"], "give one of --stack STACK and --all"),
        (["-s", "dev", "--html", "x.html"], "--html is the page of every stack; give --all too"),
    ],
)
def test_what_cannot_go_together_is_refused(arguments: list[str], said: str) -> None:
    done = CliRunner().invoke(cli, ["status", *arguments])
    assert done.exit_code == 2
    assert said in done.output


def test_the_newest_run_of_each_workflow_on_the_default_branch_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from runs_api import RunsApi

    from infra.github import GitHub, Token

    made = recorded(60, 1)
    api = RunsApi(made.runs, made.jobs)
    client = GitHub("http://127.0.0.1:1", Token("t"), transport=api.transport())
    monkeypatch.setattr(overview.target, "find", lambda *_: type("Target", (), {"client": client}))
    found = overview._runs(None, "lab/shop", "prod")  # type: ignore[arg-type]
    newest = {run.workflow: max(one.number for one in made.runs if one.workflow == run.workflow) for run in made.runs}
    told = {run.workflow: run.number for run in found.runs}
    assert told["Security Scanning"] == newest["Security Scanning"]
    assert set(told) <= set(newest)
    assert all(run.event != "pull_request" for run in found.runs)
