"""How a client signs in: with a token, or as a GitHub App. Neither can print its secret."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from infra.errors import LockgateError
from infra.github.errors import NOT_FOUND, UNAUTHORIZED, GitHubError

EARLY_SECONDS = 300
"""How long before its end an installation's token is renewed."""

JWT_SECONDS = 540
CLOCK_DRIFT_SECONDS = 60

Ask = Callable[[str, str], dict[str, Any]]
"""Posts to a path with an Authorization header of its own, and gives the answer."""


class Credentials(Protocol):
    """What a client asks before each call."""

    def authorization(self, ask: Ask, now: float) -> str:
        """The Authorization header; ``now`` is in seconds since 1970."""


@dataclass(frozen=True)
class Token:
    """A personal, fine-grained or workflow token."""

    value: str = field(repr=False)

    def authorization(self, ask: Ask, now: float) -> str:  # noqa: ARG002
        return f"Bearer {self.value}"


@dataclass
class App:
    """A GitHub App's installation; ``private_key`` is PEM. Its token lives an hour, and is renewed before it ends."""

    app_id: str
    installation_id: str
    private_key: str = field(repr=False)
    _token: str = field(default="", init=False, repr=False)
    _until: float = field(default=0, init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def authorization(self, ask: Ask, now: float) -> str:
        with self._lock:
            if now > self._until - EARLY_SECONDS:
                answer = self._new_token(ask, now)
                self._token = answer["token"]
                self._until = datetime.fromisoformat(answer["expires_at"]).timestamp()
            return f"Bearer {self._token}"

    def _new_token(self, ask: Ask, now: float) -> dict[str, Any]:
        try:
            return ask(f"/app/installations/{self.installation_id}/access_tokens", f"Bearer {self._jwt(now)}")
        except GitHubError as error:
            if error.status not in (UNAUTHORIZED, NOT_FOUND):
                raise
            remedy = "check github.appId, github.appInstallationId, github.appPrivateKey, and the clock of this machine"
            raise GitHubError(error.call, error.status, error.message, remedy) from None

    def _jwt(self, now: float) -> str:
        import jwt

        claims = {"iat": int(now) - CLOCK_DRIFT_SECONDS, "exp": int(now) + JWT_SECONDS, "iss": self.app_id}
        try:
            return jwt.encode(claims, self.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise LockgateError(
                "github.appPrivateKey: is not an RSA private key in PEM; make one on the App's page and store the whole file: "
                "`pulumi config set --secret github.appPrivateKey < FILE`"
            ) from None
