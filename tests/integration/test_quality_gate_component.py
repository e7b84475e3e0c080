"""A quality gate on a real SonarQube: made, kept as it was said against changes by hand, taken over, and taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gate_program import gate_program, want
from github_calls import make_repository
from github_lab import GitHubLab
from github_program import Program
from sonar_lab import Sonar

pytestmark = pytest.mark.lab
STORY = {
    ("bugs", "GT", "0"),
    ("vulnerabilities", "GT", "0"),
    ("code_smells", "GT", "5"),
    ("coverage", "LT", "80"),
    ("duplicated_lines_density", "GT", "3"),
}
KEY = "gate-shop"
GATE = "Gate of the shop"
BY_HAND = "Made by hand"
NO_CODE = ("--generate-code=false",)
UNASKED = ("--yes", "--skip-preview")
ARGS: dict[str, Any] = {"project": KEY, "gate": GATE, "repository": "podinfo", "url": "https://sonar.example"}


@pytest.fixture
def program(tmp_path: Path, github: GitHubLab, sonar: Sonar) -> Iterator[Program]:
    with github.client() as client:
        make_repository(client)
    made = want(gate_program(tmp_path / "program", github, sonar.url, sonar.token), **ARGS)
    yield made
    made.run("destroy", "--yes", "--skip-preview")
    if projects(sonar):
        sonar.post("projects/delete", project=KEY)
    for name in {GATE, BY_HAND} & gates(sonar):
        sonar.post("qualitygates/destroy", name=name)


def projects(sonar: Sonar) -> list[str]:
    return [one["key"] for one in sonar.get("projects/search", projects=KEY)["components"]]


def gates(sonar: Sonar) -> set[str]:
    return {one["name"] for one in sonar.get("qualitygates/list")["qualitygates"]}


def gate(sonar: Sonar) -> set[tuple[str, str, str]]:
    return {(one["metric"], one["op"], one["error"]) for one in sonar.get("qualitygates/show", name=GATE)["conditions"]}


def groups(sonar: Sonar) -> dict[str, list[str]]:
    found = sonar.get("permissions/groups", projectKey=KEY)["groups"]
    return {one["name"]: sorted(one["permissions"]) for one in found if one["permissions"]}


def tokens(sonar: Sonar) -> list[str]:
    """The names of the tokens of this project."""
    return [one["name"] for one in sonar.get("user_tokens/search")["userTokens"] if one.get("project", {}).get("key") == KEY]


def urns(program: Program) -> list[str]:
    return [one["urn"] for one in json.loads(program.good("stack", "export"))["deployment"]["resources"]]


def test_one_update_makes_project_gate_permissions_and_token(program: Program, github: GitHubLab, sonar: Sonar) -> None:
    program.up()
    program.settles()
    assert gate(sonar) == STORY
    assert sonar.get("qualitygates/get_by_project", project=KEY)["qualityGate"]["name"] == GATE
    assert groups(sonar)["sonar-users"] == ["codeviewer", "issueadmin", "securityhotspotadmin", "user"]
    token = github.secret("lab/podinfo", "SONAR_TOKEN")
    assert token.startswith("sqp_")
    assert token not in program.state()
    assert token not in program.good("stack", "output")
    assert sonar.token not in program.state()
    with github.client() as client:
        values = {one["name"]: one["value"] for one in client.get("repos/lab/podinfo/actions/variables").json()["variables"]}
    assert values == {"SONAR_QUBE_URL": "https://sonar.example", "SONAR_PROJECT_KEY": KEY}


def test_changes_by_hand_are_shown_and_undone(program: Program, sonar: Sonar) -> None:
    program.up()
    (bugs,) = [one["id"] for one in sonar.get("qualitygates/show", name=GATE)["conditions"] if one["metric"] == "bugs"]
    sonar.post("qualitygates/update_condition", id=bugs, metric="bugs", op="GT", error="99")
    sonar.post("qualitygates/create_condition", gateName=GATE, metric="complexity", op="GT", error="1000")
    sonar.post("permissions/add_group", projectKey=KEY, groupName="sonar-users", permission="admin")
    sonar.post("qualitygates/deselect", projectKey=KEY)
    program.good("refresh", "--yes", "--skip-preview")
    shown = program.run("preview", "--diff", "--show-replacement-steps").stdout
    assert "bugs" in shown
    assert "complexity" in shown
    assert program.changes() == {
        "SonarGate shop": "update",
        "SonarGateUse shop": "update",
        "SonarPermissions shop": "update",
    }
    program.up()
    assert gate(sonar) == STORY
    assert "admin" not in groups(sonar)["sonar-users"]
    assert sonar.get("qualitygates/get_by_project", project=KEY)["qualityGate"]["name"] == GATE
    program.settles()


def test_what_was_deleted_by_hand_is_made_again(program: Program, github: GitHubLab, sonar: Sonar) -> None:
    program.up()
    before = github.secret("lab/podinfo", "SONAR_TOKEN")
    sonar.post("qualitygates/destroy", name=GATE)
    (name,) = tokens(sonar)
    sonar.post("user_tokens/revoke", name=name)
    program.good("refresh", "--yes", "--skip-preview")
    program.up()
    assert gate(sonar) == STORY
    assert github.secret("lab/podinfo", "SONAR_TOKEN") != before
    assert len(tokens(sonar)) == 1
    program.settles()


def test_a_limit_that_changes_changes_that_condition_alone(program: Program, sonar: Sonar) -> None:
    program.up()
    want(program, **ARGS, conditions={"bugs": ["GT", "0"], "coverage": ["LT", "85.5"]})
    assert program.changes() == {"SonarGate shop": "update"}
    program.up()
    assert gate(sonar) == {("bugs", "GT", "0"), ("coverage", "LT", "85.5")}
    program.settles()


def test_a_token_near_its_end_is_renewed_and_the_old_one_revoked(program: Program, github: GitHubLab, sonar: Sonar) -> None:
    want(program, **ARGS, token_days=60, renew_days=30).up()
    before, first = github.secret("lab/podinfo", "SONAR_TOKEN"), tokens(sonar)
    want(program, **ARGS, token_days=61, renew_days=60)
    program.up()
    assert github.secret("lab/podinfo", "SONAR_TOKEN") != before
    assert len(tokens(sonar)) == 1
    assert tokens(sonar) != first


def test_what_is_there_already_is_not_taken_over_unasked(program: Program, sonar: Sonar) -> None:
    sonar.post("projects/create", project=KEY, name=KEY, visibility="private")
    said = program.bad("up", "--yes", "--skip-preview")
    assert f"project {KEY} is there already: import it" in said
    want(program, **ARGS, adopt=True).up()
    assert gate(sonar) == STORY


def test_a_gate_is_imported_as_it_is(program: Program, sonar: Sonar) -> None:
    sonar.post("qualitygates/create", name=BY_HAND)
    program.environment.update(SONAR_HOST_URL=sonar.url, SONAR_TOKEN=sonar.token)
    program.good("import", *NO_CODE, "lockgate:index:SonarGate", "imported", BY_HAND, *UNASKED, "--protect=false")
    assert "new_coverage" in program.state()
    assert sonar.token not in program.state()
    said = program.bad("import", *NO_CODE, "lockgate:index:SonarGate", "none", "Nobody's", "--yes", "--skip-preview")
    assert "Nobody's" in said


@pytest.mark.parametrize("kind", ["SonarProject", "SonarGateUse", "SonarPermissions"])
def test_what_is_of_a_project_is_imported_by_its_key(program: Program, sonar: Sonar, kind: str) -> None:
    sonar.post("projects/create", project=KEY, name="The shop", visibility="private")
    program.environment.update(SONAR_HOST_URL=sonar.url, SONAR_TOKEN=sonar.token)
    imported = ("import", *NO_CODE, f"lockgate:index:{kind}", "imported")
    program.good(*imported, KEY, *UNASKED, "--protect=false")
    told = {"SonarProject": "The shop", "SonarGateUse": "Sonar way", "SonarPermissions": "securityhotspotadmin"}
    assert told[kind] in program.state()
    program.good("state", "delete", "--yes", *[urn for urn in urns(program) if urn.endswith("::imported")])
    assert "nobody" in program.bad(*imported, "nobody", "--yes", "--skip-preview")


def test_a_webhook_is_imported_and_a_token_is_not(program: Program, sonar: Sonar) -> None:
    sonar.post("projects/create", project=KEY, name=KEY, visibility="private")
    hook = sonar.post("webhooks/create", project=KEY, name="theirs", url="https://hooks.example/x")["webhook"]["key"]
    program.environment.update(SONAR_HOST_URL=sonar.url, SONAR_TOKEN=sonar.token)
    program.good("import", *NO_CODE, "lockgate:index:SonarWebhook", "hook", f"{KEY}/{hook}", *UNASKED, "--protect=false")
    assert "https://hooks.example/x" in program.state()
    said = program.bad("import", *NO_CODE, "lockgate:index:SonarToken", "token", "x", "--yes", "--skip-preview")
    assert "SonarQube tells a token once, when it makes it" in said


def test_a_public_project_with_a_webhook_settles_and_can_be_made_private(program: Program, sonar: Sonar) -> None:
    hook = {"webhook": "https://hooks.example/x", "webhook_secret": "hunter2hunter2hunter2"}
    want(program, **ARGS, **hook, visibility="public").up()
    program.settles()
    assert hook["webhook_secret"] not in program.state()
    want(program, **ARGS, **hook)
    assert program.changes() == {"SonarProject shop": "update", "SonarPermissions shop": "update"}
    program.up()
    program.settles()
    assert groups(sonar)["sonar-users"] == ["codeviewer", "issueadmin", "securityhotspotadmin", "user"]


def test_a_destroyed_stack_takes_gate_and_token_away_and_keeps_the_history(program: Program, sonar: Sonar) -> None:
    program.up()
    program.good("destroy", "--yes", "--skip-preview")
    assert tokens(sonar) == []
    assert GATE not in gates(sonar)
    assert projects(sonar) == [KEY]


def test_a_wrong_token_is_one_clear_error(program: Program) -> None:
    program.environment["ADMIN"] = "squ_" + "0" * 40
    said = program.bad("up", "--yes", "--skip-preview")
    assert "401" in said
    assert "the token or password is wrong or has ended: give another in sonarToken" in said
    assert program.environment["ADMIN"] not in said
