"""The composite actions: what jobs of several workflows do alike."""

from __future__ import annotations

from components.workflows.jobs import DEPLOY
from components.workflows.standard.common import flag, upload
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Step, Use
from components.workflows.values import Expr, Text, Value
from components.workflows.workflow import Action, ActionInput

CACHED = ("~/.cache/lockgate", "~/.cache/pip", "~/.cache/ms-playwright", "~/.npm")
LOCKS = "hashFiles('**/*.lock', '**/requirements*.txt', '**/package-lock.json', '**/go.sum')"
TOLD = Expr("steps.back.outputs.notified || (steps.deploy.outcome == 'failure' && steps.deploy.outputs.notified)")


def actions(options: PipelineOptions) -> tuple[Action, ...]:
    """Each gets its inputs as environment variables of the same words."""
    return (_setup_environment(options), _run_tests(options), _security_scan(options), _deploy(options))


def _setup_environment(options: PipelineOptions) -> Action:
    return Action(
        name="setup-environment",
        title="Set up the environment",
        description="Prepares a runner: languages, caches, tools",
        inputs={
            "python-version": ActionInput(description="Version of Python", default=options.python_version),
            "node-version": ActionInput(description="Version of Node; nothing for none", default=options.node_version),
            "cache": ActionInput(description="Whether downloads are kept between runs: true or false", default="true"),
        },
        steps=(*_languages(), Run(name="Set up the tools", script=options.commands.set_up)),
    )


def _languages() -> tuple[Step, ...]:
    python, node = Expr("inputs.python-version"), Expr("inputs.node-version")
    system = Text.of("lockgate-", Expr("runner.os"), "-", Expr("runner.arch"), "-", python, "-")
    job = system + Expr("github.job") + "-"
    return (
        Use(name="Set up Python", action="actions/setup-python", inputs={"python-version": python}),
        Use(
            name="Set up Node",
            action="actions/setup-node",
            when=Expr("inputs.node-version != ''"),
            inputs={"node-version": node, "package-manager-cache": False},
        ),
        Use(
            name="Keep what was downloaded",
            action="actions/cache",
            when=Expr("inputs.cache == 'true'"),
            inputs={"path": "\n".join(CACHED), "key": job + Expr(LOCKS), "restore-keys": Text.of(job, "\n", system)},
        ),
    )


def _run_tests(options: PipelineOptions) -> Action:
    kind, variant = Expr("inputs.kind"), Expr("inputs.variant")
    env: dict[str, Value] = {
        "TEST_COVERAGE_THRESHOLD": Expr("inputs.coverage-threshold"),
        "TEST_KIND": kind,
        "TEST_PARALLEL_EXECUTION": flag(options.test_parallel_execution),
        "TEST_TIMEOUT_MINUTES": Expr("inputs.timeout-minutes"),
        "TEST_VARIANT": variant,
    }
    threshold = str(options.test_coverage_threshold)
    reports = Text.of("test-reports-", kind, Expr("inputs.variant && format('-{0}', inputs.variant)"))
    return Action(
        name="run-tests",
        title="Run tests",
        description="Runs one kind of tests and keeps their reports",
        inputs={
            "kind": ActionInput(description="Kind of tests, such as unit, integration, e2e or performance"),
            "variant": ActionInput(description="Browser or load scenario, where the kind has several", default=""),
            "timeout-minutes": ActionInput(description="Minutes after which the tests are stopped"),
            "coverage-threshold": ActionInput(description="Percent of the code that must be covered", default=threshold),
        },
        steps=(
            Run(name="Run the tests", script=options.commands.test, env=env),
            upload(reports, options.report_folder, options.artifact_retention_days),
        ),
    )


def _security_scan(options: PipelineOptions) -> Action:
    env: dict[str, Value] = {
        "CONTAINER_SCAN_ENABLED": Expr("inputs.container"),
        "DEPENDENCY_SCAN_ENABLED": Expr("inputs.dependencies"),
        "SECRETS_SCAN_ENABLED": Expr("inputs.secrets"),
        "SECURITY_POLICY_ENFORCEMENT": flag(options.security_policy_enforcement),
    }
    on = "Whether to scan {}: true or false"
    return Action(
        name="security-scan",
        title="Security scan",
        description="Scans dependencies, images and the source for vulnerabilities and secrets, and keeps the reports",
        inputs={
            "dependencies": ActionInput(description=on.format("dependencies"), default=flag(options.dependency_scan_enabled)),
            "container": ActionInput(description=on.format("images"), default=flag(options.container_scan_enabled)),
            "secrets": ActionInput(description=on.format("for secrets"), default=flag(options.secrets_scan_enabled)),
        },
        steps=(
            Run(name="Scan", script=options.commands.scan, env=env),
            upload("security-reports", f"{options.report_folder}/security", options.artifact_retention_days),
        ),
    )


def _deploy(options: PipelineOptions) -> Action:
    return Action(
        name=DEPLOY,
        title="Deploy",
        description="Makes a release live in an environment, proves it there, and goes back when it fails",
        inputs={
            "environment": ActionInput(description="GitHub environment to deploy to"),
            "stack": ActionInput(description="Pulumi stack of the environment"),
            "strategy": ActionInput(description="How the release gets its traffic: rolling or blue-green"),
            "image": ActionInput(description="Image to deploy, by digest"),
            "revision": ActionInput(description="Commit that the image was built from"),
        },
        outputs={
            "notified": ("Whether people have been told of the failure: true or nothing", TOLD),
            "url": ("Where the service is to be seen", Expr("steps.deploy.outputs.url")),
        },
        steps=_deployment(options),
    )


def _deployment(options: PipelineOptions) -> tuple[Step, ...]:
    env: dict[str, Value] = {
        "DEPLOYMENT_STRATEGY": Expr("inputs.strategy"),
        "DEPLOYMENT_TIMEOUT_MINUTES": options.deployment_timeout_minutes,
        "ENVIRONMENT": Expr("inputs.environment"),
        "HEALTH_CHECK_TIMEOUT": options.health_check_timeout_seconds,
        "IMAGE": Expr("inputs.image"),
        "REVISION": Expr("inputs.revision"),
        "ROLLBACK_ENABLED": flag(options.rollback_enabled),
        "STACK": Expr("inputs.stack"),
    }
    deploy = Run(name="Deploy", id="deploy", script=options.commands.deploy, env=env)
    smoke = Run(name="Test what is live", id="smoke", script=options.commands.smoke_test, env=env)
    back = Run(
        name="Go back",
        id="back",
        when=Expr("failure() && steps.smoke.outcome == 'failure'"),
        script=options.commands.rollback,
        env={**env, "REASON": "the smoke test after the deployment failed"},
    )
    if not options.smoke_test_enabled:
        return (deploy,)
    return (deploy, smoke, back) if options.rollback_enabled else (deploy, smoke)
