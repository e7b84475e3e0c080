"""The longest way through a run's jobs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from operations.pipeline.jobs import JobRun, longest, seconds


def job(id_: str, took: float, *needs: str, name: str = "") -> JobRun:
    return JobRun(id=id_, name=name or id_, needs=needs, result="success", seconds=took)


def test_the_way_goes_through_what_each_job_waits_for() -> None:
    jobs = (job("build", 10), job("unit", 30, "build"), job("e2e", 50, "build"), job("quality", 25, "unit"))
    assert [one.id for one in longest(jobs)] == ["build", "unit", "quality"]


def test_a_job_with_a_matrix_counts_by_its_longest() -> None:
    jobs = (job("build", 1), job("test", 2, "build", name="Tests (unit)"), job("test", 9, "build", name="Tests (integration)"))
    assert [one.name for one in longest(jobs)] == ["build", "Tests (integration)"]


def test_a_run_without_jobs_has_no_way() -> None:
    assert longest(()) == ()


@st.composite
def runs(draw: st.DrawFn) -> list[JobRun]:
    """Each job may need any of those before it, as a workflow's do."""
    found: list[JobRun] = []
    for number in range(draw(st.integers(1, 8))):
        needs = draw(st.sets(st.sampled_from([one.id for one in found]))) if found else set()
        found.append(job(f"j{number}", draw(st.floats(0, 100)), *sorted(needs)))
    return found


@given(runs())
def test_each_job_of_the_way_needs_the_one_before_and_no_chain_is_longer(jobs: list[JobRun]) -> None:
    way = longest(jobs)
    assert all(before.id in after.needs for before, after in pairwise(way))
    by_id = {one.id: one for one in jobs}
    ends: dict[str, float] = {}
    for one in jobs:
        ends[one.id] = one.seconds + max((ends[need] for need in one.needs), default=0.0)
    assert abs(seconds(way) - max(ends.values())) < 1e-6
    assert all(by_id[one.id] is one for one in way)
