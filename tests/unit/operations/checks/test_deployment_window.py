"""A deployment is held back outside of the stack's window, told until when, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import LockgateError, SettingsError
from operations.checks import window
from operations.cli import cli
from operations.project import Project

OFFICE = "Mon-Thu 08:00-15:00 UTC"
FRIDAY = "2026-11-27"
PARTS = st.tuples(st.sampled_from(window.DAYS), st.one_of(st.none(), st.sampled_from(window.DAYS)))
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def minutes_of(parts: list[tuple[str, str | None]], opens: int, closes: int) -> set[tuple[str, int]]:
    """Each day and minute inside, counted one by one."""
    days = set()
    for first, last in parts:
        day = first
        days.add(day)
        while last is not None and day != last:
            day = window.DAYS[(window.DAYS.index(day) + 1) % 7]
            days.add(day)
    return {(day, minute) for day in days for minute in range(opens, closes)}


def of_clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def next_opening(text: str, now: str) -> str:
    found = window.read("prod", text)
    assert found is not None
    start = found.next_opening(datetime.fromisoformat(now))
    return "" if start is None else f"{window.DAYS[start.weekday()]} {start:%Y-%m-%dT%H:%M%z}"


@given(st.lists(PARTS, min_size=1, max_size=3), st.sets(MINUTES, min_size=2, max_size=2), MOMENTS)
def test_it_is_open_or_opens_within_eight_days(parts: list[tuple[str, str | None]], times: set[int], now: datetime) -> None:
    opens, closes = sorted(times)
    days = ",".join(first if last is None else f"{first}-{last}" for first, last in parts)
    found = window.read("prod", f"{days} {of_clock(opens)}-{of_clock(closes)} UTC")
    assert found is not None
    inside = minutes_of(parts, opens, closes)
    start = found.next_opening(now)
    assert (start is None) == ((window.DAYS[now.weekday()], now.hour * 60 + now.minute) in inside)
    if start is not None:
        assert now < start < now + timedelta(days=8)
        assert found.next_opening(start) is None
        assert found.next_opening(start - timedelta(microseconds=1)) == start


@pytest.mark.parametrize(
    ("text", "now", "opens"),
    [
        (OFFICE, f"{FRIDAY}T12:00Z", "Mon 2026-11-30T08:00+0000"),
        (OFFICE, "2026-11-26T07:59:59Z", "Thu 2026-11-26T08:00+0000"),
        (OFFICE, "2026-11-26T08:00Z", ""),
        (OFFICE, "2026-11-26T14:59:59Z", ""),
        (OFFICE, "2026-11-26T15:00Z", "Mon 2026-11-30T08:00+0000"),
        ("Fri-Mon 08:00-15:00 UTC", "2026-11-29T08:00Z", ""),
        ("Fri-Mon 08:00-15:00 UTC", "2026-12-01T08:00Z", "Fri 2026-12-04T08:00+0000"),
        ("Tue,Sat-Sun 00:00-23:59 UTC", f"{FRIDAY}T12:00Z", "Sat 2026-11-28T00:00+0000"),
        ("Fri 08:00-15:00 UTC", f"{FRIDAY}T15:00Z", "Fri 2026-12-04T08:00+0000"),
        (OFFICE, "2026-11-26T09:30+02:00", "Thu 2026-11-26T08:00+0000"),
        (OFFICE, "2026-11-26T16:59+02:00", ""),
    ],
)
def test_the_minute_of_opening_is_inside_and_that_of_closing_is_not(text: str, now: str, opens: str) -> None:
    assert next_opening(text, now) == opens


@pytest.mark.parametrize(
    "value", ["weekdays", "Mon 08:00-15:00", "Mon 15:00-08:00 UTC", "Mon 08:00-08:00 UTC", 8, {"secure": "v1:x"}]
)
def test_what_is_no_window_is_refused_and_not_taken_for_none(value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        window.read("prod", value)
    assert str(caught.value) == (
        f"Pulumi.prod.yaml has 1 error:\n  - lockgate:deploymentWindow = {value}: must be days and times in UTC, such as "
        f"{OFFICE}; run `pulumi config set deploymentWindow '{OFFICE}' -s prod`"
    )


def test_a_closed_window_says_what_it_is_until_when_and_what_to_do() -> None:
    now = datetime(2026, 11, 27, 14, 6, tzinfo=timezone(timedelta(hours=2)))
    assert window.breach("prod", window.read("prod", OFFICE), now) == (
        f"Pulumi.prod.yaml: lockgate:deploymentWindow = {OFFICE}: nothing is deployed outside of it, it is Fri 2026-11-27 12:06 "
        "UTC, and it opens next on Mon 2026-11-30 08:00 UTC; run the job again then, or set deploymentWindow to "
        '"" in Pulumi.prod.yaml, where Git shows it'
    )


def test_an_open_window_says_until_when() -> None:
    known = window.read("prod", OFFICE)
    assert window.breach("prod", known, datetime(2026, 11, 26, 14, 59, tzinfo=UTC)) == ""
    assert window.summary("prod", known) == f"prod: may be deployed to now, until 15:00 UTC (deploymentWindow = {OFFICE})"


def asked(*options: str) -> tuple[int, str]:
    """The exit code, and what was said: the error, or else the lines."""
    done = CliRunner().invoke(cli, ["checks", "window", "-s", "prod", *options])
    if isinstance(done.exception, LockgateError):
        return done.exception.exit_code, str(done.exception)
    return done.exit_code, done.output


def with_window(project: Project, text: str) -> None:
    project.stack_file("prod").write_text(f"config:\n  lockgate:deploymentWindow: {text}\n")


def other_day() -> str:
    """One that is not today, nor was it yesterday or is it tomorrow."""
    return window.DAYS[(datetime.now(UTC).weekday() + 3) % 7]


@pytest.mark.parametrize("text", ["", '""'])
def test_without_a_window_one_may_deploy_at_any_time(project: Project, text: str) -> None:
    with_window(project, text)
    assert asked() == (0, "prod: may be deployed to at any time (deploymentWindow has no value)\n")


def test_outside_of_the_window_one_may_not_unless_one_only_asks(project: Project) -> None:
    with_window(project, f"{other_day()} 08:00-15:00 UTC")
    code, said = asked()
    assert (code, said.count("opens next on")) == (1, 1)
    assert asked("--report-only") == (0, f"reported only: {said}\n")


def test_a_stack_without_a_file_is_not_one_without_a_window(project: Project) -> None:
    project.stack_file("prod").unlink()
    assert asked() == (2, f"stack prod: there is no Pulumi.prod.yaml in {project.root}; name a stack of this project")
