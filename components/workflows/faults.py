"""What does not fit together in a spec: sentences, all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from components.workflows import checks
from components.workflows.jobs import Call, Job
from components.workflows.steps import Step, Use
from components.workflows.triggers import WorkflowCall, WorkflowRun
from components.workflows.workflow import Workflow

if TYPE_CHECKING:
    from components.workflows.spec import PipelineSpec


def faults(spec: PipelineSpec) -> list[str]:
    """Names that are there twice or not at all; where there are none of these, what follows from the names."""
    by_file = {workflow.file: workflow for workflow in spec.workflows}
    found = [*_twice(spec), *_missing(spec), *_calls(by_file), *_never_required(spec)]
    return found or [*_check_names(by_file), *_cancelled_calls(by_file)]


def _twice(spec: PipelineSpec) -> Iterator[str]:
    yield from _repeated("workflows: file", (one.file for one in spec.workflows))
    yield from _repeated("workflows: name", (one.name for one in spec.workflows))
    yield from _repeated("actions: name", (one.name for one in spec.actions))
    yield from _repeated("templates: file", (one.file for one in spec.templates))
    yield from _repeated("environments: name", (one.name for one in spec.environments))
    yield from _repeated("environments: stack", (one.stack for one in spec.environments))


def _repeated(where: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{where} = {value!r} is there {count} times; give each its own"


def _missing(spec: PipelineSpec) -> Iterator[str]:
    environments = [one.name for one in spec.environments]
    actions = [one.name for one in spec.actions]
    for workflow in (*spec.workflows, *spec.templates):
        yield from _of_triggers(workflow, [one.name for one in spec.workflows])
        for job in workflow.jobs:
            if isinstance(job, Job):
                yield from _of_job(f"{workflow.file}.{job.id}", job, environments, actions)
    for action in spec.actions:
        yield from _of_steps(f"action {action.name}", action.steps, actions)


def _of_triggers(workflow: Workflow, names: list[str]) -> Iterator[str]:
    for trigger in workflow.on:
        for name in trigger.workflows if isinstance(trigger, WorkflowRun) else ():
            if name not in names:
                yield f"{workflow.file}: workflow_run of {name!r}: the workflows are {names}; correct the name"


def _of_job(where: str, job: Job, environments: list[str], actions: list[str]) -> Iterator[str]:
    if job.environment and isinstance(job.environment.name, str) and job.environment.name not in environments:
        yield (
            f"{where}: environment = {job.environment.name!r}: the spec's environments are {environments}, and GitHub would make "
            f"an unprotected one; add it to them, or correct the name"
        )
    yield from _of_steps(where, job.steps, actions)


def _of_steps(where: str, steps: Iterable[Step], actions: list[str]) -> Iterator[str]:
    for step in steps:
        if isinstance(step, Use) and step.local and step.local not in actions:
            yield f"{where}: uses the action {step.local!r}: the spec's actions are {actions}; add it, or correct the name"


def _calls(by_file: Mapping[str, Workflow]) -> Iterator[str]:
    for workflow in by_file.values():
        for job in workflow.jobs:
            if not isinstance(job, Call):
                continue
            called = by_file.get(job.workflow)
            where = f"{workflow.file}.{job.id}: calls {job.workflow!r}"
            if called is None:
                yield f"{where}: the spec's workflows are {sorted(by_file)}; correct the name"
            elif not called.callable:
                yield f"{where}: whose triggers are {[type(one).__name__ for one in called.on]}; add a WorkflowCall to them"
            elif _comes_back(called, workflow.file, by_file):
                yield f"{where}: which calls {workflow.file!r} in turn; take one of the calls away"


def _comes_back(called: Workflow, start: str, by_file: Mapping[str, Workflow]) -> bool:
    seen: set[str] = set()
    ahead = [called.file]
    while ahead:
        file = ahead.pop()
        if file in seen or file not in by_file:
            continue
        seen.add(file)
        ahead += [job.workflow for job in by_file[file].jobs if isinstance(job, Call)]
    return start in seen


def _never_required(spec: PipelineSpec) -> Iterator[str]:
    branch = spec.default_branch
    for workflow in spec.workflows:
        trigger = workflow.pull_request
        required = [job.id for job in workflow.jobs if job.required]
        if trigger and required and not trigger.covers(branch):
            yield (
                f"{workflow.file}: jobs {required} are required, but it runs for pull requests into {trigger.branches}, not "
                f"{branch!r}; add {branch!r}, or say required = False"
            )


def _check_names(by_file: Mapping[str, Workflow]) -> Iterator[str]:
    """One name is one check, whatever started it: a commit's checks are one list, and the newest of a name counts."""
    shown = (
        name
        for workflow in by_file.values()
        if any(not isinstance(one, WorkflowCall) for one in workflow.on)
        for job in workflow.all_jobs
        for name in checks.names(job, by_file, conditional=True)
    )
    yield from _repeated("checks: name", shown)


def _cancelled_calls(by_file: Mapping[str, Workflow]) -> Iterator[str]:
    for workflow in by_file.values():
        for job in workflow.jobs:
            if not isinstance(job, Call) or not _deploys(by_file[job.workflow], by_file):
                continue
            for where, one in ((workflow.file, workflow.concurrency), (f"{workflow.file}.{job.id}", job.concurrency)):
                if one and one.cancels != "never":
                    yield (
                        f"{where}: concurrency.cancels = {one.cancels!r}, and the called workflow {job.workflow} deploys: a "
                        f"deployment must not be cancelled halfway; leave it at 'never'"
                    )


def _deploys(workflow: Workflow, by_file: Mapping[str, Workflow]) -> bool:
    called = [by_file[job.workflow] for job in workflow.jobs if isinstance(job, Call)]
    return workflow.deploys or any(_deploys(one, by_file) for one in called)
