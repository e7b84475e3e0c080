"""No channel of the machine's own environment is told of a test."""

from __future__ import annotations

import pytest

from operations.notify.sources import VARIABLES


@pytest.fixture(autouse=True)
def _silence(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "RUN_URL", "GITHUB_RUN_ID"):
        monkeypatch.delenv(name, raising=False)
