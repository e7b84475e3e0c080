"""Secrets are stored encrypted and never repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from settings_factory import HIDDEN, errors, load


@pytest.mark.parametrize(
    "changes",
    [
        {"secrets": json.dumps({"A B": HIDDEN})},
        {"secrets": f"A={HIDDEN}"},
        {"slackWebhookUrl": f"http://{HIDDEN}"},
        {"config": json.dumps({"A B": HIDDEN})},
        {"replicas": HIDDEN},
        {"typo": HIDDEN},
    ],
)
def test_the_value_of_an_encrypted_key_is_never_in_an_error(changes: Mapping[str, str]) -> None:
    (line,) = errors(tuple(changes), **changes)
    assert HIDDEN not in line
    assert " = [secret]: " in line


@pytest.mark.parametrize("key", ["sonarToken", "slackUrl", "slackWebhookURL", "dbPassword", "apiToken"])
def test_a_secret_in_clear_text_is_an_error_that_does_not_repeat_it(key: str) -> None:
    (line,) = errors((), **{key: f"https://{HIDDEN}"})
    assert HIDDEN not in line


def test_an_unencrypted_secret_is_to_be_stored_encrypted() -> None:
    assert errors(sonarToken=HIDDEN) == [
        "sonarToken = [secret]: is a secret and must be stored encrypted; "
        "run `pulumi config set --secret sonarToken -s prod`, and renew the secret"
    ]


def test_a_user_in_an_address_is_not_repeated() -> None:
    (line,) = errors(sonarQubeUrl=f"https://admin:{HIDDEN}@sonarqube.example.com")
    assert HIDDEN not in line


def test_a_secret_cannot_print_itself() -> None:
    settings = load(("secrets", "sonarToken"), secrets=json.dumps({"TOKEN": HIDDEN}), sonarToken=HIDDEN)
    assert settings.secrets["TOKEN"].get_secret_value() == HIDDEN
    assert HIDDEN not in f"{settings!r} {settings}" + settings.model_dump_json()
