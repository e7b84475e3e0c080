"""A user's own tool is taken when it fits, and only then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from toolchain import find, path_dirs
from toolchain.installed import fits, installed
from toolchain.model import OnPath
from toolchain.table import KUBECTL, KUBERNETES_PROVIDER, PULUMI_CLI

RULE = OnPath(ask=("version",), at_least=(3, 238), below=(4,))


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user with an empty home and one folder on PATH, which is returned."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PULUMI_HOME", raising=False)
    return folder


def script(path: Path, says: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "fit"),
    [("v3.259.0", True), ("3.238", True), ("v3.237.9", False), ("4.0.0", False), ("v3.300.1-dev", True), ("none", False)],
)
def test_a_version_fits_from_the_least_up_to_the_next_great_one(version: str, fit: bool) -> None:
    assert fits(version, RULE) is fit


def test_a_kubectl_within_one_minor_is_taken(user: Path) -> None:
    script(user / "kubectl", "Client Version: v1.33.7")
    found = find("kubectl")
    assert found is not None
    assert (found.path, found.version, found.source) == (user / "kubectl", "1.33.7", "path")


def test_a_kubectl_of_two_minors_before_is_not(user: Path) -> None:
    script(user / "kubectl", "Client Version: v1.32.4-dispatcher")
    assert installed(KUBECTL, "kubectl") is None


def test_pulumi_without_its_language_host_is_not_taken(user: Path) -> None:
    script(user / "pulumi", "v3.259.0")
    assert installed(PULUMI_CLI, "pulumi") is None


def test_pulumi_with_its_language_host_is_taken_and_path_stays_as_it_is(user: Path) -> None:
    for binary in PULUMI_CLI.binaries:
        script(user / binary, "v3.260.0")
    found = installed(PULUMI_CLI, "pulumi-language-python")
    assert found is not None
    assert found.path == user / "pulumi-language-python"
    assert user not in path_dirs()


def test_a_tool_is_asked_for_its_version_once_until_it_changes(user: Path) -> None:
    tool = script(user / "kubectl", "v1.34.0")
    assert installed(KUBECTL, "kubectl") is not None
    stat = tool.stat()
    script(tool, "v1.30.0")
    os.utime(tool, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert installed(KUBECTL, "kubectl") is not None
    os.utime(tool)
    assert installed(KUBECTL, "kubectl") is None


def test_our_own_tools_on_path_are_not_taken_for_the_users(user: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = user.parent / "cache" / "lockgate" / "tools" / "kubectl-1.34.3-abc" / "bin"
    script(ours / "kubectl", "v1.34.3")
    monkeypatch.setenv("PATH", str(ours))
    assert installed(KUBECTL, "kubectl") is None


def test_the_plugin_that_pulumi_installed_is_taken_but_a_link_to_ours_is_not(user: Path) -> None:
    folder = user.parent / ".pulumi" / "plugins" / str(KUBERNETES_PROVIDER.plugin)
    plugin = script(folder / "pulumi-resource-kubernetes", "")
    found = installed(KUBERNETES_PROVIDER, plugin.name)
    assert found is not None
    assert found.path == plugin
    assert folder in path_dirs()
    plugin.unlink()
    plugin.symlink_to(script(user.parent / "cache" / "lockgate" / "tools" / "p" / "bin" / plugin.name, ""))
    assert installed(KUBERNETES_PROVIDER, plugin.name) is None
