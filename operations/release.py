"""A release: write the wish into the stack's config, run the update, show the evidence."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.errors import ReleaseError, UsageError
from infra.ledger import Ledger
from operations import images, policies, report, stackfile, state
from operations.artifacts.verify import require
from operations.display import Display
from operations.preview import run
from operations.project import NAME
from operations.pulumi_cli import Pulumi
from operations.update import Outcome, Updates


def wish(
    pulumi: Pulumi, stack: str, *, reference: str, version: str, config: Mapping[str, str], note: str, revision: str
) -> dict[str, Any]:
    """The release keys of the stack's config, None for those that go. ``config`` is added to what the stack has.

    Raises ``ReleaseError`` where the registry lacks the image, or its provenance is required and does not verify.
    """
    pulumi.demand_stack(stack)
    image = images.resolve(reference)
    require(pulumi.project, stack, image, revision)
    if not (version or image.tag):
        raise UsageError(f"image = {reference}: it has no tag to take the version from; say it with --version")
    merged = {**(pulumi.project.setting(stack, "config") or {}), **config}
    return {
        "image": str(image),
        "version": version or image.tag,
        "config": merged or None,
        "revision": revision or None,
        "note": note or None,
        "release": None,
    }


def release(pulumi: Pulumi, stack: str, keys: Mapping[str, Any], words: Sequence[str] = ()) -> report.Result:
    """Makes the stack what ``keys`` say. A failed one leaves them in the config, as the user's wish.

    Raises ``ReleaseError``, with the config as it was, where the policy denies it; ``words`` are the URNs or names of stateful
    resources that may go.
    """
    before = state.read(pulumi, stack)
    with _wished(pulumi, stack, keys) as config:
        policies.enforce(pulumi.project, [run.plan(pulumi, stack, config)], words)
    return apply(pulumi, stack, keys, before, "release")


def apply(pulumi: Pulumi, stack: str, keys: Mapping[str, Any], before: state.StackState, what: str) -> report.Result:
    """Writes the keys, updates the stack in the foreground, and reads what became of it."""
    stackfile.edit(pulumi.project.stack_file(stack), keys)
    with Display([stack]) as display:
        updates = Updates(pulumi, display)
        with updates.forwarding():
            outcome = updates.run(stack, killed_before=before.interrupted)
    return result(pulumi, stack, what, before.ledger, outcome)


def result(pulumi: Pulumi, stack: str, what: str, before: Ledger, outcome: Outcome) -> report.Result:
    """What is live now, whatever came of the update."""
    after = state.read(pulumi, stack)
    return report.Result(
        stack=stack,
        what=what,
        wanted=str(pulumi.project.setting(stack, "version") or ""),
        before=before,
        after=after.ledger,
        url=after.output("url"),
        outcome=outcome,
    )


def preview(pulumi: Pulumi, stack: str, keys: Mapping[str, Any], words: Sequence[str] = ()) -> None:
    """Shows what the release would do. Raises ``ReleaseError`` where it cannot be done, or the policy denies it."""
    with _wished(pulumi, stack, keys) as config:
        code = pulumi.show("preview", "-s", stack, "--config-file", str(config))
        if code != 0:
            raise ReleaseError(f"stack {stack}: the preview failed (see above); nothing was changed")
        policies.enforce(pulumi.project, [run.plan(pulumi, stack, config)], words)


@contextmanager
def _wished(pulumi: Pulumi, stack: str, keys: Mapping[str, Any]) -> Iterator[Path]:
    """A copy of the stack's config with ``keys``."""
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        copy = Path(folder) / pulumi.project.stack_file(stack).name
        if pulumi.project.stack_file(stack).is_file():
            shutil.copyfile(pulumi.project.stack_file(stack), copy)
        stackfile.edit(copy, keys)
        yield copy
