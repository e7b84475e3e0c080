"""From a bare machine to three live stacks. Everything that is there already is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import lab
import toolchain
from infra.errors import LabError, ReleaseError, UsageError
from infra.progress import note
from operations import backend, environment, policies, seed, state
from operations.display import Display
from operations.events import Failure
from operations.preview import run
from operations.project import STACKS, Project
from operations.pulumi_cli import Pulumi
from operations.update import Outcome, Updates

REPOSITORY = "github:index/repository:Repository"


def up(project: Project, words: Sequence[str] = ()) -> list[tuple[str, state.StackState]]:
    """Brings up what is needed and the stacks side by side; gives what each is then.

    ``words`` are the URNs or names of stateful resources that may go. Raises ``ReleaseError`` when a stack failed, or the policy
    denies it: the others are brought up all the same.
    """
    uses_lab = any(seed.uses_lab(project, stack) for stack in STACKS)
    _demand_stack_files(project)
    prepare(uses_lab)
    pulumi = Pulumi(project, environment.child(project))
    backend.ensure(project, pulumi.environment)
    for stack in STACKS:
        seed.remember_salt(pulumi, stack)
        backend.ensure_stack(pulumi, stack)
        seed.seed(pulumi, stack)
    outcomes = _update_in_order(pulumi, words)
    failed = [outcome for outcome in outcomes if not outcome.ok]
    if failed:
        raise ReleaseError("\n".join(_why(outcome) for outcome in failed))
    return [(stack, state.read(pulumi, stack)) for stack in STACKS]


def prepare(uses_lab: bool) -> None:
    """Tools, lab and sample images. What this machine lacks is said before any long work."""
    names = [*toolchain.PULUMI, *(toolchain.LAB if uses_lab else ())]
    missing = [*(str(one) for one in lab.check()), *_go_for(names)] if uses_lab else []
    if missing:
        lines = "\n".join(f"  - {one}" for one in missing)
        raise LabError(f"This machine lacks what the lab needs:\n{lines}\nOr name another cluster in lockgate:kubeContext")
    toolchain.ensure(names)
    if uses_lab:
        lab.up()
        lab.ensure_images()


def _go_for(names: Sequence[str]) -> list[str]:
    """What to do about Go, where a tool is missing that may have to be built."""
    if shutil.which("go") or all(toolchain.find(name) for name in names):
        return []
    return ["Go, to build the tools that are not here; install it from https://go.dev/dl and put its bin folder on PATH"]


def _demand_stack_files(project: Project) -> None:
    lost = [path.name for path in map(project.stack_file, STACKS) if not path.is_file()]
    if lost:
        raise UsageError(f"{project.root}: {', '.join(lost)} missing; restore from Git")


def _update_in_order(pulumi: Pulumi, words: Sequence[str] = ()) -> list[Outcome]:
    """All at once, but for a repository on GitHub that is not made yet: the stack that makes it goes before the others."""
    first = [stack for stack in STACKS if _makes_repository(pulumi, stack)]
    rest = [stack for stack in STACKS if stack not in first]
    outcomes = _update(pulumi, first, words) if first else []
    if not all(outcome.ok for outcome in outcomes):
        return outcomes
    try:
        return outcomes + _update(pulumi, rest, words)
    except run.StoppedError as stopped:
        before = f"; updated before it: {', '.join(first)}" if first else ""
        raise ReleaseError(f"{stopped}{before}") from stopped


def _makes_repository(pulumi: Pulumi, stack: str) -> bool:
    named = pulumi.project.setting(stack, "github.repository")
    if not named or pulumi.project.setting(stack, "github.manages") != "repository":
        return False
    return not any(one["type"] == REPOSITORY for one in pulumi.export(stack).get("resources") or [])


def _update(pulumi: Pulumi, stacks: Sequence[str], words: Sequence[str] = ()) -> list[Outcome]:
    denied = _denied(pulumi, stacks, words)
    allowed = [stack for stack in stacks if stack not in {outcome.stack for outcome in denied}]
    return denied + (_run(pulumi, allowed) if allowed else [])


def _denied(pulumi: Pulumi, stacks: Sequence[str], words: Sequence[str]) -> list[Outcome]:
    """The stacks whose update the policy does not let begin."""
    note("Previewing the stacks")
    outcomes = []
    for seen in run.report(pulumi, stacks, run.Asked(words=tuple(words))).stacks:
        texts = policies.denials(pulumi.project, seen.name, seen.findings, seen.plan.error)
        if texts:
            failures = tuple(Failure("policy", text) for text in texts)
            outcomes.append(Outcome(stack=seen.name, failures=failures, changes=0, seconds=seen.plan.seconds))
    return outcomes


def _run(pulumi: Pulumi, stacks: Sequence[str]) -> list[Outcome]:
    note("Updating the stacks")
    with Display(list(stacks)) as display, ThreadPoolExecutor(len(stacks)) as pool:
        updates = Updates(pulumi, display)

        def update(stack: str) -> Outcome:
            outcome = updates.run(stack, killed_before=state.read(pulumi, stack).interrupted)
            if outcome.ok:
                changed = {0: "no change", 1: "1 change"}.get(outcome.changes, f"{outcome.changes} changes")
                display.done(stack, "up", f"{changed}, {outcome.seconds:.1f} s")
            return outcome

        with updates.forwarding():
            return list(pool.map(update, stacks))


def _why(outcome: Outcome) -> str:
    causes = "\n".join(f"  {failure.phase}: {failure.cause}" for failure in outcome.failures)
    return f"stack {outcome.stack} failed:\n{causes}"
