"""Real receivers on free ports: a webhook by ``http.server``, a mail server by ``aiosmtpd``."""

from __future__ import annotations

import email
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from local_server import listening

PASSWORD = "hunter2-and-more"  # noqa: S105


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as taken:
        taken.bind((host, 0))
        return int(taken.getsockname()[1])


@dataclass
class Webhook:
    """``answers`` are the statuses of the first requests; then 200. ``bodies`` is all that arrived."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    bodies: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def webhook(*answers: int, host: str = "127.0.0.1", **headers: str) -> Iterator[Webhook]:
    got = Webhook(answers=list(answers), headers={name.replace("_", "-"): value for name, value in headers.items()})

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(got.answers.pop(0) if got.answers else 200)
            for name, value in got.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with listening(Handler, host) as url:
        got.url = f"{url}/services/T0/B0/very-secret-path"
        yield got


@dataclass
class Post:
    """``faults`` are the first answers to RCPT; then 250."""

    url: str = ""
    faults: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        if self.faults:
            return self.faults.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        made = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(made, EmailMessage)
        self.letters.append(made)
        self.recipients += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def post_office(
    *faults: str, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, asks_who: bool = False
) -> Iterator[Post]:
    """With ``tls`` it takes mail only after STARTTLS; ``asks_who``: only from somebody who signed in with PASSWORD."""
    got = Post(faults=list(faults))

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        got.signed_in.append(data.login.decode())
        right = data.password.decode() == PASSWORD
        return AuthResult(success=right, handled=right)

    made = Controller(
        got, hostname=host, port=free_port(host), tls_context=tls, require_starttls=tls is not None, auth_required=asks_who,
        auth_require_tls=tls is not None, authenticator=check if asks_who else None,
    )  # fmt: skip
    made.start()
    got.url = f"smtp://{host}:{made.port}"
    try:
        yield got
    finally:
        made.stop()
