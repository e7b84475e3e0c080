"""Gates, projects, permissions, tokens and webhooks on SonarQube; each call is as SonarQube's own description has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sonar_calls import Server, listed

from infra.errors import LockgateError
from infra.provider.differences import DIFFERENCES, is_due
from infra.provider.kinds import KINDS
from infra.provider.plugin import find_step

BUGS = {"op": "GT", "error": "0"}
COVERAGE = {"op": "LT", "error": "80"}
GATE = {"name": "Ours", "conditions": {"bugs": BUGS, "coverage": COVERAGE}, "adopt": False}
PROJECT = {"key": "shop", "name": "Shop", "visibility": "private", "mainBranch": "main", "adopt": False}
BRANCHES = {"branches": [{"name": "main", "isMain": True}]}
SHOP = {"key": "shop", "name": "Shop", "visibility": "private"}
TOKEN = {"name": "lockgate shop", "project": "shop", "days": 180, "renewDays": 30}
READER = {"login": "reader", "name": "Another"}
HOOK = {"name": "shop", "project": "shop", "url": "https://hooks.example/x", "secret": "hunter2hunter2hunter2"}


def step(kind: str) -> Any:
    return find_step(kind)


def shown(*conditions: tuple[str, str, str], built_in: bool = False) -> dict[str, Any]:
    """A gate as SonarQube tells it; the conditions' ids are their metrics in capitals."""
    told = [{"id": metric.upper(), "metric": metric, "op": op, "error": error} for metric, op, error in conditions]
    return {"name": "Ours", "isBuiltIn": built_in, "conditions": told}


def test_the_conditions_of_a_gate_are_changed_one_by_one_and_what_is_wanted_comes_first() -> None:
    server = Server(qualitygates__show=shown(("bugs", "GT", "9"), ("coverage", "LT", "80"), ("complexity", "GT", "1")))
    wanted = {**GATE, "conditions": {"bugs": BUGS, "coverage": COVERAGE, "code_smells": {"op": "GT", "error": "5"}}}
    assert step("SonarGate").apply(GATE, wanted, server.ctx) == wanted
    assert server.posted() == [
        ("qualitygates/update_condition", {"id": "BUGS", "metric": "bugs", "op": "GT", "error": "0"}),
        ("qualitygates/create_condition", {"gateName": "Ours", "metric": "code_smells", "op": "GT", "error": "5"}),
        ("qualitygates/delete_condition", {"id": "COMPLEXITY"}),
    ]


def test_a_new_name_of_a_gate_renames_it() -> None:
    server = Server(qualitygates__show=shown(("bugs", "GT", "0"), ("coverage", "LT", "80")))
    step("SonarGate").apply({**GATE, "name": "Before"}, GATE, server.ctx)
    assert server.posted() == [("qualitygates/rename", {"currentName": "Before", "name": "Ours"})]


@pytest.mark.parametrize(
    ("there", "adopt", "said"),
    [
        (shown(built_in=True), True, "is built in and cannot be changed: choose another name"),
        (shown(), False, "(`pulumi import --generate-code=false lockgate:index:SonarGate NAME 'Ours'`), or say adopt"),
    ],
)
def test_a_gate_that_is_not_ours_is_left_alone(there: Any, adopt: bool, said: str) -> None:
    server = Server(qualitygates__show=there)
    with pytest.raises(LockgateError) as refused:
        step("SonarGate").apply(None, {**GATE, "adopt": adopt}, server.ctx)
    assert said in str(refused.value)
    assert server.posted() == []


def test_a_refresh_sees_other_conditions_and_that_a_gate_is_gone() -> None:
    found = step("SonarGate").read(GATE, Server(qualitygates__show=shown(("bugs", "GT", "9"))).ctx)
    assert DIFFERENCES["SonarGate"](found, GATE) == ['conditions["bugs"]', 'conditions["coverage"]']
    assert step("SonarGate").read(GATE, Server(qualitygates__show=404).ctx) is None


@pytest.mark.parametrize(
    ("kind", "state", "answers"),
    [
        ("SonarGate", GATE, {"qualitygates__show": 404}),
        ("SonarProject", PROJECT, {"projects__search": listed("components")}),
        ("SonarGateUse", {"project": "shop", "gate": "Ours"}, {"projects__search": listed("components")}),
        ("SonarWebhook", {**HOOK, "webhook": "W"}, {"webhooks__list": 404}),
    ],
)
def test_what_is_gone_already_is_deleted_without_an_error(kind: str, state: Any, answers: Any) -> None:
    server = Server(**answers)
    step(kind).delete(state, server.ctx)
    assert server.posted() == []


