"""SonarAccount: a user of SonarQube has the password that is wanted; a new server's admin has one that everybody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2 as httpx

from infra.errors import LockgateError
from infra.provider.context import Context

FIRST = "admin"
"""The password that a new server's ``admin`` has."""
START_SECONDS = 600
ASK_SECONDS = 10
WORKING = {"STARTING", "RESTARTING", "DB_MIGRATION_RUNNING"}

Values = Mapping[str, Any]


class SonarAccount:
    """``lockgate:index:SonarAccount``: on the server at ``url``, which is waited for, ``login`` has ``password``.

    It is looked at again with another ``database``, which stands for the pods that the server's database runs in: that may be a
    new one.
    A refresh asks the server. Where it refuses the password, or does not answer, the state forgets it, and the next update sets
    it again: a server with a new database has the first password.
    """

    def apply(self, old: Values | None, new: Values, ctx: Context) -> dict[str, Any]:
        known = [(old or {}).get("password"), FIRST]
        with _client(new["url"]) as server:
            ctx.until(lambda: _lacking(server, new, known), START_SECONDS, _late)
        return dict(new)

    def read(self, state: Values, ctx: Context) -> dict[str, Any]:
        """The state as it is, without the password where the server does not take it."""
        try:
            with _client(state["url"]) as server:
                known = _takes(server, state["login"], state["password"])
        except httpx.HTTPError as error:
            ctx.say(f"{_name(state['url'])} does not answer ({type(error).__name__}): its password is set again")
            known = False
        return {**state, "password": state["password"] if known else ""}


def _late(last: str) -> LockgateError:
    return LockgateError(f"{last} after {START_SECONDS} s")


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url.rstrip("/"), timeout=ASK_SECONDS, trust_env=False)


def _name(url: object) -> str:
    return f"SonarQube at {url}"


def _lacking(server: httpx.Client, new: Values, known: list[str | None]) -> str | None:
    """What the server is not ready for yet; None once it has the password. Without its database it fails, and starts again."""
    try:
        waiting = _waiting(server)
        if waiting is None and not _takes(server, new["login"], new["password"]):
            _change(server, new, known)
    except httpx.TransportError as error:
        return f"{_name(new['url'])} does not answer ({type(error).__name__})"
    except httpx.HTTPStatusError as error:
        return f"{_name(new['url'])} fails with HTTP {error.response.status_code}"
    return waiting


def _waiting(server: httpx.Client) -> str | None:
    """What the server is not ready for yet; None where it is. Raises LockgateError where waiting does not help."""
    name = _name(server.base_url)
    answer = server.get("/api/system/status")
    try:
        status = answer.json()["status"] if answer.is_success else f"HTTP {answer.status_code}"
    except (ValueError, KeyError, TypeError):
        raise LockgateError(f"{name} does not answer as a SonarQube does: see that the address is its own") from None
    if status == "DB_MIGRATION_NEEDED":
        raise LockgateError(f"{name} must bring its database to its version: back that up, then open {server.base_url}/setup")
    return None if status == "UP" else f"{name} is {status}"


def _asked(server: httpx.Client, method: str, path: str, **given: Any) -> httpx.Response:
    """The answer. Raises httpx.HTTPStatusError where the server itself fails, which says nothing of the password."""
    answer = server.request(method, path, **given)
    return answer.raise_for_status() if answer.is_server_error else answer


def _takes(server: httpx.Client, login: str, password: str) -> bool:
    answer = _asked(server, "GET", "/api/authentication/validate", auth=(login, password or ""))
    return answer.is_success and answer.json().get("valid") is True


def _change(server: httpx.Client, new: Values, known: list[str | None]) -> None:
    """From whichever of the ``known`` passwords the server takes."""
    login, wanted = new["login"], new["password"]
    now = next((one for one in known if one and _takes(server, login, one)), None)
    if now is None:
        raise LockgateError(
            f"{_name(new['url'])} takes no password of {login} that this stack knows: somebody changed it; sign in as an "
            "administrator, and set it back to the one in the stack's outputs"
        )
    form = {"login": login, "previousPassword": now, "password": wanted}
    answer = _asked(server, "POST", "/api/users/change_password", data=form, auth=(login, now))
    if not answer.is_success:
        raise LockgateError(f"{_name(new['url'])} refuses the new password of {login}: HTTP {answer.status_code} {_said(answer)}")


def _said(answer: httpx.Response) -> str:
    try:
        return "; ".join(str(one["msg"]) for one in answer.json()["errors"])
    except (ValueError, KeyError, TypeError):
        return ""
