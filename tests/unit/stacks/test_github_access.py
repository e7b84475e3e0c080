"""How a stack's settings lead to its GitHub: what the two providers are given, and what never goes into the state."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

sys.path.insert(0, str(Path(__file__).parents[1] / "components"))
sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))

from recording_engine import Registered, run
from settings_factory import model

from infra.errors import SettingsError
from infra.provider.resources import GitHubAccess, Provider
from infra.settings.model import camel
from stacks.github import access, connect, demand_access

SECRET = "ghp_hunter2"  # noqa: S105 - planted
GITHUB, OURS = "pulumi:providers:github", "pulumi:providers:lockgate"


def provided(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> tuple[Registered, Registered]:
    """Both providers of a stack with a repository, in a shell with a token of its own."""
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-shell")
    settings = model(**{"github__repository": "example/podinfo", **changes})
    texts = {camel(key): value.get_secret_value() if isinstance(value, SecretStr) else value for key, value in changes.items()}

    def program() -> None:
        connect(settings)
        Provider("ours", github=access({"github.repository": "example/podinfo", **texts}))

    made = run(program).registered
    return made[GITHUB, "github"], made[OURS, "ours"]


def test_without_a_repository_no_github_is_named() -> None:
    assert access({"github.token": SECRET}) is None


def test_a_member_of_the_object_counts_unless_its_key_is_there() -> None:
    both = {"github": json.dumps({"repository": "example/a", "token": "x", "baseUrl": "https://a"}), "github.baseUrl": "https://b"}
    assert access(both) == GitHubAccess(url="https://b", token="x")  # noqa: S106


@pytest.mark.parametrize("text", ["[]", "no json", "7"])
def test_what_is_no_object_is_left_for_the_settings_to_name(text: str) -> None:
    assert access({"github": text}) is None


def test_a_token_of_the_config_is_given_to_both_as_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for one, key in zip(provided(monkeypatch, github__token=SecretStr(SECRET)), ("token", "githubToken"), strict=True):
        assert one.inputs[key] == SECRET
        assert one.raw[key]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"


def test_a_token_of_the_environment_stays_out_of_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    real, ours = provided(monkeypatch)
    assert "of-the-shell" not in real.wire + ours.wire
    assert "token" not in real.inputs


def test_an_app_is_given_to_both_with_its_key_as_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    app = {"github__app_id": "12", "github__app_installation_id": "34", "github__app_private_key": SecretStr(SECRET)}
    real, ours = provided(monkeypatch, **app)
    assert json.loads(real.inputs["appAuth"]) == {"id": "12", "installationId": "34", "pemFile": SECRET}
    assert "4dabf18193072939515e22adb298388d" in real.raw["appAuth"]
    assert (ours.inputs["githubAppId"], ours.inputs["githubAppInstallationId"]) == ("12", "34")
    assert ours.inputs["githubAppPrivateKey"] == SECRET
    assert "4dabf18193072939515e22adb298388d" in ours.raw["githubAppPrivateKey"]


@pytest.mark.parametrize(
    ("url", "api", "pause"),
    [
        ("https://github.com", "https://api.github.com/", None),
        ("https://example.ghe.com", "https://example.ghe.com", None),
        ("http://127.0.0.1:16480", "http://127.0.0.1:16480", "0"),
    ],
)
def test_both_lead_to_the_same_server(monkeypatch: pytest.MonkeyPatch, url: str, api: str, pause: str | None) -> None:
    real, ours = provided(monkeypatch, github__base_url=url)
    assert (real.inputs["baseUrl"], real.inputs["owner"]) == (api, "example")
    assert ours.inputs["githubUrl"] == url
    assert real.inputs.get("writeDelayMs") == pause


def test_without_a_way_to_sign_in_the_three_ways_are_named() -> None:
    settings = model(github__repository="example/podinfo")
    with pytest.raises(SettingsError) as caught:
        demand_access(settings, "prod", {})
    assert str(caught.value) == (
        "Pulumi.prod.yaml has 1 error:\n  - Pulumi.prod.yaml: lockgate:github.token = (not set): must be given, since "
        "github.repository is example/podinfo: by this key, by the three github.app… keys, or by GITHUB_TOKEN in the "
        "environment; run `pulumi config set --secret github.token -s prod`"
    )
    demand_access(settings, "prod", {"GITHUB_TOKEN": SECRET})
    demand_access(model(github__repository="example/podinfo", github__token=SecretStr(SECRET)), "prod", {})


@pytest.mark.parametrize("name", ["GITHUB_OWNER", "GITHUB_ORGANIZATION"])
def test_an_owner_of_the_shell_may_not_be_another(name: str) -> None:
    settings = model(github__repository="example/podinfo", github__token=SecretStr(SECRET))
    with pytest.raises(SettingsError) as caught:
        demand_access(settings, "prod", {name: "acme"})
    assert str(caught.value.faults[0]) == (
        f"environment: {name} = acme: must not name another owner than github.repository, example/podinfo: GitHub's provider "
        f"believes the variable; run `unset {name}`"
    )
    for harmless in ("Example", ""):
        demand_access(settings, "prod", {name: harmless})


def test_an_app_of_the_shell_may_not_beat_the_token() -> None:
    settings = model(github__repository="example/podinfo", github__token=SecretStr(SECRET))
    app = {"GITHUB_APP_ID": "1", "GITHUB_APP_INSTALLATION_ID": "2", "GITHUB_APP_PEM_FILE": "hunter2"}
    with pytest.raises(SettingsError, match="run `unset GITHUB_APP_ID GITHUB_APP_INSTALLATION_ID GITHUB_APP_PEM_FILE`") as caught:
        demand_access(settings, "prod", app)
    assert "hunter2" not in str(caught.value)
    demand_access(settings, "prod", {**app, "GITHUB_APP_ID": ""})
    given = {"github__app_id": "3", "github__app_installation_id": "4", "github__app_private_key": SecretStr(SECRET)}
    demand_access(model(github__repository="example/podinfo", **given), "prod", app)


def test_all_that_is_wrong_with_signing_in_is_said_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        demand_access(model(github__repository="example/podinfo"), "prod", {"GITHUB_OWNER": "a", "GITHUB_ORGANIZATION": "b"})
    assert [fault.path for fault in caught.value.faults] == [
        "Pulumi.prod.yaml: lockgate:github.token",
        "environment: GITHUB_ORGANIZATION",
        "environment: GITHUB_OWNER",
    ]
