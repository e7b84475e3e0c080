"""From the engine's events of one preview to ``infra.plan.Plan``: pure, and without a secret from the first step on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from infra.errors import StateError
from infra.ledger import KEEPERS, Ledger
from infra.plan import UNKNOWN, Change, Operation, Plan
from operations.events import COLOUR, GENERIC, WRAPPING
from operations.preview.mask import Mask
from operations.preview.values import clean, differences, inputs
from operations.state import STACK_TYPE

Event = Mapping[str, Any]

OPERATIONS: Mapping[str, Operation] = {
    "create": "create",
    "update": "update",
    "replace": "replace",
    "delete": "delete",
    "same": "same",
    "read": "read",
    "import": "import",
    "import-replacement": "replace",
}
"""The engine's steps that say what becomes of a resource; the others are parts of a replacement."""

CRASH = re.compile(r"^Detected that \S+ exited prematurely")
"""What the engine says of a plugin that it has ended itself, after something else went wrong."""

FOREIGN = "site-packages|/lib/python3|pulumi-language-python-exec"
FOREIGN_FRAME = re.compile(rf'^  File "[^"]*(?:{FOREIGN})[^"]*".*\n(?:    .*\n)*', re.MULTILINE)


def read(
    stack: str,
    events: Sequence[Event],
    mask: Mask,
    *,
    failures: Sequence[str] = (),
    exists: bool = True,
    seconds: float = 0.0,
) -> Plan:
    """The plan that ``pulumi preview`` told in ``events``; ``failures`` are the reasons why it failed."""
    return Plan(
        stack=stack,
        changes=tuple(_changes(events, mask)),
        notes=tuple(dict.fromkeys(_notes(events, mask))),
        error="\n".join(_readable(failure, mask) for failure in failures),
        exists=exists,
        seconds=seconds,
        outputs=clean(_outputs(events, "new"), mask),
    )


def failures(events: Iterable[Event]) -> dict[str, str]:
    """What the engine told as errors, with the resource that failed, each with the type of that, "" for the program."""
    found: dict[str, str] = {}
    for event in events:
        diagnosis = event.get("diagnosticEvent") or {}
        text = WRAPPING.sub("", COLOUR.sub("", diagnosis.get("message", "")).strip())
        if diagnosis.get("severity") != "error" or not text or GENERIC.match(text):
            continue
        urn = str(diagnosis.get("urn") or "")
        kind = urn.rpartition("::")[0].rpartition("::")[2].rpartition("$")[2]
        ours = kind in ("", STACK_TYPE)
        found.setdefault(text if ours else f"{kind.rpartition(':')[2]} {_name(urn)}: {text}", "" if ours else kind)
    causes = {text: kind for text, kind in found.items() if not CRASH.match(text)}
    return causes or found


def ledgers(events: Iterable[Event]) -> dict[str, Ledger]:
    """The ledger before the update of each service in the stack, by the service's name; one that cannot be read is left out."""
    found: dict[str, Ledger] = {}
    for step in _steps(events, "resourcePreEvent"):
        if step["type"] in KEEPERS and step.get("old"):
            try:
                found[_name(step["urn"])] = Ledger.from_dict((step["old"].get("outputs") or {}).get("ledger"))
            except StateError:
                continue
    return found


def changed_outputs(events: Sequence[Event]) -> tuple[str, ...]:
    """The names of the stack's outputs that are known to differ after the update."""
    old, new = _outputs(events, "old"), _outputs(events, "new")
    both = dict.fromkeys([*old, *new]) if new else {}
    return tuple(key for key in both if old.get(key) != new.get(key) and new.get(key) != UNKNOWN)


def drift(events: Iterable[Event], mask: Mask) -> tuple[Change, ...]:
    """What ``pulumi refresh --preview-only`` found: ``old`` is what the state says of a resource, ``new`` what is live."""
    found = []
    for step in _steps(events, "resOutputsEvent"):
        operation = OPERATIONS.get(step["op"])
        if operation in ("update", "delete"):
            old, new = (clean((step.get(side) or {}).get("outputs") or {}, mask) for side in ("old", "new"))
            keys = tuple(step.get("detailedDiff") or ()) or tuple(one.path for one in differences(old, new))
            gone = operation == "delete"
            found.append(
                Change(
                    urn=mask(step["urn"]),
                    type=step["type"],
                    operation=operation,
                    old=old,
                    new=None if gone else new,
                    keys=() if gone else keys,
                )
            )
    return tuple(found)


def _steps(events: Iterable[Event], kind: str) -> Iterator[Mapping[str, Any]]:
    return (event[kind]["metadata"] for event in events if kind in event)


def _changes(events: Iterable[Event], mask: Mask) -> Iterable[Change]:
    found: dict[str, Change] = {}
    for step in _steps(events, "resourcePreEvent"):
        operation = OPERATIONS.get(step["op"])
        left_over = operation == "delete" and (step.get("old") or {}).get("delete")
        if operation and not left_over:
            found[step["urn"]] = _change(step, operation, mask)
    return found.values()


def _change(step: Mapping[str, Any], operation: Operation, mask: Mask) -> Change:
    old, new = (inputs(step["type"], step.get(side), mask) for side in ("old", "new"))
    if operation == "delete":
        new = None
    keys: Iterable[str] = step.get("detailedDiff") or step.get("diffs") or ()
    if operation in ("update", "replace") and not keys:
        keys = [one.path for one in differences(old or {}, new or {})]
    return Change(
        urn=mask(step["urn"]),
        type=step["type"],
        operation=operation,
        old=old,
        new=new,
        keys=tuple(keys),
        replaced_by=tuple(step.get("keys") or ()),
        protected=bool((step.get("old") or {}).get("protect")),
    )


def _outputs(events: Iterable[Event], side: str) -> Mapping[str, Any]:
    """The stack's own outputs: the last event that has them counts, since the first comes before the program has run."""
    found: Mapping[str, Any] = {}
    for step in _steps(events, "resOutputsEvent"):
        if step["type"] == STACK_TYPE:
            found = (step.get(side) or {}).get("outputs") or {}
    return found


def _notes(events: Iterable[Event], mask: Mask) -> Iterator[str]:
    """What the program says of a resource, and every warning; not what it merely prints."""
    for event in events:
        diagnosis = event.get("diagnosticEvent") or {}
        text = mask(COLOUR.sub("", diagnosis.get("message", "")).strip())
        told = diagnosis.get("severity") == "warning" or (diagnosis.get("severity") == "info" and diagnosis.get("urn"))
        if text and told and not diagnosis.get("ephemeral"):
            yield f"warning: {text}" if diagnosis["severity"] == "warning" else text


def _readable(failure: str, mask: Mask) -> str:
    """Without more of a traceback than the user's own lines."""
    return FOREIGN_FRAME.sub("", f"{mask(failure)}\n").strip()


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
