"""The settings of GitHub: dotted keys, as themselves or in an object, and what must hold between them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from settings_factory import HIDDEN, errors, load, model, raw

from infra.errors import SettingsError
from infra.settings import Settings, load_settings

KEY = "-----BEGIN RSA PRIVATE KEY-----"


def github(secret: tuple[str, ...] = (), **changes: str) -> Settings:
    return load(tuple(f"github.{name}" for name in secret), **{f"github.{name}": text for name, text in changes.items()})


def github_errors(*secret: str, others: Mapping[str, str] | None = None, **changes: str) -> list[str]:
    keys = tuple(f"github.{name}" for name in secret)
    return errors(keys, **{f"github.{name}": text for name, text in changes.items()}, **(others or {}))


def of_object(**members: Any) -> dict[str, str]:
    """The config as the engine hands it over: the project's defaults in one object, with the stack's members in it."""
    defaults = {"baseUrl": "https://github.com", "repository": "", "token": "", "waitMinutes": 0}
    return {**raw(), "lockgate:github": json.dumps({**defaults, **members})}


def test_a_stack_says_nothing_about_github_unless_it_wants_to() -> None:
    assert load_settings("prod", of_object()) == model()


def test_the_environment_is_named_after_the_stack() -> None:
    assert load().github__environment == "prod"
    assert github(environment="production").github__environment == "production"


def test_a_member_of_the_object_is_a_key() -> None:
    settings = load_settings("prod", of_object(repository="example/podinfo", waitMinutes=5))
    assert (settings.github__repository, settings.github__wait_minutes) == ("example/podinfo", 5)


def test_a_key_of_its_own_wins_over_the_object() -> None:
    texts = {**of_object(baseUrl="https://one.example.com"), "lockgate:github.baseUrl": "https://two.example.com"}
    assert load_settings("prod", texts).github__base_url == "https://two.example.com"


def test_an_object_with_an_encrypted_member_is_encrypted() -> None:
    settings = load_settings("prod", of_object(token=HIDDEN), ["lockgate:github"])
    assert settings.github__token is not None
    assert settings.github__token.get_secret_value() == HIDDEN
    assert HIDDEN not in repr(settings)


@pytest.mark.parametrize("name", ["token", "appPrivateKey"])
def test_a_secret_in_clear_is_an_error_that_does_not_repeat_it(name: str) -> None:
    line, *_ = github_errors(**{name: HIDDEN})
    assert line == (
        f"github.{name} = [secret]: is a secret and must be stored encrypted; "
        f"run `pulumi config set --secret github.{name} -s prod`, and renew the secret"
    )


def test_a_secret_in_clear_in_the_object_is_encrypted_where_it_stands() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings("prod", of_object(token=HIDDEN))
    assert "run `pulumi config set --secret --path github.token -s prod`" in str(caught.value)
    assert HIDDEN not in str(caught.value)


def test_an_unknown_member_is_removed_from_where_it_stands() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings("prod", of_object(repo="example/podinfo"))
    assert "lockgate:github.repo = example/podinfo: is not a setting of this project" in str(caught.value)
    assert "run `pulumi config rm --path github.repo -s prod`" in str(caught.value)


def test_the_key_that_it_had_before_leads_to_the_new_one() -> None:
    (line,) = errors(("githubToken",), githubToken=HIDDEN)
    assert line.endswith("did you mean github.token? then also run `pulumi config set --secret github.token -s prod`")


def test_a_text_in_the_objects_place_is_no_setting() -> None:
    assert errors(github="x")[0].startswith("github = [secret]: is not a setting of this project")


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("repository", "podinfo", "must be OWNER/NAME"),
        ("baseUrl", "http://github.example.com", "must be https://HOST, or http:// and this machine"),
        ("baseUrl", "https://github.example.com/api/v3", "must be https://HOST, or http:// and this machine"),
        ("appId", "lockgate", "must be the number that GitHub shows"),
        ("manages", "all", "must be repository or environment"),
        ("reviewers", "alice", "must be up to six of user:NAME and team:SLUG"),
        ("reviewers", ",".join(f"user:u{number}" for number in range(7)), "must be up to six"),
        ("waitMinutes", "43201", "must be a whole number from 0 to 43200"),
        ("deployBranches", "main, dev", "must be patterns with commas and without blanks"),
        ("environment", "a/b", "must be 1 to 100 letters, digits and ._-"),
    ],
)
def test_a_bad_value_is_named_with_its_rule(name: str, value: str, rule: str) -> None:
    (line,) = github_errors(**{name: value})
    assert line.startswith(f"github.{name} = {value[:100]}: {rule}")
    assert f"run `pulumi config set github.{name} " in line


@pytest.mark.parametrize("url", ["https://github.com", "https://github.example.com:8443", "http://127.0.0.1:16480"])
def test_a_server_is_reached_by_https_or_on_this_machine(url: str) -> None:
    assert github(baseUrl=url).github__base_url == url


def test_an_app_needs_all_three_of_its_keys() -> None:
    (line,) = github_errors(appId="12", appInstallationId="34")
    assert line == (
        "github.appId = 12: needs github.appPrivateKey beside it to sign in as a GitHub App; "
        "run `pulumi config set --secret github.appPrivateKey -s prod`"
    )
    assert github(("appPrivateKey",), appId="12", appInstallationId="34", appPrivateKey=KEY).github__app_id == "12"


def test_an_apps_key_is_not_shown_where_the_rest_of_it_lacks() -> None:
    (line,) = github_errors("appPrivateKey", appPrivateKey=KEY)
    assert line.startswith("github.appPrivateKey = [secret]: needs github.appId and github.appInstallationId beside it")
    assert line.endswith("run `pulumi config set github.appId NUMBER -s prod`")


def test_a_stack_signs_in_by_token_or_as_an_app() -> None:
    app = {"appId": "12", "appInstallationId": "34", "appPrivateKey": KEY}
    (line,) = github_errors("appPrivateKey", "token", token=HIDDEN, **app)
    assert "github.token = [secret]: must not be set beside github.appId" in line
    assert line.endswith("run `pulumi config rm github.token -s prod`")


def test_who_approves_is_said_where_somebody_must() -> None:
    (line,) = github_errors(repository="example/podinfo", others={"approvalRequired": "true"})
    assert line == (
        "github.reviewers = (not set): must say who approves, since approvalRequired is true and github.repository is "
        "example/podinfo; run `pulumi config set github.reviewers user:NAME -s prod`"
    )
    assert load(approvalRequired="true").approval_required


def test_a_stack_without_a_repository_owns_none() -> None:
    (line,) = github_errors(manages="repository")
    assert line.endswith("run `pulumi config set github.repository OWNER/NAME -s prod`")


def test_something_may_deploy() -> None:
    (line,) = github_errors(deployBranches="")
    assert line.startswith("github.deployBranches = (empty): must name a branch while github.deployTags has no value")
    assert github(deployBranches="", deployTags="v*").github__deploy_tags == "v*"


def test_secrets_for_the_jobs_are_read_from_an_object_too() -> None:
    given = of_object(secrets={"TOKEN": HIDDEN}, variables={"PORT": 1})
    settings = load_settings("prod", given, ["lockgate:github"])
    assert settings.github__secrets["TOKEN"].get_secret_value() == HIDDEN
    assert settings.github__variables == {"PORT": "1"}


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "lower", "1ST", "A-B"])
def test_a_name_that_github_would_refuse_is_named(name: str) -> None:
    (line,) = github_errors("secrets", secrets=json.dumps({name: HIDDEN}))
    assert line.startswith(f"github.secrets.{name} = [secret]: must map names (capital letters, digits, _; not GITHUB_ in front)")
    assert HIDDEN not in line


def test_only_who_manages_the_repository_gives_it_secrets() -> None:
    given = {"repositorySecrets": json.dumps({"TOKEN": HIDDEN}), "repositoryVariables": '{"PORT": "1"}'}
    lines = github_errors("repositorySecrets", **given)
    assert [line.partition(" = ")[0] for line in lines] == ["github.repositorySecrets", "github.repositoryVariables"]
    assert lines[0].endswith("run `pulumi config rm github.repositorySecrets -s prod`")
