"""What a person reads of a story, and what a program does."""

from __future__ import annotations

from operations.pipeline import view
from operations.pipeline.jobs import JobRun, Run
from operations.pipeline.story import Chapter, Story


def run(number: int, event: str, *jobs: tuple[str, float, str], result: str = "success") -> Run:
    """Jobs as (id, seconds, what it needs)."""
    made = tuple(
        JobRun(id=id_, name=id_.title(), needs=(need,) if need else (), result=result, seconds=took) for id_, took, need in jobs
    )  # type: ignore[arg-type]
    file = "ci.yml" if event == "push" else "cd.yml"
    return Run(number=number, file=file, name=file[:2].upper(), event=event, jobs=made, seconds=1.0, began=0.0, log="log")


def story() -> Story:
    cold = [
        run(1, "push", ("build", 60, ""), ("unit", 30, "build"), ("e2e", 40, "build")),
        run(2, "workflow_run", ("deploy", 20, "")),
        run(3, "push", ("debt", 5, "")),
    ]
    warm = [run(4, "push", ("build", 10, ""), ("unit", 30, "build"), ("e2e", 40, "build"))]
    live = {"dev": "web:1@sha256:a", "prod": ""}
    return Story(
        chapters=[Chapter(title="Cold", runs=cold, live=live), Chapter(title="Warm", runs=warm, live=live)],
        approvals=[("production", "alice")],
    )


def test_the_critical_path_goes_on_from_ci_to_what_follows_it_and_leaves_other_workflows_out() -> None:
    said = "critical path: Build → E2E → Deploy: 120 s; one after another all jobs take 155 s (23% less)"
    assert said in view.markdown(story())


def test_two_pushes_are_compared() -> None:
    assert view.comparisons(story()) == [
        "with warm caches: critical path 50 s, with none 120 s (58% less)",
        "with warm caches: all jobs 80 s, with none 155 s (48% less)",
    ]


def test_the_markdown_says_what_ran_what_is_live_and_what_was_stood_in_for() -> None:
    text = view.markdown(story())
    assert "| CI | Unit | success | 30.0 |" in text
    assert "- live in prod: nothing" in text
    assert "| `actions/checkout` | it fetches from GitHub's server |" in text


def test_a_program_reads_who_approved_and_whether_all_went_well() -> None:
    found = view.to_dict(story())
    assert (found["ok"], found["approvals"]) == (True, [{"environment": "production", "by": "alice"}])
    assert found["chapters"][0]["runs"][0]["path"] == ["Build", "E2E"]
    failed = Story(chapters=[Chapter(title="Bad", runs=[run(1, "push", ("build", 1, ""), result="failure")], live={})])
    assert view.to_dict(failed)["ok"] is False
