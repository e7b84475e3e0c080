"""The story's alerts on what the exporter serves, and those on the exporter itself.

An alert is its name and its labels, and these hold nothing that a new run changes: the run, its link and its figures are
annotations. So it fires once however many runs fail after another, and resolves with the first good one.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.monitoring import templates
from components.monitoring.rules import Group, Rule
from infra import metrics

JOB = "lockgate"
"""The name of the scrape job of the exporter."""

RUNBOOKS = "docs/monitoring.md"

_FAILURES = {
    "build": ("build_failure", "The build fails"),
    "test": ("test_failure", "Tests fail"),
    "scan": ("security_violation", "The security scan fails"),
    "deploy": ("deployment_failure", "The deployment fails"),
}
_WHERE = "{{ $labels.workflow }} of {{ $labels.repository }}"


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """From when on there is an alert. The defaults are the story's.

    Minutes are of the newest finished run on the default branch. ``coverage`` is in percent, ``vulnerabilities`` how many the
    scans may find. ``sonar_url`` is SonarQube's address, for links; ``runbooks`` the address of docs/monitoring.md.
    ``stale_minutes`` is how old the last collection from a source may be.
    """

    build_minutes: int = 15
    test_minutes: int = 20
    deployment_minutes: int = 10
    coverage: int = 80
    vulnerabilities: int = 0
    stale_minutes: int = 30
    sonar_url: str = ""
    runbooks: str = RUNBOOKS

    def __post_init__(self) -> None:
        minutes = {name: getattr(self, name) for name in ("build_minutes", "test_minutes", "deployment_minutes", "stale_minutes")}
        wrong = [f"{name} = {value}" for name, value in minutes.items() if value < 1]
        if wrong:
            raise ValueError(f"{', '.join(wrong)}: must be at least 1 minute")


def groups(args: AlertsArgs) -> tuple[Group, ...]:
    """Every rule there is."""
    story = (*_failures(args), *_slowness(args), *_gates(args))
    return Group(name="lockgate-pipeline", rules=story), Group(name="lockgate-exporter", rules=_exporter(args))


def _annotations(args: AlertsArgs, alert: str, summary: str, description: str, url: str) -> dict[str, str]:
    told = {"summary": summary, "description": description, "runbook": f"{args.runbooks}#{alert.lower()}"}
    return {**told, "url": url} if url else told


def _failures(args: AlertsArgs) -> tuple[Rule, ...]:
    def rule(stage: str) -> Rule:
        condition, words = _FAILURES[stage]
        value = templates.lasting(metrics.STAGE_SUCCESS, f'stage="{stage}"')
        text = f"The newest run on the default branch{templates.WHICH}{templates.TOOK}."
        return Rule(
            alert="PipelineFailure",
            expression=f"min by (repository, workflow, stage) ({value}) == 0",
            severity="high",
            labels={"condition": condition},
            annotations=_annotations(args, "PipelineFailure", f"{words}: {_WHERE}", text, templates.LINK),
        )

    return tuple(rule(stage) for stage in _FAILURES)


def _slowness(args: AlertsArgs) -> tuple[Rule, ...]:
    limits = {
        "build": ("build_time", "The build is slow", args.build_minutes),
        "test": ("test_time", "Tests are slow", args.test_minutes),
        "deploy": ("deployment_time", "The deployment is slow", args.deployment_minutes),
    }

    def rule(stage: str) -> Rule:
        condition, words, minutes = limits[stage]
        value = templates.lasting(metrics.STAGE_SECONDS, f'stage="{stage}"')
        took = "It took {{ $value | humanizeDuration }} in the newest run"
        text = f"{took}{templates.WHICH}; at most {minutes} minutes are meant."
        return Rule(
            alert="PerformanceDegradation",
            expression=f"max by (repository, workflow, stage) ({value}) > {minutes * 60}",
            severity="medium",
            labels={"condition": condition},
            annotations=_annotations(args, "PerformanceDegradation", f"{words}: {_WHERE}", text, templates.LINK),
        )

    return tuple(rule(stage) for stage in limits)


def _gates(args: AlertsArgs) -> tuple[Rule, ...]:
    analysis = f"{args.sonar_url}/dashboard?id={{{{ $labels.project | urlquery }}}}" if args.sonar_url else ""
    covered = "{{ printf `%.1f` $value }} % of the code is covered; at least " + str(args.coverage) + " % are meant."
    coverage = templates.lasting(metrics.GATE_MEASURE, 'measure="coverage"')

    def rule(condition: str, expression: str, summary: str, text: str, url: str) -> Rule:
        return Rule(
            alert="QualityGateFailure",
            expression=expression,
            severity="high",
            labels={"condition": condition},
            annotations=_annotations(args, "QualityGateFailure", summary, text, url),
        )

    return (
        rule(
            "coverage_below_threshold",
            f"min by (project) ({coverage}) < {args.coverage}",
            "Coverage is low: {{ $labels.project }}",
            covered,
            analysis,
        ),
        rule(
            "sonarqube_quality_gate_failure",
            f"min by (project) ({templates.lasting(metrics.GATE_PASSED)}) == 0",
            "SonarQube's quality gate fails: {{ $labels.project }}",
            f"The newest analysis did not pass{templates.measures()}.",
            analysis,
        ),
        rule(
            "security_vulnerabilities_found",
            f"sum by (repository) ({templates.lasting(metrics.FINDINGS, templates.COUNTED)}) > {args.vulnerabilities}",
            "The security scan finds something: {{ $labels.repository }}",
            templates.found(args.vulnerabilities),
            templates.newest(metrics.LAST_INFO, "repository"),
        ),
    )


def _exporter(args: AlertsArgs) -> tuple[Rule, ...]:
    def rule(alert: str, expression: str, hold: int, summary: str, text: str) -> Rule:
        annotations = _annotations(args, alert, summary, text, "")
        return Rule(alert=alert, expression=expression, severity="medium", hold=hold, annotations=annotations)

    age = f"time() - max by (source) ({templates.lasting(metrics.COLLECTED)})"
    errors = f"sum by (source, reason) (increase({metrics.COLLECTOR_ERRORS.name}[{args.stale_minutes}m]))"
    return (
        rule(
            "ExporterDown",
            f'max(up{{job="{JOB}"}}) == 0 or absent(up{{job="{JOB}"}})',
            300,
            "The metrics exporter does not answer",
            "No figures of the pipeline arrive: its alerts neither fire nor resolve.",
        ),
        rule(
            "CollectionStale",
            f"{age} > {args.stale_minutes * 60}",
            300,
            "Nothing new is collected from {{ $labels.source }}",
            "The last collection was {{ $value | humanizeDuration }} ago.",
        ),
        rule(
            "CollectionErrors",
            f"{errors} > 2",
            0,
            "Not all is collected from {{ $labels.source }}: {{ $labels.reason }}",
            f"{{{{ printf `%.0f` $value }}}} times in the last {args.stale_minutes} minutes.",
        ),
    )
