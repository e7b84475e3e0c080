"""A process is known by more than its number; logs stay small."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lab import logkeeper, processes
from lab.components import Component
from lab.layout import Layout
from lab.processes import Identity


@pytest.fixture
def sleeper(tmp_path: Path) -> Component:
    file = tmp_path / "settings"
    file.write_text("one")
    return Component(name="sleeper", argv=("/bin/sleep", "60"), probe=lambda: "", files=(file,))


def test_a_reused_pid_is_neither_alive_nor_killed() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as stranger:
        real = processes.identify(stranger.pid)
        assert real is not None
        assert real.alive()
        taken = Identity(stranger.pid, real.started - 1)
        assert not taken.alive()
        processes.stop_all([taken])
        assert stranger.poll() is None
        stranger.kill()


def test_a_started_process_is_found_and_stopped(tmp_path: Path, sleeper: Component) -> None:
    place = Layout(tmp_path)
    record = processes.start(place, sleeper)
    assert processes.read(place, "sleeper") == record
    assert processes.marked(place) == [record.identity]
    assert os.getsid(record.identity.pid) == record.identity.pid
    processes.stop_all(processes.marked(place))
    assert processes.read(place, "sleeper") is None


def test_a_process_without_a_record_is_replaced(tmp_path: Path, sleeper: Component) -> None:
    place = Layout(tmp_path)
    first = processes.start(place, sleeper)
    (place.run / "processes" / "sleeper.json").unlink()
    second = processes.start(place, sleeper)
    assert not first.identity.alive()
    assert processes.marked(place) == [second.identity]
    processes.stop_all([second.identity])


def test_labs_do_not_see_each_others_processes(tmp_path: Path, sleeper: Component) -> None:
    (tmp_path / "a").mkdir()
    first = processes.start(Layout(tmp_path / "a"), sleeper)
    assert processes.marked(Layout(tmp_path / "b")) == []
    assert processes.marked(Layout(tmp_path)) == []
    processes.stop_all([first.identity])


def test_what_ignores_the_request_to_end_is_ended(tmp_path: Path) -> None:
    code = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    stubborn = Component(name="stubborn", argv=(sys.executable, "-c", code), probe=lambda: "")
    record = processes.start(Layout(tmp_path), stubborn)
    log = tmp_path / "logs" / "stubborn.log"
    while not log.exists() or not log.read_text():
        assert record.identity.alive()
    processes.stop_all([record.identity], seconds=0.1)
    assert not record.identity.alive()


def test_a_changed_file_changes_the_fingerprint(sleeper: Component) -> None:
    before = processes.fingerprint(sleeper)
    assert processes.fingerprint(sleeper) == before
    sleeper.files[0].write_text("two")
    assert processes.fingerprint(sleeper) != before


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"identity": {"pid": 1}})])
def test_a_broken_record_counts_as_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "run" / "processes" / "etcd.json"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert processes.read(Layout(tmp_path), "etcd") is None


def test_a_zombie_is_not_alive() -> None:
    child = os.posix_spawn("/bin/sleep", ["/bin/sleep", "60"], {})
    identity = processes.identify(child)
    assert identity is not None
    identity.kill(signal.SIGKILL)
    processes.stop_all([identity])
    assert not identity.alive()


def test_a_large_log_is_kept_once_and_emptied(tmp_path: Path) -> None:
    large, small = tmp_path / "large.log", tmp_path / "small.log"
    large.write_text("x" * 100)
    small.write_text("y")
    with large.open("a") as writer:
        logkeeper.rotate(str(tmp_path), limit=50)
        writer.write("after")
    assert (tmp_path / "large.log.1").read_text() == "x" * 100
    assert large.read_text() == "after"
    assert small.read_text() == "y"
    assert not (tmp_path / "small.log.1").exists()
