"""When the delivery workflow may deploy to a stack: its setting ``deploymentWindow``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from infra.errors import Fault, SettingsError
from infra.settings.schema import KEYS
from infra.settings.types import Window as Text

SETTING = "deploymentWindow"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True)
class Window:
    """``days`` are numbers, Monday's is 0. In UTC; the minute in which it ``closes`` is outside."""

    text: str
    days: frozenset[int]
    opens: time
    closes: time

    def next_opening(self, now: datetime) -> datetime | None:
        """When it opens next, in UTC; None while it is open. ``now`` must have a time zone."""
        here = now.astimezone(UTC)
        if here.weekday() in self.days and self.opens <= here.time() < self.closes:
            return None
        week = (datetime.combine(here.date() + timedelta(days=later), self.opens, UTC) for later in range(8))
        return next(start for start in week if start.weekday() in self.days and start > here)


def read(stack: str, value: Any) -> Window | None:
    """The window that the setting's ``value`` says; None without one. Raises ``SettingsError`` where it says none."""
    if value in (None, ""):
        return None
    try:
        text = TypeAdapter(Text).validate_python(value, strict=True)
    except ValidationError:
        raise _refused(stack, value) from None
    days, times, _ = text.split(" ")
    opens, closes = map(time.fromisoformat, times.split("-"))
    if opens >= closes:
        raise _refused(stack, value)
    return Window(text=text, days=_numbers(days), opens=opens, closes=closes)


def breach(stack: str, window: Window | None, now: datetime) -> str:
    """Why a deployment has to wait, until when, and what to do; an empty string where it has not to."""
    start = window.next_opening(now) if window else None
    if window is None or start is None:
        return ""
    fault = Fault(
        path=f"{_file(stack)}: lockgate:{SETTING}",
        value=window.text,
        rule=f"nothing is deployed outside of it, it is {_said(now)}, and it opens next on {_said(start)}",
        remedy=f'run the job again then, or set {SETTING} to "" in {_file(stack)}, where Git shows it',
    )
    return str(fault)


def summary(stack: str, window: Window | None) -> str:
    """One sentence for a deployment that has not to wait."""
    if window is None:
        return f"{stack}: may be deployed to at any time ({SETTING} has no value)"
    return f"{stack}: may be deployed to now, until {window.closes:%H:%M} UTC ({SETTING} = {window.text})"


def _refused(stack: str, value: Any) -> SettingsError:
    key = KEYS[SETTING]
    remedy = f"run `pulumi config set {SETTING} {key.example} -s {stack}`"
    return SettingsError(_file(stack), [Fault(path=f"lockgate:{SETTING}", value=str(value), rule=key.rule, remedy=remedy)])


def _numbers(days: str) -> frozenset[int]:
    """A range may go over the end of the week: Fri-Mon is four days."""
    found: set[int] = set()
    for part in days.split(","):
        first, _, last = part.partition("-")
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % len(DAYS) + 1
        found |= {(start + later) % len(DAYS) for later in range(length)}
    return frozenset(found)


def _said(moment: datetime) -> str:
    here = moment.astimezone(UTC)
    return f"{DAYS[here.weekday()]} {here:%Y-%m-%d %H:%M} UTC"


def _file(stack: str) -> str:
    return f"Pulumi.{stack}.yaml"
