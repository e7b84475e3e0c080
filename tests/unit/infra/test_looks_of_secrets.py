"""Secrets are known by their looks, and what was hidden is still known for what it was."""

from __future__ import annotations

import pytest

from infra.looks import KINDS, hidden, seen

SECRETS = {
    "a GitHub token": "ghs_" + "a" * 36,
    "a GitLab token": "glpat-" + "a" * 20,
    "an AWS access key": "ASIA" + "A1" * 8,
    "a Slack token": "xoxp-" + "1" * 12,
    "a Slack webhook": "https://hooks.slack.com/services/" + "T0/" * 8,
    "a Google API key": "AIza" + "a" * 35,
    "an npm token": "npm_" + "a" * 36,
    "a PyPI token": "pypi-AgE" + "a" * 60,
    "a SonarQube token": "sqp_" + "0" * 40,
    "a Pulumi token": "pul-" + "0" * 40,
    "a Stripe key": "sk_live_" + "a" * 24,
    "a private key": "-----BEGIN EC PRIVATE" + " KEY-----\nabc\n-----END EC PRIVATE" + " KEY-----",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_hidden_and_still_seen(kind: str) -> None:
    text = f"before {SECRETS[kind]} after"
    assert hidden(text) == f"before [looks like {kind}] after"
    assert list(seen(text)) == list(seen(hidden(text))) == [kind]


@pytest.mark.parametrize("text", ["", "ghp_short", "a sentence about AKIA and xox", "[looks like rain]", "sha256:" + "a" * 64])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert hidden(text) == text
    assert list(seen(text)) == []
