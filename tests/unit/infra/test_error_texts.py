"""What a user reads when something is wrong."""

from __future__ import annotations

import pytest

from infra import errors
from infra.errors import Fault, LockgateError, SettingsError, UsageError

FAULT = Fault(path="lockgate:port", value="0", rule="must be from 1 to 65535", remedy="run `pulumi config set port 9898`")


def test_a_fault_says_path_value_rule_and_remedy() -> None:
    assert str(FAULT) == "lockgate:port = 0: must be from 1 to 65535; run `pulumi config set port 9898`"


@pytest.mark.parametrize(("faults", "count"), [([FAULT], "1 error"), ([FAULT, FAULT], "2 errors")])
def test_settings_errors_come_all_at_once_and_are_counted(faults: list[Fault], count: str) -> None:
    first, *lines = str(SettingsError("Pulumi.dev.yaml", faults)).splitlines()
    assert first == f"Pulumi.dev.yaml has {count}:"
    assert lines == [f"  - {fault}" for fault in faults]


def test_only_a_wrong_command_line_exits_with_two() -> None:
    tree = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LockgateError)]
    assert {kind for kind in tree if kind.exit_code != 1} == {UsageError}
    assert UsageError.exit_code == 2
