"""The stand-ins for GitHub's actions: there is one for each that a workflow uses, and it knows the inputs that it gets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.workflows.standard import PipelineOptions, own, standard
from lab.actions import STAND_INS, used, write
from operations.pipeline import view

DOCS = (Path(__file__).parents[2] / "docs" / "pipeline.md").read_text()
FILES = {**standard(PipelineOptions()).files(), **{f"own {path}": text for path, text in own().files().items()}}
DOCUMENTS = {path: text for path, text in FILES.items() if "/workflows/" in path or "/actions/" in path}


def uses() -> list[tuple[str, dict[str, Any]]]:
    documents = [yaml.safe_load(text) for text in DOCUMENTS.values()]
    jobs = [job for one in documents for job in (*one.get("jobs", {}).values(), one.get("runs", {}))]
    steps = [step for job in jobs for step in job.get("steps", ())]
    return [(step["uses"].partition("@")[0], step.get("with", {})) for step in steps if "@" in step.get("uses", "")]


def test_each_action_that_a_workflow_uses_has_one() -> None:
    assert {name for text in DOCUMENTS.values() for name in used(text)} == set(STAND_INS)


@pytest.mark.parametrize("action", STAND_INS)
def test_it_knows_every_input_that_a_workflow_gives(action: str) -> None:
    given = {name for one, inputs in uses() if one == action for name in inputs}
    assert given - set(STAND_INS[action].inputs) == set()


def test_what_is_written_is_an_action_with_its_scripts(tmp_path: Path) -> None:
    write(tmp_path)
    for action in STAND_INS:
        runs = yaml.safe_load((tmp_path / action / "action.yml").read_text())["runs"]
        assert all((tmp_path / action / runs[key]).is_file() for key in ("main", "post") if key in runs), action


def test_the_docs_say_what_is_stood_in_for_and_why() -> None:
    assert [line for line in view.stood_in() if line and line not in DOCS] == []
