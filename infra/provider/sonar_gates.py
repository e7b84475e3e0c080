"""Quality gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import LockgateError
from infra.provider.sonar_context import SonarContext
from infra.sonarqube import SonarQube

Values = Mapping[str, Any]
Conditions = dict[str, dict[str, str]]
DETAILS = "/api/qualitygates/show"


class SonarGate:
    """``lockgate:index:SonarGate``: ``name``, and ``conditions``: metrics to ``op`` (GT or LT) and ``error``, the limit as text.

    It has these conditions and no others: a new one begins with SonarQube's own on new code, which are taken away, and what
    somebody changes by hand is drift. One that is there already is taken over only with ``adopt``; one that is built in never.
    """

    def apply(self, old: Values | None, new: Values, ctx: SonarContext) -> dict[str, Any]:
        sonar, name = ctx.sonar, new["name"]
        if old and old["name"] != name:
            sonar.post("/api/qualitygates/rename", currentName=old["name"], name=name)
        elif not old:
            self._make(sonar, new)
        there = sonar.get(DETAILS, name=name)
        self._set(sonar, name, {one["metric"]: one for one in there.get("conditions", [])}, new["conditions"])
        return dict(new)

    def read(self, state: Values, ctx: SonarContext) -> dict[str, Any] | None:
        found = ctx.sonar.find(DETAILS, name=state["name"])
        return None if found is None else {**state, "conditions": conditions(found)}

    def imported(self, id_: str, ctx: SonarContext) -> dict[str, Any] | None:
        return self.read({"name": id_, "adopt": False}, ctx)

    def delete(self, state: Values, ctx: SonarContext) -> None:
        if ctx.sonar.find(DETAILS, name=state["name"]):
            ctx.sonar.post("/api/qualitygates/destroy", name=state["name"])

    @staticmethod
    def _make(sonar: SonarQube, new: Values) -> None:
        found = sonar.find(DETAILS, name=new["name"])
        if found and found["isBuiltIn"]:
            raise LockgateError(f"SonarQube: gate {new['name']!r} is built in and cannot be changed: choose another name")
        if found and not new.get("adopt"):
            raise LockgateError(
                f"SonarQube: gate {new['name']!r} is there already: import it (`pulumi import --generate-code=false "
                f"lockgate:index:SonarGate NAME {new['name']!r}`), or say adopt"
            )
        if not found:
            sonar.post("/api/qualitygates/create", name=new["name"])

    @staticmethod
    def _set(sonar: SonarQube, name: str, there: Mapping[str, Any], wanted: Conditions) -> None:
        """What is wanted comes first, so that the gate is never without a condition."""
        for metric, limit in wanted.items():
            asked = {"metric": metric, "op": limit["op"], "error": limit["error"]}
            known = there.get(metric)
            if known is None:
                sonar.post("/api/qualitygates/create_condition", gateName=name, **asked)
            elif (known["op"], known["error"]) != (limit["op"], limit["error"]):
                sonar.post("/api/qualitygates/update_condition", id=known["id"], **asked)
        for metric in there.keys() - wanted.keys():
            sonar.post("/api/qualitygates/delete_condition", id=there[metric]["id"])


def conditions(told: Mapping[str, Any]) -> Conditions:
    """The conditions of a gate as SonarQube tells it."""
    return {one["metric"]: {"op": one["op"], "error": one["error"]} for one in told.get("conditions", [])}
