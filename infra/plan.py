"""What a preview says about one stack: pure data, for the report and for the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Operation = Literal["create", "update", "replace", "delete", "same", "read", "import"]

SECRET = "[secret]"  # noqa: S105
"""What stands where a secret would be; a plan never holds the value."""

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is known only after the update."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource in a preview. ``old`` and ``new`` are its inputs, None where it is not there; ``keys`` the paths that differ.

    ``replaced_by`` are the paths that force a replacement. ``protected`` says that the state protects it from deletion.
    """

    urn: str
    type: str
    operation: Operation
    old: Mapping[str, Any] | None = None
    new: Mapping[str, Any] | None = None
    keys: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    protected: bool = False

    @property
    def name(self) -> str:
        """The resource's name in the program: the URN's last part."""
        return self.urn.rpartition("::")[2]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The preview of ``stack``. ``changes`` holds every resource, the unchanged ones too, in the engine's order.

    ``error`` is why the preview failed, "" where it did not; ``notes`` are the program's own words (which slot, warm or not).
    ``exists`` is False for a stack that the backend does not know yet.
    """

    stack: str
    changes: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""
    exists: bool = True
    seconds: float = 0.0
    outputs: Mapping[str, Any] = field(default_factory=dict)
