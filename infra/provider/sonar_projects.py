"""Projects on SonarQube, which gate they have, and who may do what in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.errors import LockgateError
from infra.provider.sonar_context import SonarContext
from infra.sonarqube import SonarQube

Values = Mapping[str, Any]
ANYONE = "anyone"
"""The group that SonarQube calls so in calls, and "Anyone" in answers."""


class SonarProject:
    """``lockgate:index:SonarProject``: ``key``, ``name``, ``visibility`` (public or private), ``mainBranch``.

    One that is there already is taken over only with ``adopt``. Its id is its key. Deleting it deletes its whole history.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:
        sonar, key = ctx.sonar, new["key"]
        before = old or self._adopted(sonar, new)
        if before is None:
            sonar.post(
                "/api/projects/create",
                project=key, name=new["name"], visibility=new["visibility"], mainBranch=new["mainBranch"],
            )  # fmt: skip
            return dict(new)
        if before["name"] != new["name"]:
            raise LockgateError(
                f"SonarQube: project {key} is named {before['name']!r} there and {new['name']!r} here: only an analysis changes "
                "a name; set sonar.projectName for the scanner, and take the name over"
            )
        if before["visibility"] != new["visibility"]:
            sonar.post("/api/projects/update_visibility", project=key, visibility=new["visibility"])
        if before["mainBranch"] != new["mainBranch"]:
            sonar.post("/api/project_branches/rename", project=key, name=new["mainBranch"])
        return dict(new)

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        found = _find(ctx.sonar, state["key"])
        return None if found is None else {**state, **found}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        found = _find(ctx.sonar, id_)
        return None if found is None else {**found, "adopt": False}

    def delete(self, state: Values, ctx: SonarContext) -> None:
        if _find(ctx.sonar, state["key"]):
            ctx.sonar.post("/api/projects/delete", project=state["key"])

    @staticmethod
    def _adopted(sonar: SonarQube, new: Values) -> dict[str, Any] | None:
        found = _find(sonar, new["key"])
        if found is not None and not new.get("adopt"):
            raise LockgateError(
                f"SonarQube: project {new['key']} is there already: import it (`pulumi import --generate-code=false "
                f"lockgate:index:SonarProject NAME {new['key']}`), or say adopt"
            )
        return found


class SonarGateUse:
    """``lockgate:index:SonarGateUse``: ``project`` is judged by ``gate``. Deleted, it is judged by the server's default one."""

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:  # noqa: ARG002
        ctx.sonar.post("/api/qualitygates/select", gateName=new["gate"], projectKey=new["project"])
        return dict(new)

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        found = ctx.sonar.find("/api/qualitygates/get_by_project", project=state["project"])
        return None if found is None else {**state, "gate": found["qualityGate"]["name"]}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        return self.read({"project": id_}, ctx)

    def delete(self, state: Values, ctx: SonarContext) -> None:
        if _find(ctx.sonar, state["project"]):
            ctx.sonar.post("/api/qualitygates/deselect", projectKey=state["project"])


class SonarPermissions:
    """``lockgate:index:SonarPermissions``: who may do what in ``project``: ``groups`` and ``users`` map names to permissions.

    Nobody else keeps any: what somebody adds by hand is drift. Deleted, everything stays as it is.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:  # noqa: ARG002
        for kind, name, wanted in (("group", "groupName", new["groups"]), ("user", "login", new["users"])):
            there = _granted(ctx.sonar, kind, new["project"])
            for who, permission in _pairs(wanted) - _pairs(there):
                ctx.sonar.post(f"/api/permissions/add_{kind}", projectKey=new["project"], permission=permission, **{name: who})
            for who, permission in _pairs(there) - _pairs(wanted):
                ctx.sonar.post(f"/api/permissions/remove_{kind}", projectKey=new["project"], permission=permission, **{name: who})
        return dict(new)

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        project = state["project"]
        if _find(ctx.sonar, project) is None:
            return None
        return {**state, "groups": _granted(ctx.sonar, "group", project), "users": _granted(ctx.sonar, "user", project)}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        return self.read({"project": id_}, ctx)


def _find(sonar: SonarQube, key: str) -> dict[str, Any] | None:
    """A project as it is there, or None."""
    found = [one for one in sonar.pages("/api/projects/search", "components", projects=key) if one["key"] == key]
    if not found:
        return None
    branches = sonar.get("/api/project_branches/list", project=key)["branches"]
    main = next((branch["name"] for branch in branches if branch["isMain"]), "main")
    return {"key": key, "name": found[0]["name"], "visibility": found[0]["visibility"], "mainBranch": main}


def _granted(sonar: SonarQube, kind: str, project: str) -> dict[str, list[str]]:
    """Who has permissions in the project; a public one's codeviewer and user are everybody's, and are not listed."""
    named = "name" if kind == "group" else "login"
    found = ((one[named], sorted(one["permissions"])) for one in _listed(sonar, f"{kind}s", project) if one["permissions"])
    return {ANYONE if name == "Anyone" else name: permissions for name, permissions in sorted(found)}


def _listed(sonar: SonarQube, kinds: str, project: str) -> Iterator[Any]:
    """These two calls list no more than a hundred at once."""
    seen, page = 0, 1
    while True:
        body = sonar.get(f"/api/permissions/{kinds}", projectKey=project, p=page, ps=100)
        yield from body[kinds]
        seen, page = seen + len(body[kinds]), page + 1
        if seen >= body["paging"]["total"] or not body[kinds]:
            return


def _pairs(granted: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(who, permission) for who, permissions in granted.items() for permission in permissions}
