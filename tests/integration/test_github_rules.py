"""The rules of branches on the real provider: what holds at each moment, also while GitHub fails."""

from __future__ import annotations

from typing import Any

import pytest
from github_world import REPOSITORY, RULES, World, world

__all__ = ["world"]


def test_the_rules_hold_and_a_check_that_waits_does_not(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules={**RULES, "published": ["Build"]})
    assert 'not required yet: "Tests"' in program.up()
    assert world.required() == {"Build"}
    assert world.kinds() == {"deletion", "non_fast_forward", "pull_request", "required_linear_history", "required_status_checks"}
    world.want(repository=REPOSITORY, rules={**RULES, "published": ["Build", "Tests"]}).up()
    assert world.required() == {"Build", "Tests"}


def test_a_change_of_rules_or_of_their_names_is_one_request_that_leaves_no_gap(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    bypass = [{"kind": "team", "name": "platform"}, {"kind": "role", "name": "admin", "mode": "always"}]
    others = {"required_checks": ["Lint"], "branch_ruleset": "Main", "tag_ruleset": "Versions", "approvals": 2, "bypass": bypass}
    world.want(repository=REPOSITORY, rules=others)
    assert program.changes() == {"RepositoryRuleset podinfo-branch": "update", "RepositoryRuleset podinfo-tags": "update"}
    world.github.forget_requests()
    program.up()
    program.steady()
    written = [request["method"] for request in world.github.requests(path="/rulesets") if request["method"] != "GET"]
    assert written == ["PUT", "PUT"]
    assert world.required() == {"Lint"}


def test_classic_protection_that_is_left_is_said_and_left_alone(world: World) -> None:
    program = world.want(repository=REPOSITORY)
    program.up()
    classic = {
        "required_status_checks": {"strict": False, "contexts": ["Old build"]},
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": None,
    }
    with world.github.client() as client:
        assert client.put("repos/lab/podinfo/branches/main/protection", json=classic).is_success
    said = world.want(repository=REPOSITORY, rules=RULES).up()
    assert "lab/podinfo: branch main has classic protection beside the ruleset" in said
    assert 'the checks "Old build"' in said
    assert program.outputs()["leftovers"] == ["main"]
    assert world.ask("repos/lab/podinfo/branches/main/protection")["enforce_admins"]["enabled"] is True


@pytest.mark.parametrize(("kind", "which"), [("bad_gateway", {}), ("secondary_rate_limit", {"retry_after": 1})])
def test_rules_change_although_github_stumbles(world: World, kind: str, which: dict[str, Any]) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    world.want(repository=REPOSITORY, rules={"required_checks": ["Lint"]})
    with world.github.fault(kind, method="PUT", path="/rulesets/", times=1, **which) as fault:
        program.up()
        assert fault.hits == 1
    assert world.required() == {"Lint"}
    program.steady()


def test_rules_that_may_not_be_changed_stay_and_the_update_says_why(world: World) -> None:
    program = world.want(repository=REPOSITORY, rules=RULES)
    program.up()
    world.want(repository=REPOSITORY, rules={"required_checks": ["Lint"]})
    with world.github.fault("forbidden", method="PUT", path="/rulesets/"):
        assert "403" in program.bad("up", "--yes", "--skip-preview")
        assert world.required() == {"Build", "Tests"}
        assert "pull_request" in world.kinds()
    program.up()
    assert world.required() == {"Lint"}
