"""Drift: looks every day whether the stacks still are what the program says."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job, Matrix
from components.workflows.permissions import CHECKOUT
from components.workflows.standard.common import LOOK, access, alert, prepared, registry
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import Dispatch, Schedule
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Drift"


def drift(options: PipelineOptions) -> Workflow:
    """It changes nothing. In no environment, since nobody is to approve a look."""
    jobs = (_drift(options),)
    return Workflow(
        file="drift",
        name=NAME,
        on=(Schedule(cron="30 4 * * *"), Dispatch()),
        concurrency=Concurrency(group="drift-" + Expr("github.ref")),
        jobs=(*jobs, *alert(options, NAME, jobs)),
    )


def _drift(options: PipelineOptions) -> Job:
    compare = Run(
        name="Compare the stack with what is live",
        script=f'{options.commands.lockgate} drift -s "$STACK"',
        env={**access(options), **registry(options), "STACK": Expr("matrix.stack")},
    )
    return Job(
        id="drift",
        name="Drift",
        permissions=CHECKOUT | LOOK,
        matrix=Matrix({"stack": tuple(one.stack for one in options.environments)}),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(*prepared(options), compare),
    )
