"""What is lacking is named with its remedy."""

from __future__ import annotations

import os
import platform
import socket
from pathlib import Path

import pytest

from infra.errors import LabError
from lab import host, prerequisites
from lab.layout import Layout, Ports


def test_another_system_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    (missing,) = prerequisites.check()
    assert str(missing).startswith("this is Darwin, not Linux; ")


def test_without_root_nothing_else_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert [missing.what for missing in prerequisites.check()] == ["root's rights"]


def test_a_taken_port_is_named_with_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "PORT_SECONDS", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        names = {name: 0 for name in vars(Ports())}
        found = list(prerequisites._ports(Layout(tmp_path, ports=Ports(**{**names, "etcd_peer": port}))))
    assert [missing.what for missing in found] == [f"port 127.0.0.1:{port}, for the lab's etcd peer, which is in use"]


def test_a_path_too_long_for_a_socket_is_named() -> None:
    (missing,) = prerequisites._paths(Layout(Path("/" + "x" * 120)))
    assert "LOCKGATE_LAB_DIR" in missing.remedy


def test_all_lacks_are_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacks = [prerequisites.Missing(what="one", remedy="do a"), prerequisites.Missing(what="two", remedy="do b")]
    monkeypatch.setattr(prerequisites, "check", lambda: lacks)
    with pytest.raises(LabError) as caught:
        prerequisites.demand(Layout(tmp_path))
    assert "one; do a" in str(caught.value)
    assert "two; do b" in str(caught.value)


def test_a_failing_command_is_named_with_its_reason() -> None:
    with pytest.raises(LabError, match="ip link show nothing-here"):
        host.run("ip", "link", "show", "nothing-here")
    assert host.attempt("no-such-command").returncode == 127
