"""Every advice that a past gives reason for."""

from __future__ import annotations

from history.advice import caches, flaky, queue, repeats, steps
from history.advice.model import Advice, Past


def advise(past: Past) -> list[Advice]:
    """What saves people most waiting comes first, then what saves most runner minutes."""
    found = [one for module in (steps, caches, flaky, queue, repeats) for one in module.advice(past)]
    return sorted(found, key=lambda one: (-one.saving.wait_minutes, -one.saving.runner_minutes, one.subject))
