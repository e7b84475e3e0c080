"""The values that a workflow is made of: plain ones, and expressions that GitHub evaluates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OPENING = "${{"


@dataclass(frozen=True)
class Expr:
    """An expression that GitHub evaluates: ``Expr("github.sha")`` renders as ``${{ github.sha }}``.

    It fits wherever GitHub takes a value, and never into the script of a ``Run``: a script gets values by its ``env``.
    ``"ci-" + Expr("github.ref")`` is a ``Text``.
    """

    source: str

    def __post_init__(self) -> None:
        if not self.source.strip() or re.search(r"\$\{\{|}}|\n", self.source):
            raise ValueError(
                f"Expr({self.source!r}): must be one line without the marks ${{{{ and }}}}; write what stands between them"
            )

    def __str__(self) -> str:
        return f"{OPENING} {self.source} }}}}"

    def __add__(self, other: str | Expr | Text) -> Text:
        return Text.of(self, other)

    def __radd__(self, other: str) -> Text:
        return Text.of(other, self)


@dataclass(frozen=True)
class Text:
    """Words and expressions in one value, such as a concurrency group. Made by ``+`` or ``Text.of``."""

    parts: tuple[str | Expr, ...]

    def __post_init__(self) -> None:
        for part in self.parts:
            if isinstance(part, str):
                refuse_marks(part, "Text")

    @classmethod
    def of(cls, *parts: str | Expr | Text) -> Text:
        """The parts in their order; what is a text already gives its own parts."""
        flat: list[str | Expr] = []
        for part in parts:
            flat.extend(part.parts if isinstance(part, Text) else [part])
        return cls(tuple(flat))

    def __str__(self) -> str:
        return "".join(map(str, self.parts))

    def __add__(self, other: str | Expr | Text) -> Text:
        return Text.of(self, other)

    def __radd__(self, other: str) -> Text:
        return Text.of(other, self)


Value = str | int | bool | Expr | Text

ALWAYS = Expr("always()")
"""The condition of a step or job that runs whatever happened before it."""

FAILURE = Expr("failure() || contains(needs.*.result, 'cancelled')")
"""The condition of a job that runs when one that it needs failed, or ran out of time, which GitHub calls cancelled."""


def literal(text: str) -> str:
    """``text`` as a string literal inside an expression."""
    return "'" + text.replace("'", "''") + "'"


def secret(name: str) -> Expr:
    """A secret of the environment, repository or organization. GitHub hides its value in logs."""
    return Expr(f"secrets.{identifier(name, 'secret')}")


def identifier(name: str, where: str) -> str:
    """``name``, where it is one that expressions and shells can hold; else ValueError."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", name):
        raise ValueError(f"{where} = {name!r}: must be letters, digits, - and _, and not begin with a digit; rename it")
    return name


def refuse_marks(text: str, where: str) -> str:
    """``text``, where it holds no expression; else ValueError. What GitHub evaluates has the type ``Expr``."""
    if OPENING in text:
        raise ValueError(f"{where} = {text!r}: holds {OPENING}, which makes an expression of a plain string; use Expr or Text")
    return text


def checked(values: Mapping[str, Value], where: str) -> Mapping[str, Value]:
    """``values`` with names that GitHub takes, and no expression hidden in a string; else ValueError."""
    for name, value in values.items():
        identifier(name, where)
        if isinstance(value, str):
            refuse_marks(value, f"{where}.{name}")
    return values


def unique(names: Iterable[str], where: str) -> None:
    """Raises ValueError that names every one that is there twice."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"{where}: {', '.join(map(repr, twice))} is there more than once; give each its own")
