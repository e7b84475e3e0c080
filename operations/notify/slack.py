"""One message to a Slack webhook."""

from __future__ import annotations

import httpx2

from operations.notify.channels import LOCAL, Slack
from operations.notify.delivery import UndeliveredError
from operations.notify.message import Message

SECONDS = 10.0
LIMITED = 429
SERVER_ERROR = 500


def text(message: Message) -> str:
    """The message in Slack's markup. With ``&<>`` escaped, no text of ours can be a mention, a channel or a link."""
    lines = [f"*{_escaped(message.title)}*", *(f"{name}: {_escaped(fact)}" for name, fact in message.facts)]
    if message.url:
        lines.append(f"<{_escaped(message.url)}|Open>")
    return "\n".join(lines)


def send(channel: Slack, message: Message) -> None:
    """Raises ``UndeliveredError``. A message that may have arrived is not sent again: nobody is to be told twice."""
    body = {"text": text(message), "link_names": False, "unfurl_links": False, "unfurl_media": False}
    try:
        answer = httpx2.post(channel.webhook, json=body, timeout=SECONDS, trust_env=f"//{LOCAL}" not in channel.webhook)
    except httpx2.HTTPError as error:
        never_left = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
        raise UndeliveredError(f"the webhook does not answer ({type(error).__name__})", again=never_left) from None
    if not answer.is_success:
        passing = answer.status_code == LIMITED or answer.status_code >= SERVER_ERROR
        wait = answer.headers.get("retry-after", "")
        raise UndeliveredError(
            f"the webhook answers {answer.status_code}", again=passing, after=float(wait) if wait.isdigit() else 0.0
        )


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
