"""A project of its own for each test, and a stand-in for ``pulumi`` on PATH."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_pulumi import FakePulumi, install

from operations.project import Project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """With one stack file; nothing of the user's own environment or tools reaches it."""
    monkeypatch.setattr("toolchain.path_dirs", list)
    monkeypatch.setattr("toolchain.find", lambda _name: None)
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "LOCKGATE_"))] + ["KUBECONFIG"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOCKGATE_LAB_DIR", str(tmp_path / "lab"))
    root = tmp_path / "project"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: lockgate\nruntime: python\nconfig:\n  port:\n    default: 9898\n")
    (root / "Pulumi.prod.yaml").write_text("config:\n  lockgate:nodePort: 30083\n")
    monkeypatch.chdir(root)
    return Project(root)


@pytest.fixture
def fake(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    made = install(tmp_path / "bin", project)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    return made
