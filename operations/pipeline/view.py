"""A story as people read it: lines while it runs, tables afterwards, Markdown for the docs, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from infra.progress import console
from lab.actions import STAND_INS
from operations.checks.markdown import table
from operations.pipeline.jobs import JobRun, Run, seconds
from operations.pipeline.story import Chapter, Story
from operations.tables import plain_table, wide_console

MARKS = {"success": "[green]✓[/green]", "failure": "[red]✗[/red]", "cancelled": "[red]✗[/red]", "skipped": "[dim]-[/dim]"}
COLUMNS = ("workflow", "job", "result", "seconds")
OTHERS = (
    ("GitHub's server", "no internet is needed", "the lab's GitHub, with what `pulumi up` has made there; Git by files"),
    ("hosted runners", "they are GitHub's", "act, on this machine, as many jobs at once as there are runners"),
    ("an environment's approval", "GitHub asks people", "the reviewers of the environment, as the lab's GitHub has them"),
    ("Trivy's data", "it is fetched from the vendor", "a small database of the lab's own, with invented findings"),
    ("keyless signatures", "Sigstore signs for GitHub's tokens", "the lab's pair of keys"),
)
"""What is stood in for besides the actions, why, and by what."""


def show_job(workflow: str, job: JobRun) -> None:
    """One line for a job that has ended, and where it failed what it said last."""
    waited = f", waited {job.waited:.0f} s" if job.waited >= 1 else ""
    console.print(f"  {MARKS[job.result]} {workflow}: {job.name} [dim]({job.seconds:.1f} s{waited})[/dim]", soft_wrap=True)
    if job.result in ("failure", "cancelled"):
        for line in (f"failed: {', '.join(job.failed) or job.result}", *job.said.splitlines()):
            console.print(f"    {line}", markup=False, soft_wrap=True)


def show(story: Story) -> None:
    """The tables, on stdout."""
    out = wide_console()
    for chapter in story.chapters:
        out.print(f"\n{chapter.title}", style="bold")
        found = plain_table(*COLUMNS)
        for row in _rows(chapter):
            found.add_row(*row)
        out.print(found)
        for line in _lines(chapter):
            out.print(line, markup=False, soft_wrap=True)
    for line in comparisons(story):
        out.print(line, markup=False, soft_wrap=True)


def markdown(story: Story) -> str:
    """The tables, and what was stood in for."""
    lines: list[str] = []
    for chapter in story.chapters:
        lines += [f"### {chapter.title}", "", *table(COLUMNS, _rows(chapter))]
        lines += [*(f"- {line}" for line in _lines(chapter)), ""]
    lines += [*(f"- {line}" for line in comparisons(story)), "", "### What was stood in for", "", *stood_in()]
    return "\n".join(lines)


def stood_in() -> list[str]:
    """The table of stand-ins, as Markdown."""
    actions = ((f"`{name}`", one.why, one.does) for name, one in STAND_INS.items())
    return list(table(("GitHub's", "why not itself", "here"), (*actions, *OTHERS)))


def to_dict(story: Story) -> dict[str, Any]:
    return {
        "ok": not story.failures,
        "approvals": [{"environment": environment, "by": who} for environment, who in story.approvals],
        "chapters": [
            {"title": one.title, "live": dict(one.live), "runs": [_run(run) for run in one.runs]} for one in story.chapters
        ],
    }


def _run(run: Run) -> dict[str, Any]:
    jobs = [
        {"name": job.name, "result": job.result, "seconds": round(job.seconds, 1), "waited": round(job.waited, 1)}
        for job in run.jobs
    ]
    path = [job.name for job in run.path]
    return {"number": run.number, "file": run.file, "event": run.event, "ok": run.ok, "log": run.log, "path": path, "jobs": jobs}


def _rows(chapter: Chapter) -> list[tuple[str, ...]]:
    return [(run.name, job.name, job.result, f"{job.seconds:.1f}") for run in chapter.runs for job in run.jobs]


def _lines(chapter: Chapter) -> Iterator[str]:
    yield _way(chapter.runs)
    for stack, image in chapter.live.items():
        yield f"live in {stack}: {image or 'nothing'}"


def _path(runs: Sequence[Run]) -> list[JobRun]:
    """The longest way from the event to the end: runs that follow each other, and each one's jobs."""
    return [job for run in runs if run.event == "workflow_run" or run is runs[0] for job in run.path]


def _all(runs: Sequence[Run]) -> list[JobRun]:
    return [job for run in runs for job in run.jobs]


def _way(runs: Sequence[Run]) -> str:
    path = _path(runs)
    one, way = seconds(_all(runs)), seconds(path)
    names = " → ".join(job.name for job in path)
    return f"critical path: {names}: {way:.0f} s; one after another all jobs take {one:.0f} s ({1 - way / (one or 1):.0%} less)"


def comparisons(story: Story) -> list[str]:
    """Two pushes side by side: the first had no caches."""
    pushes = [chapter for chapter in story.chapters if chapter.runs and chapter.runs[0].event == "push"]
    if len(pushes) < 2:
        return []
    cold, warm = (one.runs for one in pushes[:2])
    return [
        f"with warm caches: {_compared('critical path', seconds(_path(warm)), seconds(_path(cold)))}",
        f"with warm caches: {_compared('all jobs', seconds(_all(warm)), seconds(_all(cold)))}",
    ]


def _compared(what: str, warm: float, cold: float) -> str:
    return f"{what} {warm:.0f} s, with none {cold:.0f} s ({1 - warm / (cold or 1):.0%} less)"
