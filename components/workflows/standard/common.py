"""Steps and jobs that several workflows have."""

from __future__ import annotations

from collections.abc import Mapping

from components.workflows.jobs import AnyJob, Job
from components.workflows.permissions import CHECKOUT, reads
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import CHECKOUT as CHECKOUT_ACTION
from components.workflows.steps import Run, Step, Use, checkout, local
from components.workflows.values import ALWAYS, FAILURE, Expr, Text, Value, secret
from infra import run_summary

GITHUB_TOKEN = Expr("github.token")
LOOK = reads("packages", "look whether images are there")
ROOMS = ("charts", "components", "infra", "lab", "operations", "policy", "scripts", "stacks", "toolchain")
"""What a job needs of the platform's repository, besides the files in its root."""
NOT_TOLD = Expr(f"({FAILURE.source}) && !contains(needs.*.outputs.notified, 'true')")
"""The condition of an alert where a job that failed may have told people itself, and better: it knows what is live."""
PLATFORM_TOKEN = "PLATFORM_TOKEN"  # noqa: S105
"""The secret that reads the platform's repository, where the job's own token cannot."""
MAIL_VARIABLES = ("EMAIL_FROM", "EMAIL_TO", "SMTP_URL", "SMTP_USER")
RUN_URL = Text.of(Expr("github.server_url"), "/", Expr("github.repository"), "/actions/runs/", Expr("github.run_id"))


def prepared(options: PipelineOptions, *, ref: Value = "", cached: bool = True, whole_history: bool = False) -> tuple[Step, ...]:
    """The source and what is needed to work on it. A job that publishes or deploys takes nothing from a cache."""
    use = cached and options.build_cache_enabled
    return (
        *source(options, ref=ref, whole_history=whole_history),
        local("setup-environment", "Set up the environment", cache="true" if use else "false"),
    )


def source(options: PipelineOptions, *, ref: Value = "", whole_history: bool = False) -> tuple[Step, ...]:
    """The source, and Lockgate beside it where another repository holds that."""
    mine = checkout(ref=ref, whole_history=whole_history)
    if options.platform is None:
        return (mine,)
    inputs: dict[str, Value] = {
        "repository": options.platform.repository,
        **({"ref": options.platform.ref} if options.platform.ref else {}),
        "path": options.platform.FOLDER,
        "sparse-checkout": "\n".join(ROOMS),
        "token": Expr(f"secrets.{PLATFORM_TOKEN} || github.token"),
        "persist-credentials": False,
    }
    return (mine, Use(name="Check out Lockgate", action=CHECKOUT_ACTION, inputs=inputs))


def upload(name: str | Text, path: str, days: Value, *, needed: bool = False) -> Use:
    """Keeps ``path`` as an artifact; one that is ``needed`` must be there, another is kept whatever happened before.

    It takes the place of the one that an earlier attempt of the same run left.
    """
    return Use(
        name="Keep the result" if needed else "Keep the reports",
        action="actions/upload-artifact",
        when=None if needed else ALWAYS,
        inputs={
            "name": name,
            "path": path,
            "if-no-files-found": "error" if needed else "ignore",
            "retention-days": days,
            "overwrite": True,
        },
    )


def summary(kind: str, file: str, days: Value) -> Use:
    """Keeps what the exporter reads of this attempt, where there is one; ``kind`` is of ``infra.run_summary``."""
    return Use(
        name="Keep the figures",
        action="actions/upload-artifact",
        when=ALWAYS,
        inputs={
            "name": Text.of(run_summary.artifact(kind, ""), Expr("github.run_attempt")),
            "path": file,
            "if-no-files-found": "ignore",
            "retention-days": days,
        },
    )


def download(options: PipelineOptions, *, run: Expr | None = None, when: Expr | None = None) -> Use:
    """Fetches what was built: in this run, or in ``run``."""
    return fetch("Fetch what was built", "build", options.artifact_folder, run=run, when=when)


def fetch(title: str, name: str, path: str, *, run: Expr | None = None, when: Expr | None = None) -> Use:
    """Fetches the artifact ``name`` of this run, or of ``run``, into ``path``."""
    other: Mapping[str, Value] = {"run-id": run, "github-token": GITHUB_TOKEN} if run else {}
    return Use(name=title, action="actions/download-artifact", when=when, inputs={"name": name, "path": path, **other})


def registry(options: PipelineOptions) -> Mapping[str, Value]:
    """Where images are, and who may read or push them: the job's own token, by its permission for packages."""
    return {
        "GH_REGISTRY_PASSWORD": GITHUB_TOKEN,
        "GH_REGISTRY_URL": options.registry_url,
        "GH_REGISTRY_USERNAME": Expr("github.actor"),
    }


def access(options: PipelineOptions) -> Mapping[str, Value]:
    """The secrets and variables by which a stack's state and cluster are reached."""
    return {name: secret(name) for name in options.secrets} | {name: Expr(f"vars.{name}") for name in options.variables}


def alert(options: PipelineOptions, of: str, jobs: tuple[AnyJob, ...], *, when: Expr = FAILURE) -> tuple[Job, ...]:
    """Tells people that the workflow called ``of`` failed, where pipelines are monitored."""
    if not options.pipeline_monitoring_enabled:
        return ()
    env: dict[str, Value] = {
        "EMAIL_NOTIFICATIONS_ENABLED": flag(options.email_notifications_enabled),
        "METRICS_EXPORT_ENABLED": flag(options.metrics_export_enabled),
        "RUN_URL": RUN_URL,
        "SLACK_WEBHOOK_URL": secret("SLACK_WEBHOOK_URL"),
        "SUBJECT": f"{of} failed",
    }
    if options.email_notifications_enabled:
        env |= {name: Expr(f"vars.{name}") for name in MAIL_VARIABLES} | {"SMTP_PASSWORD": secret("SMTP_PASSWORD")}
    return (
        Job(
            id="alert",
            name=f"Alert of {of}",
            permissions=CHECKOUT,
            needs=tuple(job.id for job in jobs),
            when=when,
            runs_on=options.runner_label,
            timeout_minutes=10,
            steps=(*source(options), Run(name="Tell who is on duty", script=options.commands.notify, env=env)),
        ),
    )


def flag(value: bool) -> str:
    """A switch as environment variables and action inputs have it."""
    return "true" if value else "false"
