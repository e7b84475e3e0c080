"""The rule on what workflows run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.plan import SECRET, Change
from policy.examples import SHA, workflow
from policy.model import Case, Hit, Rule
from policy.values import at, is_unknown, items, mapping

FILES = "lockgate:index:WorkflowFiles"
FILE = "github:index/repositoryFile:RepositoryFile"
RUNNABLE = re.compile(r"^(?:(?:\.github/)?(?:workflows|templates|workflow-templates)/[^/]+|(?:.*/)?action)\.ya?ml$")
COMMIT = re.compile(r"^[^@\s]+@[0-9a-f]{40}$")
BY_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
REMEDY = "name it by its full commit SHA, or an image by its digest, with the version in a comment beside it"


@dataclass(frozen=True, kw_only=True)
class File:
    """A workflow or a composite action that the stack writes into the repository."""

    change: Change
    path: str
    text: str


def files(case: Case) -> Iterator[File]:
    """The workflow files and composite actions that are there after the update."""
    for change, new in case.wanted(FILES, FILE):
        written = mapping(new.get("files")) if change.type == FILES else {str(new.get("file")): new.get("content")}
        for path, text in written.items():
            if isinstance(text, str) and RUNNABLE.match(path):
                yield File(change=change, path=path, text=text)


def _unpinned(case: Case) -> Iterator[Hit]:
    for change, new in case.wanted(FILES):
        if is_unknown(new.get("files")):
            yield Hit(change=change, message=f"files: {UNSEEN}", remedy="look at the commit that it makes", milder=True)
    for file in files(case):
        yield from _of_file(file)


UNSEEN = "cannot tell what it runs, since it is known only after the update"


def _of_file(file: File) -> Iterator[Hit]:
    if is_unknown(file.text) or file.text == SECRET:
        yield Hit(change=file.change, message=f"{file.path}: {UNSEEN}", remedy="look at the commit that it makes", milder=True)
        return
    parsed = _parsed(file.text)
    if parsed is None:
        message = f"{file.path}: cannot tell what it runs, since it is not YAML"
        yield Hit(change=file.change, message=message, remedy="correct it", milder=True)
        return
    for path, used in _used(parsed):
        if isinstance(used, str) and not _is_pinned(path, used):
            yield Hit(change=file.change, message=f"{file.path}: {path} = {used}: can be changed by others", remedy=REMEDY)


def _parsed(text: str) -> Mapping[str, Any] | None:
    import yaml

    try:
        parsed = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except (yaml.YAMLError, ValueError):
        return None
    return parsed if isinstance(parsed, Mapping) else None


def _used(parsed: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Actions, reusable workflows and images, each with its path."""
    for name, job in mapping(parsed.get("jobs")).items():
        yield f"jobs.{name}.uses", at(job, "uses")
        yield from _steps(f"jobs.{name}", at(job, "steps"))
        container = at(job, "container")
        yield f"jobs.{name}.container.image", container if isinstance(container, str) else at(container, "image")
        for service, held in mapping(at(job, "services")).items():
            yield f"jobs.{name}.services.{service}.image", at(held, "image")
    yield from _steps("runs", at(parsed, "runs", "steps"))
    yield "runs.image", at(parsed, "runs", "image")


def _steps(path: str, steps: Any) -> Iterator[tuple[str, Any]]:
    for index, step in enumerate(items(steps)):
        yield f"{path}.steps[{index}].uses", at(step, "uses")


def _is_pinned(path: str, used: str) -> bool:
    """Whether nobody outside the repository can change it. What an expression stands for is not known."""
    if not used or "${{" in used or used.startswith("./"):
        return True
    if path.endswith(".uses"):
        return bool(BY_DIGEST.search(used) if used.startswith("docker://") else COMMIT.match(used))
    if path == "runs.image" and not used.startswith("docker://"):
        return True  # a Dockerfile of the repository
    return bool(BY_DIGEST.search(used))


RULES = (
    Rule(
        name="pinned-actions",
        severity="deny",
        why="Whoever can move a tag of an action, or of an image, runs code with the workflow's token and secrets.",
        check=_unpinned,
        good=workflow(f"actions/checkout@{SHA} # v5.0.0"),
        bad=workflow("actions/checkout@v5"),
    ),
)
