"""A job that deploys has only some folders of the platform's repository: all that a stack's program reads are among them."""

from __future__ import annotations

from pathlib import Path

from components.sonar_server import CHART
from components.workflows.standard.common import ROOMS

ROOT = Path(__file__).parents[4]


def test_the_charts_that_a_stack_brings_up_are_checked_out() -> None:
    assert CHART.relative_to(ROOT).parts[0] in ROOMS


def test_no_folder_is_checked_out_that_is_not_there() -> None:
    assert [room for room in ROOMS if not (ROOT / room).is_dir()] == []
