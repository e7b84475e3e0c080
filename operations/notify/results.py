"""Tells what became of a release or a rollback. Nothing that goes wrong here touches the deployment itself."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from infra.errors import LockgateError
from infra.progress import note
from operations.notify.delivery import Delivery, deliver
from operations.notify.message import Message, message
from operations.notify.sources import of_stack
from operations.pulumi_cli import Pulumi
from operations.report import Result, where


def tell(pulumi: Pulumi, result: Result, environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Sends one message where people are to be told; returns the channels that have it. Never raises.

    An update that changed nothing is no news.
    """
    if result.outcome.ok and result.entry is None:
        return ()
    try:
        found = of_stack(pulumi, result.stack, environ)
        made = of_result(result, environ, found.secrets)
        return _said(deliver(made, found.channels) if found.channels else ())
    except (LockgateError, OSError, ValueError) as error:
        note(f"notification: nobody was told: {type(error).__name__}; see `lockgate notify --help`")
        return ()


def of_result(result: Result, environ: Mapping[str, str], secrets: Sequence[str]) -> Message:
    """What happened, where, what is live now, and why."""
    texts: dict[str, Any] = {
        "stack": result.stack,
        "live": where(result.after),
        "url": run_url(environ) or (result.url if result.outcome.ok else ""),
        "secrets": secrets,
    }
    if not result.outcome.ok:
        first = result.outcome.failures[0]
        how = "was stopped" if result.outcome.interrupted else "failed"
        subject = f"{result.what} of {result.wanted} to {result.stack} {how} in the phase {first.phase}"
        return message("failure", subject, detail=first.cause, **texts)
    back = result.what == "rollback"
    subject = f"{result.stack} {'back to' if back else 'is at'} {result.wanted}"
    return message("rollback" if back else "deployment", subject, detail=result.entry.note if result.entry else "", **texts)


def run_url(environ: Mapping[str, str]) -> str:
    """The workflow run that this is a part of, or "" outside of one."""
    if environ.get("RUN_URL"):
        return environ["RUN_URL"]
    parts = [environ.get(name, "") for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else ""


def _said(deliveries: Sequence[Delivery]) -> tuple[str, ...]:
    for one in deliveries:
        note(f"notification: {one}")
    return tuple(one.channel for one in deliveries if not one.fault)
