"""The one error tree of Lockgate.

Every message is a sentence that says what is wrong, where, the rule and the remedy. The command line prints it
as ``error: <message>`` and exits with the class's ``exit_code``.
"""

from __future__ import annotations

from dataclasses import dataclass


class LockgateError(Exception):
    """Something that a user can understand and mend. Never holds a secret."""

    exit_code = 1


class UsageError(LockgateError):
    """The command was called in a way that cannot work."""

    exit_code = 2


class ToolError(LockgateError):
    """A tool is missing, cannot be built, or failed."""


class LabError(LockgateError):
    """The lab cannot start, stop or be reached."""


class StateError(LockgateError):
    """A stack's state or ledger cannot be read. Never treated as an empty one."""


class ReleaseError(LockgateError):
    """A release or a rollback cannot be done, or failed."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing wrong in a file of settings: where, what it says, what holds, what to do."""

    path: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path} = {self.value}: {self.rule}; {self.remedy}"


class SettingsError(LockgateError):
    """All the faults of one stack's settings at once."""

    def __init__(self, source: str, faults: list[Fault]) -> None:
        self.source = source
        self.faults = faults
        lines = "\n".join(f"  - {fault}" for fault in faults)
        count = "1 error" if len(faults) == 1 else f"{len(faults)} errors"
        super().__init__(f"{source} has {count}:\n{lines}")
