"""A quality gate: which resources there are, in which order, and where its token goes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from recording_engine import Recorder, run

from components import QualityGate, QualityGateArgs

TOKEN = "sqp_hunter2"  # noqa: S105 - planted
MADE = {"lockgate:index:SonarToken": {"token": TOKEN, "expires": "2027-01-01", "label": "lockgate shop 1"}}
LOCKGATE, GITHUB = "lockgate:index:{}", "github:index/{}"
SECRET = (GITHUB.format("actionsSecret:ActionsSecret"), "shop-SONAR_TOKEN")


def made(**more: Any) -> Recorder:
    return run(lambda: QualityGate("shop", QualityGateArgs(**{"project": "shop", **more})), outputs=MADE)


def one(recorder: Recorder, kind: str) -> Any:
    return recorder.registered[LOCKGATE.format(kind), "shop"]


def test_a_project_is_judged_by_a_gate_that_is_there_and_stays_when_the_component_goes() -> None:
    found = made()
    parts = {kind for kind, _ in found.registered}
    expected = ("QualityGate", "SonarProject", "SonarGate", "SonarGateUse", "SonarPermissions", "SonarToken")
    assert parts == {LOCKGATE.format(kind) for kind in expected}
    assert {one(found, kind).urn for kind in ("SonarProject", "SonarGate")} <= one(found, "SonarGateUse").depends_on
    assert one(found, "SonarProject").options["retainOnDelete"] is True
    assert one(found, "SonarGate").options["retainOnDelete"] is False


def test_without_more_the_gate_has_the_storys_conditions() -> None:
    assert one(made(), "SonarGate").inputs["conditions"] == {
        "bugs": {"op": "GT", "error": "0"},
        "vulnerabilities": {"op": "GT", "error": "0"},
        "code_smells": {"op": "GT", "error": "5"},
        "coverage": {"op": "LT", "error": "80"},
        "duplicated_lines_density": {"op": "GT", "error": "3"},
    }


def test_the_token_goes_to_github_as_a_secret_after_the_gate_judges() -> None:
    found = made(repository="podinfo", url="https://sonar.example")
    secret = found.registered[SECRET]
    assert (secret.inputs["repository"], secret.inputs["value"]) == ("podinfo", TOKEN)
    assert one(found, "SonarGateUse").urn in secret.depends_on
    assert secret.raw["value"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
    variable = GITHUB.format("actionsVariable:ActionsVariable")
    values = {each.inputs["variableName"]: each.inputs["value"] for key, each in found.registered.items() if key[0] == variable}
    assert values == {"SONAR_QUBE_URL": "https://sonar.example", "SONAR_PROJECT_KEY": "shop"}


def test_what_everybody_may_in_a_public_project_is_given_to_nobody_there() -> None:
    """SonarQube does not keep it, so that a refresh would find it lacking for ever."""
    given = {"users": {"bob": ["user"], "eve": ["codeviewer", "scan"]}}
    public, private = (one(made(visibility=one_, **given), "SonarPermissions").inputs for one_ in ("public", "private"))
    assert public["groups"]["sonar-users"] == ["issueadmin", "securityhotspotadmin"]
    assert public["users"] == {"eve": ["scan"]}
    assert private["groups"]["sonar-users"] == ["codeviewer", "issueadmin", "securityhotspotadmin", "user"]
    assert private["users"] == {"bob": ["user"], "eve": ["codeviewer", "scan"]}


def test_a_reader_may_browse_and_is_there_before_the_project_lets_it_in() -> None:
    found = made(reader="exporter", pull_requests=True)
    user = found.registered[LOCKGATE.format("SonarUser"), "shop-reader"]
    token = found.registered[LOCKGATE.format("SonarToken"), "shop-reader"]
    assert (user.inputs["login"], token.inputs["login"]) == ("exporter", "exporter")
    assert one(found, "SonarPermissions").inputs["users"] == {"exporter": ["user"]}
    assert user.urn in one(found, "SonarPermissions").depends_on
    assert "login" not in one(found, "SonarToken").inputs


def test_a_webhook_is_signed_with_a_secret() -> None:
    given = {"webhook": "https://hooks.example/x", "webhook_secret": "hunter2"}
    hook = one(made(**given), "SonarWebhook")
    assert (hook.inputs["url"], hook.inputs["secret"]) == ("https://hooks.example/x", "hunter2")
    assert hook.raw["secret"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"project": "a b"}, "project = a b: must be letters, digits"),
        ({"project": "123"}, "with one that is no digit"),
        ({"gate": "Sonar way"}, "gate = Sonar way: is built into SonarQube"),
        ({"conditions": {}}, "a gate without a condition lets everything pass"),
        ({"conditions": {"bugs": ("EQ", "0")}}, "conditions[bugs] = ('EQ', '0')"),
        ({"conditions": {"bugs": ("GT", "none")}}, "a number as text"),
        ({"token_days": 30}, "token_days = 30, renew_days = 30: a token lives for at most 365 days"),
        ({"token_days": 400}, "token_days = 400"),
    ],
)
def test_what_cannot_be_does_not_construct(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        QualityGateArgs(**{"project": "shop", **changes})
