"""Sends one message to every channel, patiently but not for ever; what could not be sent is said, and never raised."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from operations.notify.channels import Mail, Slack
from operations.notify.message import EVENTS, MAIL, SLACK, Message

ATTEMPTS = 3
LONGEST_WAIT = 10.0
Channel = Slack | Mail


class UndeliveredError(Exception):
    """Why an attempt failed, without a secret; ``again`` says whether another may help, ``after`` seconds at least."""

    def __init__(self, text: str, *, again: bool, after: float = 0.0) -> None:
        self.again = again
        self.after = after
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of a message on a channel; ``fault`` is "" where it arrived."""

    channel: str
    fault: str = ""

    def __str__(self) -> str:
        return f"{self.channel}: told" if not self.fault else f"{self.channel}: nobody was told: {self.fault}"


def deliver(
    message: Message, channels: Sequence[Channel], wait: Callable[[float], None] = time.sleep
) -> tuple[Delivery, ...]:
    """One delivery for each channel that the event goes to."""
    wanted = EVENTS[message.event][1]
    return tuple(_patiently(name(channel), sender(channel, message), wait) for channel in channels if name(channel) in wanted)


def name(channel: Channel) -> str:
    return SLACK if isinstance(channel, Slack) else MAIL


def sender(channel: Channel, message: Message) -> Callable[[], None]:
    """What one attempt does."""
    from operations.notify import mail, slack

    if isinstance(channel, Slack):
        return lambda: slack.send(channel, message)
    made = mail.letter(channel, message)
    return lambda: mail.send(channel, made)


def _patiently(channel: str, send: Callable[[], None], wait: Callable[[float], None]) -> Delivery:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            send()
        except UndeliveredError as fault:
            if not fault.again or attempt == ATTEMPTS:
                tries = f" (tried {attempt} times)" if attempt > 1 else ""
                return Delivery(channel=channel, fault=f"{fault}{tries}")
            wait(min(max(fault.after, 2.0 ** (attempt - 1)), LONGEST_WAIT))
        else:
            break
    return Delivery(channel=channel)
