"""Reads workflow files as GitHub does, from their text alone: which checks does every pull request into a branch get?

Written from GitHub's documentation, without a line of ours, so that the model and the rendered files can be compared.
"""

from __future__ import annotations

import fnmatch
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

Document = dict[str, Any]


def documents(files: Mapping[str, str]) -> dict[str, Document]:
    """The workflows by their path; a YAML 1.1 reader must find ``on``."""
    workflows = {path: text for path, text in files.items() if path.startswith(".github/workflows/")}
    return {path: yaml.load(text, Loader=yaml.CSafeLoader) for path, text in workflows.items()}


def published(files: Mapping[str, str], branch: str = "main") -> set[str]:
    """The checks that each pull request into ``branch`` gets for each of its commits."""
    found = documents(files)
    return {name for one in found.values() if _runs(one, branch) for name in _checks(one, found)}


def _runs(workflow: Document, branch: str) -> bool:
    if "pull_request" not in workflow["on"]:
        return False
    trigger = workflow["on"]["pull_request"] or {}
    every_commit = {"opened", "synchronize", "reopened"} <= set(trigger.get("types", ["opened", "synchronize", "reopened"]))
    into = any(fnmatch.fnmatchcase(branch, pattern) for pattern in trigger.get("branches", ["*"]))
    return every_commit and into and "paths" not in trigger


def _checks(workflow: Document, found: Mapping[str, Document]) -> Iterator[str]:
    jobs = workflow["jobs"]
    for job in jobs.values():
        if not _always_runs(job, jobs):
            continue
        for name in _expanded(job):
            if "uses" in job:
                called = found[job["uses"].removeprefix("./")]
                yield from (f"{name} / {inner}" for inner in _checks(called, found))
            else:
                yield name


def _always_runs(job: Document, jobs: Mapping[str, Document]) -> bool:
    if "if" in job:
        return bool(job["if"] == "${{ always() }}")
    return all(_always_runs(jobs[needed], jobs) for needed in job.get("needs", []))


def _expanded(job: Document) -> list[str]:
    matrix = job.get("strategy", {}).get("matrix")
    if not matrix:
        return [job["name"]]
    return [f"{job['name']} ({', '.join(map(str, values))})" for values in itertools.product(*matrix.values())]