def test_a_project_is_made_and_later_changed_in_place() -> None:
    server = Server(projects__search=listed("components"), project_branches__list=BRANCHES)
    step("SonarProject").apply(None, PROJECT, server.ctx)
    wanted = {**PROJECT, "visibility": "public", "mainBranch": "trunk"}
    step("SonarProject").apply(PROJECT, wanted, server.ctx)
    assert server.posted() == [
        ("projects/create", {"project": "shop", "name": "Shop", "visibility": "private", "mainBranch": "main"}),
        ("projects/update_visibility", {"project": "shop", "visibility": "public"}),
        ("project_branches/rename", {"project": "shop", "name": "trunk"}),
    ]


def test_a_project_that_is_there_is_taken_over_only_where_that_is_said() -> None:
    server = Server(projects__search=listed("components", SHOP), project_branches__list=BRANCHES)
    with pytest.raises(LockgateError, match="project shop is there already: import it"):
        step("SonarProject").apply(None, PROJECT, server.ctx)
    step("SonarProject").apply(None, {**PROJECT, "adopt": True}, server.ctx)
    assert server.posted() == []


def test_another_key_makes_another_project() -> None:
    assert "key" in KINDS["SonarProject"].replaces


def test_permissions_are_given_before_others_are_taken() -> None:
    there = listed("groups", {"name": "Anyone", "permissions": ["user"]}, {"name": "team", "permissions": ["admin"]})
    server = Server(permissions__groups=there, permissions__users=listed("users"))
    wanted = {"project": "shop", "groups": {"team": ["scan"]}, "users": {"bob": ["admin"]}}
    step("SonarPermissions").apply(None, wanted, server.ctx)
    (first, *rest) = server.posted()
    assert first == ("permissions/add_group", {"projectKey": "shop", "permission": "scan", "groupName": "team"})
    assert sorted(sent["groupName"] for path, sent in rest if path == "permissions/remove_group") == ["anyone", "team"]
    assert rest[-1] == ("permissions/add_user", {"projectKey": "shop", "permission": "admin", "login": "bob"})


def test_a_permission_that_somebody_adds_is_drift_named_by_its_group() -> None:
    wanted = {"project": "shop", "groups": {"team": ["scan"]}, "users": {}}
    there = listed("groups", {"name": "team", "permissions": ["scan", "admin"]}, {"name": "none", "permissions": []})
    server = Server(
        permissions__groups=there, permissions__users=listed("users"),
        projects__search=listed("components", SHOP), project_branches__list=BRANCHES,
    )  # fmt: skip
    found = step("SonarPermissions").read(wanted, server.ctx)
    assert DIFFERENCES["SonarPermissions"](found, wanted) == ['groups["team"]']


def test_a_token_analyses_one_project_has_an_end_and_takes_its_forerunner_away() -> None:
    server = Server(user_tokens__generate={"token": "sqp_new"})
    made = step("SonarToken").apply({**TOKEN, "label": "before"}, TOKEN, server.ctx)
    (generated, revoked) = server.posted()
    ends = (datetime.now(UTC).date() + timedelta(days=180)).isoformat()
    assert generated[1]["type"] == "PROJECT_ANALYSIS_TOKEN"
    assert generated[1]["projectKey"] == "shop"
    assert (generated[1]["expirationDate"], made["expires"]) == (ends, ends)
    assert revoked == ("user_tokens/revoke", {"name": "before"})
    assert KINDS["SonarToken"].secrets == {"token"}


def test_a_token_of_a_user_does_what_that_user_may_and_goes_before_the_user_does() -> None:
    server = Server(user_tokens__generate={"token": "squ_new"}, users__search=listed("users", READER))
    wanted = {**TOKEN, "login": "reader"}
    made = step("SonarToken").apply(None, wanted, server.ctx)
    ((path, sent),) = server.posted()
    assert (path, sent["type"], sent["login"]) == ("user_tokens/generate", "USER_TOKEN", "reader")
    assert "projectKey" not in sent
    step("SonarToken").delete(made, server.ctx)
    assert server.posted()[-1] == ("user_tokens/revoke", {"name": made["label"], "login": "reader"})


def test_a_token_of_a_user_who_is_gone_is_gone_too() -> None:
    server = Server(user_tokens__search=404, users__search=listed("users"))
    state = {**TOKEN, "login": "reader", "label": "label"}
    assert step("SonarToken").read(state, server.ctx) is None
    step("SonarToken").delete(state, server.ctx)
    assert server.posted() == []


