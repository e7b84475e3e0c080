"""What is missing is named with its remedy, before anything is begun."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.errors import ToolError
from toolchain import debian, ensure, gobuild
from toolchain.debian import debian_packages, ensure_packages, install_packages
from toolchain.model import Package
from toolchain.table import COREDNS


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing on it but one empty folder on PATH, which is returned."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(debian, "_SYSTEM_PATH", "")
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_missing_go_is_named_with_its_remedy(bare: Path) -> None:
    assert not list(bare.iterdir())
    with pytest.raises(ToolError, match=r"Go 1\.26 or newer .*CoreDNS.* not on PATH: install it from https://go\.dev/dl"):
        ensure(["coredns"])


def test_an_old_go_is_named_with_its_version(bare: Path) -> None:
    program(bare / "go", "echo go1.19.8")
    with pytest.raises(ToolError, match=r"is go1\.19\.8, but Go 1\.26 or newer is needed"):
        gobuild.require_go([COREDNS])


def test_a_newer_go_is_good(bare: Path) -> None:
    program(bare / "go", "echo go1.27rc1")
    gobuild.require_go([COREDNS])


def test_an_unknown_name_is_answered_with_the_known_ones(bare: Path) -> None:
    assert bare.is_dir()
    with pytest.raises(ToolError, match=r"kubeadm is not a tool of Lockgate; these are: .*kubelet"):
        ensure(["kubeadm"])


def test_missing_packages_are_named_where_there_is_no_apt(bare: Path) -> None:
    assert not any(found for name, found in debian_packages().items() if name != "containernetworking-plugins"), bare
    with pytest.raises(ToolError, match=r"etcd-server \(etcd\).*lockgate:kubeContext"):
        ensure_packages()


def test_missing_packages_are_named_where_the_user_is_not_root(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "apt-get", "exit 1")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ToolError, match=r"only root can: etcd-server.*sudo apt-get install --no-install-recommends etcd-server"):
        ensure_packages()


def test_packages_are_installed_with_scripts_that_start_no_service(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "PACKAGES", (Package(name="etcd-server", binaries=("etcd",)),))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(bare / "apt-get", f'echo "$@" >> {bare}/calls; : > {bare}/etcd; /bin/chmod +x {bare}/etcd')
    assert ensure_packages() == {"etcd": bare / "etcd"}
    update, install = (bare / "calls").read_text().splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install -y --no-install-recommends etcd-server")
    assert f"DPkg::Path={debian._NO_SERVICES}:" in install
    assert all(os.access(script, os.X_OK) for script in debian._NO_SERVICES.iterdir())


def test_packages_by_name_are_installed_by_sudo_and_those_that_are_not_to_be_had_are_returned(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(bare / "sudo", f'echo "sudo $*" >> {bare}/calls')
    program(bare / "apt-cache", '[ "$2" = redis-server ]')
    assert install_packages(["redis-server", "chromium"]) == ["chromium"]
    update, install = (bare / "calls").read_text().splitlines()
    assert update.startswith("sudo -n env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get ")
    assert install.endswith(" install -y --no-install-recommends redis-server")
    assert f"DPkg::Path={debian._NO_SERVICES}:" in install


def test_a_failing_apt_is_shown_with_its_last_lines(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(bare / "apt-get", "echo E: no such mirror; exit 100")
    with pytest.raises(ToolError, match=r"ended with 100(.|\n)*no such mirror"):
        ensure_packages()


def test_a_busybox_that_needs_shared_libraries_does_not_count(bare: Path) -> None:
    package = Package(name="busybox-static", binaries=("busybox",), static=True)
    program(bare / "busybox", "# /lib64/ld-linux-x86-64.so.2")
    assert debian._look(package, "busybox") is None
    program(bare / "busybox", "# static")
    assert debian._look(package, "busybox") == bare / "busybox"
