"""Only a lock whose owner is proven dead goes away."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fake_pulumi import FakePulumi

from operations import locks
from operations.pulumi_cli import Pulumi

NOW = datetime.now(UTC)


@pytest.fixture
def dead_pid() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def held(fake: FakePulumi, stack: str = "prod", **changes: Any) -> Path:
    """A lock as Pulumi 3.259 writes it, with its attributes beside it."""
    lock = {"pid": os.getpid(), "username": "me", "hostname": socket.gethostname(), "timestamp": NOW.isoformat()}
    path = fake.project.state / ".pulumi" / "locks" / "organization" / "lockgate" / stack / "0b1c.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**lock, **changes}))
    path.with_name("0b1c.json.attrs").write_text("{}")
    return path


def test_the_lock_of_a_dead_process_goes(fake: FakePulumi, dead_pid: int) -> None:
    path = held(fake, pid=dead_pid)
    assert locks.remove_dead(fake.pulumi, "prod") == [path]
    assert list(path.parent.iterdir()) == []


def test_the_lock_of_a_living_process_stays(fake: FakePulumi) -> None:
    path = held(fake)
    assert locks.remove_dead(fake.pulumi, "prod") == []
    assert path.exists()


def test_a_pid_that_was_reused_does_not_hold_the_lock(fake: FakePulumi) -> None:
    held(fake, timestamp=(NOW - timedelta(days=40)).isoformat())
    assert len(locks.remove_dead(fake.pulumi, "prod")) == 1


def test_nanoseconds_and_z_are_understood(fake: FakePulumi, dead_pid: int) -> None:
    held(fake, pid=dead_pid, timestamp="2026-11-23T05:15:21.740935818Z")
    assert len(locks.remove_dead(fake.pulumi, "prod")) == 1


@pytest.mark.parametrize("changes", [{"hostname": "another"}, {"pid": "x"}, {"timestamp": "yesterday"}, {"hostname": None}])
def test_what_is_not_proven_stays(fake: FakePulumi, dead_pid: int, changes: dict[str, Any]) -> None:
    path = held(fake, **{"pid": dead_pid, **changes})
    assert locks.remove_dead(fake.pulumi, "prod") == []
    assert path.exists()


def test_another_stacks_lock_is_not_touched(fake: FakePulumi, dead_pid: int) -> None:
    path = held(fake, stack="dev", pid=dead_pid)
    assert locks.remove_dead(fake.pulumi, "prod") == []
    assert path.exists()


def test_a_backend_without_files_has_no_such_locks(fake: FakePulumi) -> None:
    assert locks.remove_dead(Pulumi(fake.project, {"PULUMI_BACKEND_URL": "s3://bucket"}), "prod") == []