def test_a_user_is_made_with_a_password_that_nobody_knows() -> None:
    server = Server(users__search=listed("users", {"login": "reader-of-another", "name": "x"}))
    wanted = {"login": "reader", "name": "Reader", "adopt": False}
    assert step("SonarUser").apply(None, wanted, server.ctx) == wanted
    ((path, sent),) = server.posted()
    assert (path, sent["login"], sent["local"], len(sent["password"]) > 30) == ("users/create", "reader", "true", True)


def test_a_user_of_somebody_elses_is_not_taken_over_unless_that_is_said() -> None:
    server = Server(users__search=listed("users", READER))
    wanted = {"login": "reader", "name": "Reader", "adopt": False}
    with pytest.raises(LockgateError, match="user reader is there already: choose another login, or say adopt"):
        step("SonarUser").apply(None, wanted, server.ctx)
    step("SonarUser").apply(None, {**wanted, "adopt": True}, server.ctx)
    assert server.posted() == [("users/update", {"login": "reader", "name": "Reader"})]


def test_a_user_whom_somebody_has_deactivated_is_missing_and_a_name_is_drift() -> None:
    wanted = {"login": "reader", "name": "Reader", "adopt": False}
    assert step("SonarUser").read(wanted, Server(users__search=listed("users")).ctx) is None
    found = step("SonarUser").read(wanted, Server(users__search=listed("users", READER)).ctx)
    assert DIFFERENCES["SonarUser"](found, wanted) == ["name"]
    server = Server(users__search=listed("users", READER))
    step("SonarUser").delete(wanted, server.ctx)
    assert server.posted() == [("users/deactivate", {"login": "reader"})]


@pytest.mark.parametrize("known", [[], [{"name": "label", "isExpired": True}], [{"name": "another"}]])
def test_a_token_that_was_revoked_or_has_ended_is_gone(known: list[Any]) -> None:
    server = Server(user_tokens__search={"userTokens": known})
    assert step("SonarToken").read({**TOKEN, "label": "label"}, server.ctx) is None


@pytest.mark.parametrize(("left", "due"), [(31, False), (30, True), (-1, True)])
def test_a_token_near_its_end_is_due(left: int, due: bool) -> None:
    today = datetime.now(UTC).date()
    state = {**TOKEN, "expires": (today + timedelta(days=left)).isoformat()}
    assert is_due(state, today) is due
    assert ("expires" in DIFFERENCES["SonarToken"](state, TOKEN)) is due


def test_a_token_cannot_be_imported_and_it_is_said_why() -> None:
    with pytest.raises(LockgateError, match="SonarQube tells a token once, when it makes it: declare one, and revoke that one"):
        step("SonarToken").imported("label", Server().ctx)


def test_a_webhook_is_made_changed_and_found_again() -> None:
    told = {"key": "W", "name": "shop", "url": "https://hooks.example/x", "hasSecret": True}
    server = Server(webhooks__create={"webhook": told}, webhooks__list={"webhooks": [told]})
    made = step("SonarWebhook").apply(None, HOOK, server.ctx)
    assert step("SonarWebhook").read(made, server.ctx) == made == {**HOOK, "webhook": "W"}
    step("SonarWebhook").apply(made, {**HOOK, "secret": ""}, server.ctx)
    assert server.posted()[-1] == ("webhooks/update", {"webhook": "W", "name": "shop", "url": HOOK["url"], "secret": ""})


def test_a_webhook_whose_secret_was_taken_away_by_hand_is_drift() -> None:
    told = {"key": "W", "name": "shop", "url": "https://hooks.example/x", "hasSecret": False}
    found = step("SonarWebhook").read({**HOOK, "webhook": "W"}, Server(webhooks__list={"webhooks": [told]}).ctx)
    assert DIFFERENCES["SonarWebhook"](found, HOOK) == ["secret"]


def test_a_webhook_is_imported_by_its_project_and_key() -> None:
    told = {"key": "W", "name": "theirs", "url": "https://hooks.example/x", "hasSecret": True}
    server = Server(webhooks__list={"webhooks": [told]})
    found = step("SonarWebhook").imported("shop/W", server.ctx)
    assert (found["project"], found["webhook"], found["name"]) == ("shop", "W", "theirs")
    assert step("SonarWebhook").imported("shop/X", server.ctx) is None
    with pytest.raises(LockgateError, match="is imported as PROJECT/KEY"):
        step("SonarWebhook").imported("W", server.ctx)
