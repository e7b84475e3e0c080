"""Two jobs of one machine that want packages at the same time: the second one waits for the first."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.errors import ToolError
from toolchain import debian

APT = """#!/bin/sh
echo once >> {folder}/tried
if [ "$(wc -l < {folder}/tried)" -lt 3 ]; then
  echo "E: {said}"
  exit 100
fi
echo updated
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian.time, "sleep", lambda _: None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)


def fake(folder: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = folder / "apt-get"
    program.write_text(APT.format(folder=folder, said=said))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / "tried"


def test_lists_that_another_apt_updates_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = fake(tmp_path, "Could not get lock /var/lib/apt/lists/lock. It is held by process 12 (apt-get)", monkeypatch)
    assert debian.apt(["update"]) == "updated\n"
    assert len(tried.read_text().split()) == 3


def test_any_other_failure_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = fake(tmp_path, "The repository is not signed.", monkeypatch)
    with pytest.raises(ToolError, match="The repository is not signed"):
        debian.apt(["update"])
    assert len(tried.read_text().split()) == 1
