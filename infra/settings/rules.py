"""What must hold between settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from infra.settings.breach import Breach
from infra.settings.rules_github import GITHUB
from infra.settings.rules_monitoring import MONITORING
from infra.settings.rules_sonar import SONAR

if TYPE_CHECKING:
    from infra.settings.model import Settings

_BYTES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9}


def breaches(settings: Settings) -> list[Breach]:
    """Every rule that ``settings`` break; none are broken by the defaults."""
    checks = (_version, _grace, _timeouts, _memory, _names, _window, _mail, *GITHUB, *SONAR, *MONITORING)
    return [breach for check in checks for breach in check(settings)]


def _version(settings: Settings) -> Iterator[Breach]:
    if settings.image and not settings.version:
        yield Breach(
            field="version",
            others=("image",),
            rule="must be given, since image has no tag",
            fix="set version 1.2.0",
        )


def _grace(settings: Settings) -> Iterator[Breach]:
    pause, grace = settings.pre_stop_seconds, settings.termination_grace_seconds
    if pause >= grace:
        yield Breach(
            field="pre_stop_seconds",
            others=("termination_grace_seconds",),
            rule=f"must be less than terminationGraceSeconds ({grace}), or the pod is killed while it still drains",
            fix=f"set terminationGraceSeconds {pause + 25}",
        )


def _timeouts(settings: Settings) -> Iterator[Breach]:
    parts = {
        "healthCheckTimeoutSeconds": settings.health_check_timeout_seconds,
        "smokeTimeoutSeconds": settings.smoke_timeout_seconds if settings.smoke_test_enabled else 0,
        "bakeSeconds": settings.bake_seconds,
    }
    needed, minutes = sum(parts.values()), settings.deployment_timeout_minutes
    if needed > minutes * 60:
        listed = " + ".join(f"{key} ({value})" for key, value in parts.items() if value)
        yield Breach(
            field="deployment_timeout_minutes",
            others=("health_check_timeout_seconds", "smoke_test_enabled", "smoke_timeout_seconds", "bake_seconds"),
            rule=f"must cover {listed}, which is {needed} seconds against {minutes * 60}",
            fix=f"set deploymentTimeoutMinutes {-(-needed // 60)}",
        )


def _memory(settings: Settings) -> Iterator[Breach]:
    request, limit = settings.memory_request, settings.memory_limit
    if _bytes(request) > _bytes(limit):
        yield Breach(
            field="memory_request",
            others=("memory_limit",),
            rule=f"must be at most memoryLimit ({limit})",
            fix=f"set memoryLimit {request}",
        )


def _names(settings: Settings) -> Iterator[Breach]:
    both = sorted(settings.config.keys() & settings.secrets.keys())
    if both:
        yield Breach(
            field="config",
            others=("secrets",),
            rule=f"must not have a name that secrets has too ({', '.join(both)})",
            fix=f"rm --path config.{both[0]}",
        )


def _window(settings: Settings) -> Iterator[Breach]:
    if not settings.deployment_window:
        return
    days, times, _ = settings.deployment_window.split(" ")
    start, end = times.split("-")
    if start >= end:
        yield Breach(
            field="deployment_window",
            others=(),
            rule=f"must end ({end}) after it begins ({start}), within one day",
            fix=f"set deploymentWindow '{days} 08:00-15:00 UTC'",
        )


def _mail(settings: Settings) -> Iterator[Breach]:
    addresses = {"emailFrom": settings.email_from, "emailTo": settings.email_to}
    lacking = [key for key, value in addresses.items() if not value]
    if settings.smtp_url and lacking:
        yield Breach(
            field="smtp_url",
            others=("email_from", "email_to"),
            rule=f"needs {' and '.join(lacking)} beside it",
            fix=f"set {lacking[0]} ADDRESS",
        )


def _bytes(quantity: str) -> int:
    digits = quantity.rstrip("KMGik")
    return int(digits) * _BYTES.get(quantity[len(digits) :], 1)
