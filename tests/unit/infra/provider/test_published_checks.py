"""Which checks a branch publishes, as far as its workflow files tell."""

from __future__ import annotations

import pytest

from infra.provider.published import published


def workflow(*jobs: str) -> str:
    return "on: pull_request\njobs:\n" + "".join(f"  {job}\n" for job in jobs)


@pytest.mark.parametrize(
    ("job", "check"),
    [
        ("test: {name: Unit tests}", "Unit tests"),
        ("test: {runs-on: ubuntu-latest}", "test"),
        ("test: {name: Tests}", "Tests (3.11, ubuntu-latest)"),
        ("test: {name: 'Tests on ${{ matrix.python }}'}", "Tests on 3.11"),
        ("quality: {name: Quality, uses: ./.github/workflows/quality.yml}", "Quality / Lint"),
    ],
)
def test_a_job_publishes_its_checks(job: str, check: str) -> None:
    assert published([check], [workflow(job)]) == [check]


@pytest.mark.parametrize("job", ["test: {name: Tests}", "tests: {name: Other}", "test: null"])
def test_a_job_of_another_name_publishes_nothing_of_it(job: str) -> None:
    assert published(["Test", "Unit tests"], [workflow(job)]) == []


def test_the_checks_keep_their_order_and_come_from_any_file() -> None:
    files = [workflow("b: {name: Beta}"), workflow("a: {name: Alpha}")]
    assert published(["Alpha", "Gone", "Beta"], files) == ["Alpha", "Beta"]


@pytest.mark.parametrize("text", ["", "a: [", "- a", "jobs: []", "42"])
def test_a_file_that_is_no_workflow_publishes_nothing(text: str) -> None:
    assert published(["Tests"], [text]) == []
