"""A spec's files as text. What a model says goes into plain data here, and into text by ``text.document``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from components.workflows import lintconfig
from components.workflows.jobs import AnyJob, Call, Concurrency, Environment, Job, Service
from components.workflows.permissions import Permissions
from components.workflows.steps import LOCAL, Run, Step, Use
from components.workflows.text import Data, Noted, document
from components.workflows.triggers import Dispatch, Input, PullRequest, Push, Schedule, Trigger, WorkflowCall, WorkflowRun
from components.workflows.values import Value
from components.workflows.workflow import Action, Workflow

if TYPE_CHECKING:
    from components.workflows.spec import PipelineSpec

HEAD = "Rendered by `lockgate workflows render`; change the PipelineSpec, not this file."
CANCELS: Mapping[str, Data] = {
    "never": False,
    "pull requests": "${{ github.event_name == 'pull_request' }}",
    "always": True,
}


def render_files(spec: PipelineSpec) -> Mapping[str, str]:
    """All files of ``.github/`` by their path from the repository's root, each with the line that says where it is from."""
    files: dict[str, Data] = {f".github/workflows/{one.file}.yml": workflow(one) for one in spec.workflows}
    files |= {f".github/actions/{one.name}/action.yml": action(one) for one in spec.actions}
    files |= {f".github/templates/{one.file}.yml": workflow(one) for one in spec.templates}
    texts = {path: document(data, HEAD) for path, data in files.items()}
    return {**texts, **lintconfig.files(spec, HEAD), **(spec.review.files(HEAD) if spec.review else {})}


def workflow(one: Workflow) -> Data:
    """A workflow's document."""
    return {
        "name": one.name,
        "on": _triggers(one.on),
        "permissions": {},
        "concurrency": _concurrency(one.concurrency),
        **({"env": _values(one.env)} if one.env else {}),
        "defaults": {"run": {"shell": "bash"}},
        "jobs": {job.id: _job(job) for job in one.all_jobs},
    }


def action(one: Action) -> Data:
    """A composite action's document."""
    inputs: dict[str, Data] = {
        name: _filled(description=given.description, required=given.default is None, default=given.default)
        for name, given in one.inputs.items()
    }
    outputs: dict[str, Data] = {name: {"description": about, "value": str(value)} for name, (about, value) in one.outputs.items()}
    steps = [_step(step, composite=True) for step in one.steps]
    return {
        "name": one.title,
        "description": one.description,
        **({"inputs": inputs} if inputs else {}),
        **({"outputs": outputs} if outputs else {}),
        "runs": {"using": "composite", "steps": steps},
    }


def _triggers(triggers: tuple[Trigger, ...]) -> Data:
    found: dict[str, Data] = {}
    crons: list[Data] = []
    for one in triggers:
        key, data = _trigger(one)
        crons += [data] if isinstance(one, Schedule) else []
        found[key] = crons if isinstance(one, Schedule) else data
    return found


def _trigger(one: Trigger) -> tuple[str, Data]:
    match one:
        case Push():
            return "push", _filled(branches=one.branches, tags=one.tags)
        case PullRequest():
            return "pull_request", _filled(branches=one.branches, types=one.types, paths=one.paths)
        case WorkflowRun():
            return "workflow_run", {"workflows": one.workflows, "types": ["completed"], "branches": one.branches}
        case Dispatch():
            return "workflow_dispatch", _filled(inputs={name: _input(given) for name, given in one.inputs.items()})
        case WorkflowCall():
            needed = dict.fromkeys(one.secrets, True) | dict.fromkeys(one.optional_secrets, False)
            secrets: Data = {name: {"required": required} for name, required in needed.items()}
            return "workflow_call", _filled(inputs={name: _input(given) for name, given in one.inputs.items()}, secrets=secrets)
        case Schedule():
            return "schedule", {"cron": one.cron}


def _input(one: Input) -> Data:
    return {
        "description": one.description,
        "required": one.required,
        **({"default": one.default} if one.default is not None else {}),
        "type": one.type,
        **({"options": one.options} if one.options else {}),
    }


def _concurrency(one: Concurrency) -> Data:
    return {"group": _value(one.group), "cancel-in-progress": CANCELS[one.cancels]}


def _permissions(one: Permissions) -> Data:
    return {scope: Noted(grant.access, grant.reason) for scope, grant in one.grants.items()}


def _job(job: AnyJob) -> Data:
    return {
        "name": job.name,
        **_filled(needs=job.needs),
        **({"if": str(job.when)} if job.when else {}),
        **({"strategy": {"fail-fast": False, "matrix": dict(job.matrix.axes)}} if job.matrix else {}),
        "permissions": _permissions(job.permissions),
        **({"concurrency": _concurrency(job.concurrency)} if job.concurrency else {}),
        **(_called(job) if isinstance(job, Call) else _run_here(job)),
    }


def _called(job: Call) -> dict[str, Data]:
    uses = f"./.github/workflows/{job.workflow}.yml"
    return {"uses": uses, **_filled(**{"with": _values(job.inputs)}, secrets=_values(job.secrets))}


def _run_here(job: Job) -> dict[str, Data]:
    return {
        "runs-on": job.runs_on,
        "timeout-minutes": job.timeout_minutes,
        **({"environment": _environment(job.environment)} if job.environment else {}),
        **_filled(env=_values(job.env), services={name: _service(one) for name, one in job.services.items()}),
        **_filled(outputs=_values(job.outputs)),
        "steps": [_step(step) for step in job.steps],
    }


def _environment(one: Environment) -> Data:
    return {"name": str(one.name), **({"url": _value(one.url)} if one.url else {})}


def _service(one: Service) -> Data:
    return {"image": one.image, **_filled(env=_values(one.env), ports=one.ports)}


def _step(step: Step, *, composite: bool = False) -> Data:
    about = {
        "name": step.name,
        **({"id": step.id} if step.id else {}),
        **({"if": str(step.when)} if step.when else {}),
    }
    if isinstance(step, Run):
        shell = {"shell": "bash"} if composite else {}
        script = f"{step.script}\n" if "\n" in step.script else step.script
        return {**about, **shell, **_filled(env=_values(step.env)), "run": script}
    return {**about, "uses": _uses(step), **_filled(**{"with": _values(step.inputs)}, env=_values(step.env))}


def _uses(step: Use) -> Data:
    return Noted(step.pin.reference, step.pin.version) if step.pin else f"{LOCAL}{step.local}"


def _values(values: Mapping[str, Value]) -> Data:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Value) -> str | int | bool:
    return value if isinstance(value, int) else str(value)


def _filled(**values: Data | None) -> dict[str, Data]:
    """Those that are not empty; False is not empty."""
    return {name: value for name, value in values.items() if value is not None and value not in ((), {}, [])}
