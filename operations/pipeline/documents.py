"""What a workflow's file says of when it runs and of its jobs."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from components.workflows.triggers import matches
from infra.errors import UsageError

FOLDER = Path(".github") / "workflows"


@dataclass(frozen=True)
class Document:
    """A workflow's ``file`` (``ci.yml``) and what it holds."""

    file: str
    content: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.content["name"])

    def on_push(self, branch: str) -> bool:
        """Whether a push to ``branch`` starts it."""
        return self._fits("push", branch)

    def after(self, name: str, branch: str) -> bool:
        """Whether it follows a run of the workflow ``name`` for ``branch``."""
        return self._fits("workflow_run", branch) and name in self.content["on"]["workflow_run"]["workflows"]

    @property
    def by_hand(self) -> bool:
        return "workflow_dispatch" in self.content["on"]

    def needs(self, job: str) -> tuple[str, ...]:
        given = self.content["jobs"][job].get("needs") or ()
        return (given,) if isinstance(given, str) else tuple(given)

    def called(self, job: str) -> str:
        """The file of the workflow that the job calls, or an empty string."""
        return Path(str(self.content["jobs"][job].get("uses", ""))).name

    def guarded(self, inputs: Mapping[str, str]) -> Mapping[str, str]:
        """The environment of each job that names one, by the workflow's name and the job's id; an input may name it."""
        jobs = {id_: job.get("environment") for id_, job in self.content["jobs"].items()}
        names = {id_: str(one["name"] if isinstance(one, Mapping) else one) for id_, one in jobs.items() if one}
        given = {f"${{{{ inputs.{name} }}}}": value for name, value in inputs.items()}
        return {f"{self.name}/{id_}": given.get(name, name) for id_, name in names.items()}

    def checks(self, job: str) -> list[str]:
        """The job's names as GitHub shows them, one for each combination of its matrix."""
        one = self.content["jobs"][job]
        axes = (one.get("strategy") or {}).get("matrix") or {}
        return [titled(one.get("name", job), values) for values in itertools.product(*axes.values())]

    def _fits(self, trigger: str, branch: str) -> bool:
        on = self.content["on"]
        return trigger in on and any(matches(pattern, branch) for pattern in (on[trigger] or {}).get("branches", ("**",)))


def titled(name: str, values: tuple[Any, ...]) -> str:
    """A job's name with the values of its matrix, as GitHub writes it."""
    return f"{name} ({', '.join(map(str, values))})" if values else name


def read(root: Path) -> Mapping[str, Document]:
    """The workflows of a checkout by their file's name. Raises ``UsageError`` where there is none, or one cannot be read."""
    found = {path.name: Document(path.name, _content(path)) for path in sorted((root / FOLDER).glob("*.yml"))}
    if not found:
        raise UsageError(f"{root / FOLDER}: no workflow is there; render them, or take another folder")
    return found


def _content(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.load(path.read_text(), Loader=_Texts)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: not YAML ({' '.join(str(error).split())}); correct it") from error
    if not isinstance(content, Mapping) or not {"name", "on", "jobs"} <= set(content):
        raise UsageError(f"{path}: a workflow has name, on and jobs; add what is missing")
    return content


class _Texts(yaml.SafeLoader):
    """YAML 1.1 takes a plain ``on`` for true."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in resolvers if tag != "tag:yaml.org,2002:bool" or first not in "oO"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
