"""The report in words, for the terminal and for the comment. Names stand between backquotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from operations.preview.cost import Cost
from operations.preview.differing import capped, sentence
from operations.preview.effect import Effect
from operations.preview.grammar import few, kind_of, listed
from operations.preview.model import CHANGING, Report, StackReport, Undo

UNDO: Mapping[Undo, str] = {
    "lost": "no: data is lost",
    "none": "no earlier release",
    "cold": "cold",
    "warm": "warm",
    "settings": "by the earlier settings",
    "": "",
}
RELEASE_DIFFERENCES = 6
"""As many are told of one release."""


def title(report: Report) -> str:
    """The whole report in one line."""
    quiet = [stack.name for stack in report.stacks if stack.quiet]
    if len(quiet) == len(report.stacks):
        return f"no change in {few(quiet)}"
    total = {operation: sum(stack.counts[operation] for stack in report.stacks) for operation in CHANGING}
    parts = [f"{count:,} to {operation}" for operation, count in total.items() if count]
    withheld = [stack.name for stack in report.stacks if stack.withheld]
    failed = [stack.name for stack in report.stacks if stack.failed]
    denied = [stack.name for stack in report.stacks if stack.denied and stack.enforced]
    drifted = [stack.name for stack in report.stacks if stack.drift and stack.drift.changes]
    parts += [f"{few(failed)} failed"] if failed else []
    parts += [f"{few(denied)} denied by the policy"] if denied else []
    parts += [f"{few(drifted)} drifted"] if drifted else []
    parts += [f"no preview of {few(withheld)}"] if withheld else []
    return ", ".join(parts or ["no change of resources"])


def heading(stack: StackReport) -> str:
    """The stack in one line."""
    if stack.withheld:
        return f"{stack.name}: no preview"
    if stack.failed:
        return f"{stack.name}: the preview failed"
    return f"{stack.name}: {stack.summary}"


def release(effect: Effect) -> str:
    """What becomes of the traffic, in a few words."""
    live, wanted = f"`{effect.live}`", f"`{effect.release}`"
    return {
        "first": f"{wanted}, the first",
        "deploy": f"{wanted} into {effect.slot}",
        "warm return": f"back to {wanted}, warm",
        "cold return": f"back to {wanted}, cold",
        "roll": f"{wanted}, pod by pod",
        "in place": f"{live} in place",
        "end": "taken down",
    }[effect.kind]


def facts(stack: StackReport, long: bool = False) -> Iterator[tuple[str, str]]:
    """What there is to say beside the resources: a label and a sentence; ``long`` leaves nothing out."""
    if stack.withheld:
        yield "No preview", stack.withheld
    if not stack.plan.exists and not stack.failed and not stack.withheld:
        yield "New", "the stack does not exist yet, so that everything is new"
    several = len(stack.effects) > 1
    for effect in stack.effects:
        suffix = f" of {effect.service}" if several else ""
        yield f"Release{suffix}", effect.text
        differing = capped([sentence(one, long) for one in effect.differences], None if long else RELEASE_DIFFERENCES)
        if differing:
            yield f"Against what is live{suffix}", "; ".join(differing)
        yield f"Way back{suffix}", effect.back(stack.name)
    costs = money(stack.cost)
    if costs:
        yield "Cost", costs
    if stack.outputs and not stack.effects:
        yield "Outputs", f"{listed([f'`{name}`' for name in stack.outputs])} change"
    yield from (("Note", note) for note in stack.plan.notes)


def money(cost: Cost) -> str:
    """The change in what is reserved and in what it costs, "" where there is none."""
    mebibytes = round(cost.memory * 1024)
    memory = f"{cost.memory:+,.3g} GiB" if abs(mebibytes) >= 1024 else f"{mebibytes:+} MiB"
    amounts = [text for text, amount in ((f"{cost.cpu:+,.3g} vCPU", cost.cpu), (memory, mebibytes)) if amount]
    kinds = [f"`{kind_of(name)}`" for name in cost.unknown]
    unknown = f"what {listed(kinds)} costs is unknown" if kinds else ""
    if not amounts:
        return unknown
    reserved = f"{listed(amounts)} reserved"
    if cost.month is not None:
        return f"{reserved}: {cost.month:+,.2f} a month"
    return "; ".join(filter(None, [reserved, unknown or "what a month costs is unknown"]))
