"""Rollback: somebody takes an environment back to an earlier release, and says why."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Environment, Job
from components.workflows.permissions import CHECKOUT, reads
from components.workflows.standard.cd import OIDC, job_minutes
from components.workflows.standard.common import NOT_TOLD, access, alert, prepared, registry
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run
from components.workflows.triggers import Dispatch, Input
from components.workflows.values import Expr, Value, literal
from components.workflows.workflow import Workflow

NAME = "Rollback"
ENVIRONMENT = Expr("inputs.environment")
CHECK = r"""
if ! [[ "$RELEASE" =~ ^[A-Za-z0-9._-]{0,63}$ ]]; then
  printf 'error: release = %q: must be the id of a release in the ledger, or nothing for the one before\n' "$RELEASE" >&2
  exit 1
fi
if ! [[ "$REASON" =~ [^[:space:]] ]]; then
  echo 'error: reason is empty: the ledger keeps why a release was taken back; say it' >&2
  exit 1
fi
"""
ASKED = {"RELEASE": Expr("inputs.release"), "REASON": Expr("inputs.reason")}


def rollback(options: PipelineOptions) -> Workflow:
    """In no group with deployments: one that waits for its approval would hold it back, and a newer one would push it out.

    Where a deployment is under way, the stack's own lock refuses it, and it says so.
    """
    names = tuple(one.name for one in options.environments)
    inputs = {
        "environment": Input(description="Environment to take back", type="choice", required=True, options=names),
        "release": Input(description="Id of the ledger's release to return to; nothing for the one before", default=""),
        "reason": Input(description="Why; goes into the ledger", required=True),
    }
    jobs = (_rollback(options),)
    return Workflow(
        file="rollback",
        name=NAME,
        on=(Dispatch(inputs=inputs),),
        concurrency=Concurrency(group="rollback-" + ENVIRONMENT),
        jobs=(*jobs, *alert(options, NAME, jobs, when=NOT_TOLD)),
    )


def _rollback(options: PipelineOptions) -> Job:
    pairs = [f"inputs.environment == {literal(one.name)} && {literal(one.stack)}" for one in options.environments]
    env: dict[str, Value] = {
        **access(options),
        **registry(options),
        **ASKED,
        "ENVIRONMENT": ENVIRONMENT,
        "HEALTH_CHECK_TIMEOUT": options.health_check_timeout_seconds,
        "STACK": Expr(" || ".join((*pairs, "''"))),
    }
    return Job(
        id="rollback",
        name="Roll back",
        permissions=CHECKOUT | OIDC | reads("packages", "look whether the image is still there"),
        runs_on=options.runner_label,
        timeout_minutes=job_minutes(options),
        outputs={"notified": Expr("steps.rollback.outputs.notified")},
        environment=Environment(name=ENVIRONMENT),
        steps=(
            Run(name="Check what is asked for", script=CHECK, env=ASKED),
            *prepared(options, cached=False),
            Run(name="Roll back", id="rollback", script=options.commands.rollback, env=env),
        ),
    )
