"""docs/workflows.md and docs/pipeline-spec.md say what is rendered, and their examples run."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from components.workflows import PipelineSpec
from components.workflows.standard import Commands, PipelineOptions, standard

DOCS = Path(__file__).parents[2] / "docs"
WORKFLOWS = (DOCS / "workflows.md").read_text()
SPEC = (DOCS / "pipeline-spec.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", SPEC, re.DOTALL)
STANDARD = standard(PipelineOptions())


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = WORKFLOWS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def example(number: int) -> PipelineSpec:
    found: dict[str, Any] = {}
    exec(EXAMPLES[number], found)  # noqa: S102 - our own docs
    spec = found["spec"]
    assert isinstance(spec, PipelineSpec)
    return spec


def test_every_workflow_is_listed_with_its_name() -> None:
    assert [(row[0], row[1]) for row in rows("What runs when")] == [
        (f"`{one.file}.yml`", one.name) for one in STANDARD.workflows
    ]


def test_every_command_is_listed() -> None:
    assert {row[0].strip("`") for row in rows("What they call")} == {one.name for one in fields(Commands)} - {"lockgate"}


def test_every_variable_that_a_command_gets_is_one_that_a_workflow_sets() -> None:
    told = {name for row in rows("What they call") for name in re.findall(r"`([A-Z][A-Z_]+)`", row[1])}
    files = "".join(STANDARD.files().values())
    assert {name for name in told if f"{name}: " not in files} == set()


def test_every_secret_and_variable_is_listed_with_its_readers() -> None:
    read: dict[tuple[str, str], set[str]] = {}
    for one in STANDARD.workflows:
        for kind, name in re.findall(r"\b(secrets|vars)\.([A-Z_]+)", STANDARD.files()[f".github/workflows/{one.file}.yml"]):
            read.setdefault((name, "secret" if kind == "secrets" else "variable"), set()).add(one.file)
    listed = {(row[0].strip("`"), row[1]): set(row[2].split(", ")) for row in rows("Secrets and variables")}
    assert listed == read


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_run(number: int) -> None:
    assert example(number).required_checks()


def test_the_example_of_ones_own_jobs_does_what_is_said() -> None:
    spec = example(1)
    assert "Licences" in spec.required_checks()
    assert "Links" not in spec.published_checks()
    assert ".github/workflows/docs.yml" in spec.files()
