"""How others reach SonarQube, and how it reaches them: users, tokens and webhooks."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from infra.errors import LockgateError
from infra.provider.sonar_context import SonarContext

Values = Mapping[str, Any]


class SonarUser:
    """``lockgate:index:SonarUser``: a user ``login`` called ``name`` who signs in by tokens alone: nobody knows the password.

    One that is there already is taken over only with ``adopt``. Deleted, it is deactivated, as SonarQube does it.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:
        login, name = new["login"], new["name"]
        there = _user(login, ctx)
        if there and not old and not new.get("adopt"):
            raise LockgateError(f"SonarQube: user {login} is there already: choose another login, or say adopt")
        if there:
            ctx.sonar.post("/api/users/update", login=login, name=name)
        else:
            ctx.sonar.post("/api/users/create", login=login, name=name, local=True, password=secrets.token_urlsafe(32))
        return dict(new)

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        found = _user(state["login"], ctx)
        return None if found is None else {**state, "name": found["name"]}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        return self.read({"login": id_, "adopt": False}, ctx)

    def delete(self, state: Values, ctx: SonarContext) -> None:
        if _user(state["login"], ctx):
            ctx.sonar.post("/api/users/deactivate", login=state["login"])


def _user(login: str, ctx: SonarContext) -> Mapping[str, Any] | None:
    """A user who is active, or None; the search is by a part of the login."""
    return next((one for one in ctx.sonar.pages("/api/users/search", "users", q=login) if one["login"] == login), None)


class SonarToken:
    """``lockgate:index:SonarToken``: a token ``name`` that may analyse ``project``, or do what the user ``login`` may.

    It lives for ``days``. Outputs: ``token``, a secret; ``expires``, a date; ``label``, its name on the server. ``renewDays``
    before it ends the next update makes another, and takes the old one away; so does the next update after a refresh where
    somebody has revoked it.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:
        now = datetime.now(UTC)
        expires = (now.date() + timedelta(days=new["days"])).isoformat()
        label = f"{new['name']} {now:%Y-%m-%d %H:%M:%S}"
        login = new.get("login") or None
        kind = {"type": "USER_TOKEN"} if login else {"type": "PROJECT_ANALYSIS_TOKEN", "projectKey": new["project"]}
        made = ctx.sonar.post("/api/user_tokens/generate", name=label, login=login, expirationDate=expires, **kind)
        if old:
            self.delete(old, ctx)
        return {**new, "token": made["token"], "expires": expires, "label": label}

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        """None where it was revoked, or has ended, or its user is gone."""
        found = ctx.sonar.find("/api/user_tokens/search", login=state.get("login") or None) or {"userTokens": []}
        there = any(one["name"] == state["label"] and not one.get("isExpired") for one in found["userTokens"])
        return dict(state) if there else None

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:  # noqa: ARG002
        raise LockgateError(f"SonarToken {id_}: SonarQube tells a token once, when it makes it: declare one, and revoke that one")

    def delete(self, state: Values, ctx: SonarContext) -> None:
        """Revoking one that is not there is no error of SonarQube's; a user who is gone has none."""
        login = state.get("login") or None
        if login is None or _user(login, ctx):
            ctx.sonar.post("/api/user_tokens/revoke", name=state["label"], login=login)


class SonarWebhook:
    """``lockgate:index:SonarWebhook``: ``url`` is told of each analysis of ``project``, signed with ``secret`` if there is one.

    Output: ``webhook``, its key on the server, which is its id; it is imported as PROJECT/KEY.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:
        asked = {"name": new["name"], "url": new["url"], "secret": new.get("secret") or None}
        if old:
            ctx.sonar.post("/api/webhooks/update", webhook=old["webhook"], **{**asked, "secret": new.get("secret") or ""})
            return {**new, "webhook": old["webhook"]}
        made = ctx.sonar.post("/api/webhooks/create", project=new["project"], **asked)
        return {**new, "webhook": made["webhook"]["key"]}

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        """Whether it has a secret is told; the secret is not."""
        found = self._find(state["project"], state["webhook"], ctx)
        if found is None:
            return None
        secret = state.get("secret") if found.get("hasSecret") else ""
        return {**state, "name": found["name"], "url": found["url"], "secret": secret}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        """Its secret is not told: the next update sets the program's."""
        project, _, key = id_.rpartition("/")
        if not project:
            raise LockgateError(f"SonarWebhook {id_}: is imported as PROJECT/KEY, with the webhook's key (/api/webhooks/list)")
        return self.read({"project": project, "webhook": key}, ctx)

    def delete(self, state: Values, ctx: SonarContext) -> None:
        if self._find(state["project"], state["webhook"], ctx):
            ctx.sonar.post("/api/webhooks/delete", webhook=state["webhook"])

    @staticmethod
    def _find(project: str, key: str, ctx: SonarContext) -> Mapping[str, Any] | None:
        known = ctx.sonar.find("/api/webhooks/list", project=project) or {"webhooks": []}
        return next((one for one in known["webhooks"] if one["key"] == key), None)
