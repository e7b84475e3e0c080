"""The one source of a repository's workflows, required checks, environments and OIDC subjects."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from components.oidc_subject import subject
from components.workflows import checks
from components.workflows.faults import faults
from components.workflows.jobs import AnyJob, Environment, Job
from components.workflows.render import render_files
from components.workflows.review import Review
from components.workflows.values import refuse_marks
from components.workflows.workflow import Action, Workflow


@dataclass(frozen=True, kw_only=True)
class DeploymentEnvironment:
    """A GitHub environment ``name``, and the ``stack`` that jobs deploy to in it.

    ``strategy`` is how a release gets its traffic there, ``url`` where the service is then seen, if that is known beforehand.
    """

    name: str
    stack: str
    strategy: Literal["rolling", "blue-green"] = "blue-green"
    url: str = ""

    def __post_init__(self) -> None:
        for where, value in (("name", self.name), ("stack", self.stack)):
            if not re.fullmatch(r"[A-Za-z0-9._-]+", value):
                raise ValueError(f"environment.{where} = {value!r}: must be letters, digits and ._-; rename it")
        refuse_marks(self.url, f"environment {self.name}: url")


@dataclass(frozen=True, kw_only=True)
class PipelineSpec:
    """Workflows, composite actions, templates, environments and what is said about reviews, that fit together.

    Raises ValueError with all that does not: a check that is required and not published, one name for two checks, an
    environment, action or workflow that is used and not there, a deployment that could be cancelled.
    """

    workflows: tuple[Workflow, ...]
    actions: tuple[Action, ...] = ()
    templates: tuple[Workflow, ...] = ()
    environments: tuple[DeploymentEnvironment, ...] = ()
    review: Review | None = None
    default_branch: str = "main"
    _by_file: Mapping[str, Workflow] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_file", {workflow.file: workflow for workflow in self.workflows})
        found = faults(self)
        if found:
            raise ValueError("; ".join(found))

    def files(self) -> Mapping[str, str]:
        """The whole of ``.github/``: paths from the repository's root, and texts."""
        return render_files(self)

    def published_checks(self, branch: str | None = None) -> tuple[str, ...]:
        """The checks that every pull request into ``branch`` (by default the default branch) gets for each commit."""
        into = branch or self.default_branch
        return tuple(name for one in self.workflows for name in checks.published(one, self._by_file, into))

    def required_checks(self) -> tuple[str, ...]:
        """The checks without which nothing is merged into the default branch; always among the published ones."""
        return tuple(name for one in self.workflows for name in checks.required(one, self._by_file))

    def oidc_subjects(self, repository: str, ids: tuple[int, int] | None = None) -> Mapping[str, str]:
        """The subject of the OIDC tokens of each environment in which a job may get one, in GitHub's default format.

        ``repository`` is OWNER/NAME, ``ids`` the owner's and the repository's, where its subjects have them
        (``components.oidc_subject``). A job without an environment may get a token too, to sign what it built; its subject
        is not here, so that no cloud trusts it.
        """
        used = {name for job in self._jobs() if job.permissions.writes("id-token") for name in self._environments_of(job)}
        names = [one.name for one in self.environments if one.name in used]
        return {name: subject(repository, environment=name, ids=ids) for name in names}

    def extended(
        self,
        *,
        workflows: Sequence[Workflow] = (),
        jobs: Mapping[str, Sequence[AnyJob]] | None = None,
        actions: Sequence[Action] = (),
        environments: Sequence[DeploymentEnvironment] = (),
    ) -> PipelineSpec:
        """This spec and more: ``jobs`` are added to the workflows whose files have these names. Raises ValueError as at birth."""
        more = jobs or {}
        unknown = [file for file in more if file not in self._by_file]
        if unknown:
            raise ValueError(f"jobs for {unknown}: the spec's workflows are {sorted(self._by_file)}; name one of them")
        grown = tuple(replace(one, jobs=(*one.jobs, *more.get(one.file, ()))) for one in self.workflows)
        return replace(
            self,
            workflows=(*grown, *workflows),
            actions=(*self.actions, *actions),
            environments=(*self.environments, *environments),
        )

    def _jobs(self) -> list[AnyJob]:
        return [job for workflow in self.workflows for job in workflow.jobs]

    def _environments_of(self, job: AnyJob) -> tuple[str, ...]:
        """The environments that a job may run in: all, where an input names it."""
        environment: Environment | None = job.environment if isinstance(job, Job) else None
        if environment is None:
            return ()
        return (environment.name,) if isinstance(environment.name, str) else tuple(one.name for one in self.environments)
