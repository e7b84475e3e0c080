"""Steps and jobs that several workflows have."""

from __future__ import annotations

from collections.abc import Mapping

from components.workflows.jobs import Job
from components.workflows.permissions import CHECKOUT
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Step, Use, checkout, local
from components.workflows.values import ALWAYS, FAILURE, Expr, Text, Value, secret

GITHUB_TOKEN = Expr("github.token")
NOT_TOLD = Expr(f"({FAILURE.source}) && !contains(needs.*.outputs.notified, 'true')")
"""The condition of an alert where a job that failed may have told people itself, and better: it knows what is live."""
MAIL_VARIABLES = ("EMAIL_FROM", "EMAIL_TO", "SMTP_URL", "SMTP_USER")
RUN_URL = Text.of(Expr("github.server_url"), "/", Expr("github.repository"), "/actions/runs/", Expr("github.run_id"))


def prepared(options: PipelineOptions, *, ref: Value = "", cached: bool = True, whole_history: bool = False) -> tuple[Step, ...]:
    """The source and what is needed to work on it. A job that publishes or deploys takes nothing from a cache."""
    use = cached and options.build_cache_enabled
    return (
        checkout(ref=ref, whole_history=whole_history),
        local("setup-environment", "Set up the environment", cache="true" if use else "false"),
    )


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


def download(options: PipelineOptions, *, run: Expr | None = None) -> Use:
    """Fetches what was built: in this run, or in ``run``."""
    other: Mapping[str, Value] = {"run-id": run, "github-token": GITHUB_TOKEN} if run else {}
    return Use(
        name="Fetch what was built",
        action="actions/download-artifact",
        inputs={"name": "build", "path": options.artifact_folder, **other},
    )


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


def alert(options: PipelineOptions, of: str, jobs: tuple[Job, ...], *, when: Expr = FAILURE) -> tuple[Job, ...]:
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
            steps=(checkout(), Run(name="Tell who is on duty", script=options.commands.notify, env=env)),
        ),
    )


def flag(value: bool) -> str:
    """A switch as environment variables and action inputs have it."""
    return "true" if value else "false"
