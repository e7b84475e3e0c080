"""The rendered files of the standard pipeline and of our own, as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from components.workflows.standard import PipelineOptions, own, standard

FILES = standard(PipelineOptions()).files()
OWN = own().files()


def read(name: str, files: Any = FILES) -> dict[str, Any]:
    """A rendered workflow."""
    found: dict[str, Any] = yaml.safe_load(files[f".github/workflows/{name}.yml"])
    return found


def jobs(files: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Those with steps of their own."""
    yield from ((where, job) for where, job in all_jobs(files) if "steps" in job)


def all_jobs(files: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """And those that call another workflow."""
    for path in files:
        if path.startswith(".github/workflows/"):
            name = path.split("/")[-1].removesuffix(".yml")
            yield from ((f"{name}.{id_}", job) for id_, job in read(name, files)["jobs"].items())


def steps(files: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, job in jobs(files):
        yield from ((where, step) for step in job["steps"])
    for path, text in files.items():
        if path.startswith(".github/actions/"):
            yield from ((path, step) for step in yaml.safe_load(text)["runs"]["steps"])
