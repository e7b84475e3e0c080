"""Continuous Deployment: takes what was tested through the environments, one after the other."""

from __future__ import annotations

from components.workflows.jobs import DEPLOY, Concurrency, Environment, Job
from components.workflows.permissions import CHECKOUT, Permissions, reads, writes
from components.workflows.spec import DeploymentEnvironment
from components.workflows.standard import ci
from components.workflows.standard.common import NOT_TOLD, access, alert, download, fetch, prepared, registry
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import LOCAL, Run, Use
from components.workflows.triggers import OF_A_PUSH_HERE, WorkflowRun
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Continuous Deployment"
REVISION = Expr("github.event.workflow_run.head_sha")
RUN = Expr("github.event.workflow_run.id")
TESTED = Expr(f"github.event.workflow_run.conclusion == 'success' && {OF_A_PUSH_HERE}")

BESIDE_MINUTES = 15
"""What a job needs besides a deployment, to set up and to tell people."""

OIDC = writes("id-token", "log in to the cloud by OIDC")


def cd(options: PipelineOptions) -> Workflow:
    """Every job needs the first, which goes on only for a tested push of this repository."""
    jobs = [_publish(options)]
    for environment in options.environments:
        before = dict.fromkeys((jobs[0].id, jobs[-1].id))
        jobs.append(_deploy(options, environment, tuple(before)))
    return Workflow(
        file="cd",
        name=NAME,
        on=(WorkflowRun(workflows=(ci.NAME,), branches=(options.default_branch,)),),
        concurrency=Concurrency(group="cd-" + REVISION),
        jobs=(*jobs, *alert(options, NAME, tuple(jobs), when=Expr(f"{OF_A_PUSH_HERE} && {NOT_TOLD.source}"))),
    )


def _publish(options: PipelineOptions) -> Job:
    env = {**registry(options), "REVISION": REVISION}
    attest = Use(
        name="Sign where it is from",
        action="actions/attest",
        inputs={"subject-name": Expr("steps.publish.outputs.name"), "subject-digest": Expr("steps.publish.outputs.digest")},
    )
    return Job(
        id="publish",
        name="Publish",
        permissions=_publishing(options),
        when=TESTED,
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        outputs={"image": Expr("steps.publish.outputs.image")},
        steps=(
            *prepared(options, ref=REVISION, cached=False),
            download(options, run=RUN),
            *_findings(options),
            Run(name="Publish what was tested", id="publish", script=options.commands.publish, env=env),
            *((attest,) if options.provenance_enabled else ()),
        ),
    )


def _findings(options: PipelineOptions) -> tuple[Use, ...]:
    """What the scan of the same run found in the image; it is attached to it."""
    if not options.scans:
        return ()
    return (fetch("Fetch the findings", "security-reports", f"{options.report_folder}/security", run=RUN),)


def _publishing(options: PipelineOptions) -> Permissions:
    needed = CHECKOUT | reads("actions", "fetch what the tested run built") | writes("packages", "push the image")
    needed |= writes("id-token", "get a certificate to sign with")
    return needed | writes("attestations", "keep the signature") if options.provenance_enabled else needed


def _deploy(options: PipelineOptions, environment: DeploymentEnvironment, needs: tuple[str, ...]) -> Job:
    step = Use(
        name=f"Deploy to {environment.name}",
        id=DEPLOY,
        action=f"{LOCAL}{DEPLOY}",
        inputs={
            "environment": environment.name,
            "stack": environment.stack,
            "strategy": environment.strategy,
            "image": Expr("needs.publish.outputs.image"),
            "revision": REVISION,
        },
        env={**access(options), **registry(options)},
    )
    return Job(
        id=f"deploy-{environment.name.replace('.', '-')}",
        name=f"Deploy to {environment.name}",
        permissions=_deploying(options),
        needs=needs,
        concurrency=Concurrency(group=f"deploy-{environment.name}"),
        runs_on=options.runner_label,
        timeout_minutes=job_minutes(options),
        outputs={"notified": Expr(f"steps.{DEPLOY}.outputs.notified")},
        environment=Environment(name=environment.name, url=environment.url or Expr(f"steps.{DEPLOY}.outputs.url")),
        steps=(*prepared(options, ref=REVISION, cached=False), step),
    )


def _deploying(options: PipelineOptions) -> Permissions:
    needed = CHECKOUT | OIDC | reads("packages", "look at the image")
    return needed | reads("attestations", "verify where the image is from") if options.provenance_enabled else needed


def job_minutes(options: PipelineOptions) -> int:
    """Enough for a deployment that is tested, taken back, and tested again: each ends by itself, and none is cut off halfway."""
    return 2 * (options.deployment_timeout_minutes + -(-options.health_check_timeout_seconds // 60)) + BESIDE_MINUTES
