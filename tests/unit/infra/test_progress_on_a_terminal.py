"""What long work tells of itself, on a terminal."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from infra import progress


@pytest.mark.parametrize("terminal", [True, False])
def test_a_step_tells_how_far_it_is_where_it_can_be_redrawn(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(progress, "console", Console(file=out, force_terminal=terminal, width=100))
    with progress.step("Fetching") as tell:
        tell("3 of 12 MB")
    assert ("Fetching: 3 of 12 MB" in out.getvalue()) == terminal
    assert "Fetching" in out.getvalue().splitlines()[-1]
