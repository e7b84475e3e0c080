"""Which checks the workflow files on a branch publish, of those that are known by name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def published(names: Iterable[str], texts: Iterable[str]) -> list[str]:
    """The checks of ``names`` that a job of the workflow files ``texts`` publishes, in their order.

    A job's check has the job's name; with a matrix ``NAME (VALUES)``, and from a called workflow ``NAME / INNER NAME``. A file
    that is no YAML publishes nothing, as on GitHub.
    """
    jobs = {job for text in texts for job in _jobs(text)}
    return [name for name in names if any(_is_of(name, job) for job in jobs)]


def _jobs(text: str) -> set[str]:
    """The names of a workflow's jobs, as far as they are fixed: an expression ends them."""
    import yaml

    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe
    except yaml.YAMLError:
        return set()
    jobs = content.get("jobs") if isinstance(content, Mapping) else None
    return {_name(key, job) for key, job in jobs.items()} if isinstance(jobs, Mapping) else set()


def _name(key: Any, job: Any) -> str:
    name = job.get("name") if isinstance(job, Mapping) else None
    return str(name or key)


def _is_of(check: str, job: str) -> bool:
    fixed, expression, _ = job.partition("${{")
    if expression:
        return check.startswith(fixed)
    return check == job or check.startswith((f"{job} (", f"{job} / "))
