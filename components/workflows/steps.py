"""A job's steps: a script that is run, or an action that is used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent

from components.workflows.pins import Pin, pinned
from components.workflows.values import OPENING, Expr, Value, checked, identifier, refuse_marks

LOCAL = "./.github/actions/"
CHECKOUT = "actions/checkout"


@dataclass(frozen=True, kw_only=True)
class Run:
    """Runs ``script`` by bash, which ends at the first command that fails, in a pipe too.

    The script holds no expression, since GitHub would write the value into it, and whoever chose the value would choose what
    runs: values come by ``env``, quoted like any other variable. ``id`` names the step to later ones.
    """

    name: str
    script: str
    id: str = ""
    when: Expr | None = None
    env: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_step(self.name, self.id, self.env)
        script = dedent(self.script).strip()
        if OPENING in script:
            raise ValueError(
                f"step {self.name!r}: its script holds {OPENING}, and a value in a script is run as part of it; "
                f"give the value a name in env, and write \"$NAME\" in the script"
            )
        if not script or re.search(r"[^\n\t\x20-\x7e\xa0-\ud7ff]", script):
            raise ValueError(f"step {self.name!r}: script = {script!r}: must be lines of printable characters; correct it")
        object.__setattr__(self, "script", script)


@dataclass(frozen=True, kw_only=True)
class Use:
    """Uses an action: one of the pins by its name, a ``Pin`` of your own, or ``./.github/actions/NAME`` of the spec."""

    name: str
    action: str | Pin
    inputs: Mapping[str, Value] = field(default_factory=dict)
    id: str = ""
    when: Expr | None = None
    env: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_step(self.name, self.id, self.env)
        checked(self.inputs, f"step {self.name!r}: with")
        pin = self.pin
        if pin and pin.action == CHECKOUT and self.inputs.get("persist-credentials") is not False:
            raise ValueError(
                f"step {self.name!r}: persist-credentials = {self.inputs.get('persist-credentials')}: must be False, or every "
                f"later step can read the token from the checkout; use checkout()"
            )

    @property
    def local(self) -> str:
        """The name of the spec's own action, or an empty string."""
        return self.action.removeprefix(LOCAL) if isinstance(self.action, str) and self.action.startswith(LOCAL) else ""

    @property
    def pin(self) -> Pin | None:
        """The commit of a third-party action; None for a local one."""
        if isinstance(self.action, Pin):
            return self.action
        return None if self.local else pinned(self.action)


Step = Run | Use


def checkout(*, ref: Value = "", whole_history: bool = False) -> Use:
    """Checks out ``ref``, by default the commit that started the workflow, without leaving the token in the files."""
    inputs: dict[str, Value] = {"ref": ref} if ref else {}
    if whole_history:
        inputs["fetch-depth"] = 0
    return Use(name="Check out the source", action=CHECKOUT, inputs={**inputs, "persist-credentials": False})


def local(action: str, name: str, **inputs: Value) -> Use:
    """Uses the spec's own composite ``action``; an input's ``_`` is rendered as ``-``."""
    return Use(name=name, action=f"{LOCAL}{action}", inputs={key.replace("_", "-"): value for key, value in inputs.items()})


def _check_step(name: str, id_: str, env: Mapping[str, Value]) -> None:
    if not name.strip():
        raise ValueError("step.name = '': must say what the step does; name it")
    refuse_marks(name, "step.name")
    if id_:
        identifier(id_, f"step {name!r}: id")
    checked(env, f"step {name!r}: env")
