"""What the tests of the scripts work on."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A service that is only a Dockerfile."""
    root = tmp_path / "service"
    root.mkdir()
    (root / "Dockerfile").write_text("FROM scratch\n")
    return root
