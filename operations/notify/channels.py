"""Where messages go: a Slack webhook and a mail server, whose addresses are checked when they are made, and never printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from infra.errors import UsageError

LOCAL = "127.0.0.1"
SUBMISSION, SUBMISSION_TLS = 587, 465
_WEBHOOK = re.compile(r"^(https://[^\s/@]+|http://127\.0\.0\.1(:[0-9]+)?)(/\S*)?$")
_SERVER = re.compile(r"^smtps?://[^\s/@:]+(:[0-9]{1,5})?$")
_ADDRESS = re.compile(r"^[^\s@,<>]+@[^\s@,<>]+$")


@dataclass(frozen=True, kw_only=True)
class Slack:
    """An incoming webhook; its address is its password."""

    webhook: str = field(repr=False)

    def __post_init__(self) -> None:
        if not _WEBHOOK.match(self.webhook):
            raise UsageError("SLACK_WEBHOOK_URL = [secret]: must begin with https://, or http://127.0.0.1; correct it")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail server, ``smtp://HOST[:587]`` or ``smtps://HOST[:465]``, and who writes to whom.

    ``smtp`` begins in clear and must go on by STARTTLS, but to 127.0.0.1.
    """

    sender: str
    recipients: tuple[str, ...]
    server: str
    user: str = ""
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not _SERVER.match(self.server):
            raise UsageError(f"SMTP_URL = {self.server}: must be smtp://HOST[:PORT] or smtps://HOST[:PORT]; correct it")
        for name, address in (("EMAIL_FROM", self.sender), *(("EMAIL_TO", one) for one in self.recipients or ("",))):
            if not _ADDRESS.match(address):
                raise UsageError(f"{name} = {address}: must be a mail address (EMAIL_TO: several, with commas); correct it")

    @property
    def host(self) -> str:
        return urlsplit(self.server).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.server).port or (SUBMISSION_TLS if self.tls_at_once else SUBMISSION)

    @property
    def tls_at_once(self) -> bool:
        return self.server.startswith("smtps://")
