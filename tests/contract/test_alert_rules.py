"""Every rule on the real promtool: it fires when it should, with these words, does not when it should not, and resolves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from promtool import Moment, Told, asked, proved

from components.monitoring.alerts import AlertsArgs, groups
from components.monitoring.rules import rules_file

RUN = 'repository="example/podinfo",workflow="ci"'
URL = "https://github.com/example/podinfo/actions/runs/7"
SONAR = "https://sonar.example.com"
ARGS = AlertsArgs(sonar_url=SONAR)
RULES = rules_file(groups(ARGS))
INFO = f'lockgate_workflow_last_run_info{{{RUN},conclusion="failure",commit="3f2a9c1",url="{URL}"}}'
TIME = f"lockgate_workflow_last_run_timestamp_seconds{{{RUN}}}"
PROJECT = 'project="podinfo"'
STAGE = {"repository": "example/podinfo", "workflow": "ci"}
UP = 'up{job="lockgate",instance="a"}'


def stage(name: str, metric: str) -> str:
    return f'lockgate_stage_last_{metric}{{{RUN},stage="{name}"}}'


@dataclass(frozen=True, kw_only=True)
class Case:
    """A rule: the series that makes it fire, with a value that just does and one that just does not; and what is told then."""

    alert: str
    condition: str
    series: str
    bad: float
    good: float
    labels: dict[str, str]
    severity: str
    summary: str
    description: str
    url: str = URL
    beside: dict[str, str] = field(default_factory=dict)

    def told(self) -> Told:
        annotations = {
            "summary": self.summary,
            "description": self.description,
            "runbook": f"docs/monitoring.md#{self.alert.lower()}",
        }
        url = {"url": self.url} if self.url else {}
        condition = {"condition": self.condition} if self.condition else {}
        return Told(labels={"severity": self.severity, **condition, **self.labels}, annotations={**annotations, **url})


def failure(name: str, condition: str, words: str) -> Case:
    return Case(
        alert="PipelineFailure", condition=condition, series=stage(name, "success"), bad=0, good=1, severity="high",
        labels={**STAGE, "stage": name}, summary=f"{words}: ci of example/podinfo",
        description="The newest run on the default branch at 3f2a9c1: failure; the stage took 2m 5s.",
        beside={stage(name, "duration_seconds"): "125x60"},
    )  # fmt: skip


def slow(name: str, condition: str, words: str, minutes: int) -> Case:
    return Case(
        alert="PerformanceDegradation", condition=condition, series=stage(name, "duration_seconds"),
        bad=minutes * 60 + 1, good=minutes * 60, severity="medium", labels={**STAGE, "stage": name},
        summary=f"{words}: ci of example/podinfo",
        description=f"It took {minutes}m 1s in the newest run at 3f2a9c1: failure; at most {minutes} minutes are meant.",
    )  # fmt: skip


CASES = (
    failure("build", "build_failure", "The build fails"),
    failure("test", "test_failure", "Tests fail"),
    failure("scan", "security_violation", "The security scan fails"),
    failure("deploy", "deployment_failure", "The deployment fails"),
    slow("build", "build_time", "The build is slow", 15),
    slow("test", "test_time", "Tests are slow", 20),
    slow("deploy", "deployment_time", "The deployment is slow", 10),
    Case(
        alert="QualityGateFailure", condition="coverage_below_threshold", severity="high",
        series=f'lockgate_quality_measure{{{PROJECT},measure="coverage"}}', bad=79.9, good=80,
        labels={"project": "podinfo"}, summary="Coverage is low: podinfo",
        description="79.9 % of the code is covered; at least 80 % are meant.", url=f"{SONAR}/dashboard?id=podinfo",
    ),
    Case(
        alert="QualityGateFailure", condition="sonarqube_quality_gate_failure", severity="high",
        series=f"lockgate_quality_gate_passed{{{PROJECT}}}", bad=0, good=1,
        labels={"project": "podinfo"}, summary="SonarQube's quality gate fails: podinfo",
        description="The newest analysis did not pass; bugs: 2.", url=f"{SONAR}/dashboard?id=podinfo",
        beside={f'lockgate_quality_measure{{{PROJECT},measure="bugs"}}': "2x60"},
    ),
    Case(
        alert="QualityGateFailure", condition="security_vulnerabilities_found", severity="high",
        series='lockgate_findings{repository="example/podinfo",scanner="trivy",severity="high"}', bad=3, good=0,
        labels={"repository": "example/podinfo"}, summary="The security scan finds something: example/podinfo",
        description="3 findings of medium severity or more in the newest scan; at most 0 are meant; high: 3.",
        beside={'lockgate_findings{repository="example/podinfo",scanner="trivy",severity="low"}': "7x60"},
    ),
)  # fmt: skip


def run(tmp_path: Path, case: Case, samples: str, *moments: tuple[int, bool]) -> None:
    series = {INFO: "1x60", TIME: "1700000000x60", UP: "1x60", **case.beside, case.series: samples}
    wanted = [Moment(minute=minute, alert=case.alert, told=[case.told()] if fires else []) for minute, fires in moments]
    proved(tmp_path, RULES, series, wanted)


def by_condition(case: Case) -> str:
    return case.condition


@pytest.mark.parametrize("case", CASES, ids=by_condition)
def test_a_rule_fires_once_with_link_and_figures_and_resolves_with_the_first_good_run(tmp_path: Path, case: Case) -> None:
    run(tmp_path, case, f"{case.good}x4 {case.bad}x14 {case.good}x20", (4, False), (5, True), (19, True), (20, False))


@pytest.mark.parametrize("case", CASES, ids=by_condition)
def test_what_is_at_the_limit_does_not_fire(tmp_path: Path, case: Case) -> None:
    run(tmp_path, case, f"{case.good}x40", (0, False), (20, False), (40, False))


@pytest.mark.parametrize("case", CASES, ids=by_condition)
def test_an_exporter_that_is_away_for_minutes_neither_ends_nor_repeats_an_alert(tmp_path: Path, case: Case) -> None:
    run(tmp_path, case, f"{case.bad}x4 stale _x7 {case.bad}x20", (4, True), (8, True), (12, True), (20, True))


def test_another_run_that_fails_changes_what_is_told_and_not_who_the_alert_is(tmp_path: Path) -> None:
    case = CASES[1]
    newer = INFO.replace("3f2a9c1", "77aa001").replace("runs/7", "runs/8")
    again = replace(case, description=case.description.replace("3f2a9c1", "77aa001"), url=URL.replace("runs/7", "runs/8"))
    series = {INFO: "1x9 stale", newer: "_x10 1x20", **case.beside, case.series: "0x30"}
    assert case.told().labels == again.told().labels
    moments = [Moment(minute=9, alert=case.alert, told=[case.told()]), Moment(minute=12, alert=case.alert, told=[again.told()])]
    proved(tmp_path, RULES, series, moments)


def test_a_failure_without_a_known_run_is_told_without_a_link(tmp_path: Path) -> None:
    case = CASES[0]
    bare = replace(case, description="The newest run on the default branch.").told()
    told = Told(labels=bare.labels, annotations={**bare.annotations, "url": ""})
    proved(tmp_path, RULES, {case.series: "0x5"}, [Moment(minute=3, alert=case.alert, told=[told])])


def test_the_link_of_findings_is_to_the_run_that_ended_last(tmp_path: Path) -> None:
    case = CASES[-1]
    older, time = INFO.replace('workflow="ci"', 'workflow="cd"').replace("runs/7", "runs/6"), TIME.replace('"ci"', '"cd"')
    series = {INFO: "1x9", older: "1x9", TIME: "1700000000x9", time: "1600000000x9", **case.beside, case.series: "3x9"}
    proved(tmp_path, RULES, series, [Moment(minute=5, alert=case.alert, told=[case.told()])])


def exporter(alert: str, summary: str, description: str, **labels: str) -> Told:
    annotations = {"summary": summary, "description": description, "runbook": f"docs/monitoring.md#{alert.lower()}"}
    return Told(labels={"severity": "medium", **labels}, annotations=annotations)


DOWN = exporter(
    "ExporterDown",
    "The metrics exporter does not answer",
    "No figures of the pipeline arrive: its alerts neither fire nor resolve.",
)


def test_an_exporter_that_is_down_for_five_minutes_is_told_of(tmp_path: Path) -> None:
    moments = [(3, []), (14, []), (15, [DOWN]), (31, [])]
    wanted = [Moment(minute=minute, alert="ExporterDown", told=told) for minute, told in moments]
    proved(tmp_path, RULES, {UP: "1x9 0x19 1x20"}, wanted)


def test_an_exporter_that_is_nowhere_is_told_of(tmp_path: Path) -> None:
    told = Told(labels={**DOWN.labels, "job": "lockgate"}, annotations=DOWN.annotations)
    proved(tmp_path, RULES, {"other": "1x20"}, [Moment(minute=10, alert="ExporterDown", told=[told])])


def test_a_source_of_which_nothing_new_comes_is_told_of(tmp_path: Path) -> None:
    metric = 'lockgate_collector_last_success_timestamp_seconds{source="github"}'
    told = exporter(
        "CollectionStale", "Nothing new is collected from github", "The last collection was 36m 0s ago.", source="github"
    )
    moments = [(34, []), (36, [told]), (45, [])]
    wanted = [Moment(minute=minute, alert="CollectionStale", told=said) for minute, said in moments]
    proved(tmp_path, RULES, {metric: "0x39 2400x20"}, wanted)


def test_collections_that_end_early_again_and_again_are_told_of(tmp_path: Path) -> None:
    metric = 'lockgate_collector_errors_total{source="github",reason="502"}'
    summary = "Not all is collected from github: 502"
    told = exporter("CollectionErrors", summary, "3 times in the last 30 minutes.", source="github", reason="502")
    moments = [(9, []), (29, [told]), (90, [])]
    wanted = [Moment(minute=minute, alert="CollectionErrors", told=said) for minute, said in moments]
    proved(tmp_path, RULES, {metric: "0x9 1 2 3x100"}, wanted)


def test_promtool_finds_nothing_to_say_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(RULES)
    done = asked("promtool", "check", "rules", "--lint-fatal", tmp_path / "rules.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CASES) + 3} rules found" in done.stdout


def test_limits_are_those_that_were_given(tmp_path: Path) -> None:
    rules = rules_file(groups(replace(ARGS, build_minutes=1, coverage=50, vulnerabilities=3)))
    series = {CASES[4].series: "61x5", CASES[7].series: "79x5", CASES[9].series: "3x5"}
    where = {"severity": "medium", "condition": "build_time", **STAGE, "stage": "build"}
    text = "It took 1m 1s in the newest run; at most 1 minutes are meant."
    annotations = {
        "summary": CASES[4].summary,
        "description": text,
        "runbook": "docs/monitoring.md#performancedegradation",
        "url": "",
    }
    slow_build = Moment(minute=3, alert="PerformanceDegradation", told=[Told(labels=where, annotations=annotations)])
    proved(tmp_path, rules, series, [slow_build, Moment(minute=3, alert="QualityGateFailure")])


def test_a_limit_of_nothing_does_not_construct() -> None:
    with pytest.raises(ValueError, match="build_minutes = 0, stale_minutes = -1: must be at least 1 minute"):
        AlertsArgs(build_minutes=0, stale_minutes=-1)
