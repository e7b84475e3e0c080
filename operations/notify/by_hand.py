"""A message that a person or a script words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra.errors import StateError
from operations import environment, project, report, state
from operations.notify.delivery import Channel, deliver, name
from operations.notify.message import Message, message
from operations.notify.sources import Known, known, of_stack
from operations.pulumi_cli import Pulumi

__all__ = ["deliver", "prepared", "shown"]


def prepared(
    event: str, subject: str, *, stack: str, url: str, detail: str, environ: Mapping[str, str]
) -> tuple[Known, Message]:
    """The channels and the message; of a stack with what is live there, where its state can be read."""
    if not stack:
        found, live = known(environ), ""
    else:
        where = project.find()
        pulumi = Pulumi(where, environment.child(where))
        found, live = of_stack(pulumi, stack, environ), _live(pulumi, stack)
    return found, message(event, subject, secrets=found.secrets, stack=stack, live=live, detail=detail, url=url)


def shown(made: Message, channels: Sequence[Channel]) -> str:
    """The message and who gets it."""
    lines = [made.title, *(f"{key}: {fact}" for key, fact in made.facts), *((made.url,) if made.url else ())]
    to = ", ".join(name(one) for one in channels) or "nobody: neither the environment nor the stack names a channel"
    return "\n".join([*lines, f"(to {to})"])


def _live(pulumi: Pulumi, stack: str) -> str:
    try:
        return report.where(state.read(pulumi, stack).ledger)
    except StateError:
        return ""
