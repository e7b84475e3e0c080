"""How the GitHub stand-in comes to run: its programs, its place in the lab, its token."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import lab
import toolchain
from infra.errors import LabError, ToolError
from lab.components import components
from lab.github import FILES, argv
from lab.layout import Layout
from toolchain import node


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it but one empty folder on PATH, which is returned."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("version", ["", "v18.20.0"])
def test_a_missing_or_old_node_is_named_with_its_remedy_before_any_work(bare: Path, version: str) -> None:
    if version:
        program(bare / "node", f"echo {version}")
        program(bare / "npm", "exit 1")
    with pytest.raises(ToolError, match=r"Node\.js 20 or newer with npm.* not on PATH: install it from https://nodejs\.org"):
        toolchain.ensure(toolchain.LAB if not version else ("node",))


def test_an_installation_that_fails_says_why_and_leaves_nothing(bare: Path) -> None:
    program(bare / "node", "echo v22.1.0")
    program(bare / "npm", "echo no such registry >&2; exit 1")
    with pytest.raises(ToolError, match=r"`npm ci` .* failed: no such registry; see that npm reaches its registry"):
        toolchain.ensure(("node", "github-modules"))
    assert toolchain.find("github-modules") is None


def test_the_lock_pins_every_package_by_its_content_and_names_no_registry() -> None:
    text = (node.LOCK / "package-lock.json").read_text()
    packages = {name: one for name, one in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in packages.values())
    assert "emulate" in json.loads((node.LOCK / "package.json").read_text())["dependencies"]


def test_the_lab_starts_it_again_when_its_code_changes(tmp_path: Path) -> None:
    layout, names = Layout(tmp_path), (*toolchain.LAB, "python3")
    part = next(one for one in components(layout, {name: Path(f"/bin/{name}") for name in names}) if one.name == "github")
    assert part.files == FILES
    assert {"main.mjs", "rulesets.mjs"} <= {file.name for file in FILES}
    assert part.argv == argv(Path("/bin/node"), Path("/bin/github-modules"), tmp_path / "github", 16480)


def test_a_lab_that_never_ran_has_no_token_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKGATE_LAB_DIR", str(tmp_path))
    assert lab.github_url() == "http://127.0.0.1:16480"
    with pytest.raises(LabError, match=r"github/token is not there: .*run `lockgate lab up`"):
        lab.github_token()
