"""The rules on what would be lost, and on what would be given away, beside their own examples."""

from __future__ import annotations

from typing import Any

import pytest
from asking import said

from infra.plan import SECRET, UNKNOWN, Plan
from policy import check
from policy.examples import DIGEST, change, deployment, one, plan

CONFIG = "kubernetes:core/v1:ConfigMap"
TOKEN = "ghp_" + "x" * 36

ANYBODY = "user:password"


def config(value: Any) -> Plan:
    return one(CONFIG, "web", {"data": {"ADDRESS": value}})


@pytest.mark.parametrize("name", ["namespace", "urn:pulumi:prod::web::kubernetes:core/v1:Namespace::namespace"])
def test_a_stateful_resource_goes_where_its_name_or_urn_is_said(name: str) -> None:
    tried = plan(change("kubernetes:core/v1:Namespace", "namespace", None, "delete", old={}))
    assert said(tried, "another") == {("stateful-deletion", "deny")}
    assert said(tried, "another", name) == set()


def test_a_replacement_says_what_forces_it_and_what_is_lost() -> None:
    lost = change("lockgate:index:Cutover", "web", {}, "replace", old={}, replaced_by=("namespace", "service"))
    (found,) = check(plan(lost))
    assert "would be replaced, since namespace, service changes; lost is the ledger" in found.message
    assert found.remedy.endswith("--allow-delete web")


def test_what_a_release_retires_is_nothing_stateful() -> None:
    gone = [change(f"kubernetes:core/v1:{kind}", "web-1a2b3c4d", None, "delete", old={}) for kind in ("ConfigMap", "Secret")]
    assert said(plan(*gone)) == set()


SECRETS = [
    TOKEN,
    "github_pat_" + "a" * 40,
    "AKIA" + "A" * 16,
    "xoxb-" + "1" * 20,
    "-----BEGIN OPENSSH " + "PRIVATE KEY-----\nx",
    "postgres://app:hunter22@db.example.com/app",
    "postgres://[secret]@db.example.com/app",
    "see [looks like a Slack token]",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_in_the_clear_is_denied_and_never_repeated(secret: str) -> None:
    for tried in (config(f"x={secret}"), deployment(container={"env": [{"name": "A", "value": secret}]})):
        (found,) = check(tried)
        assert (found.rule, found.severity) == ("secret-in-clear", "deny")
        assert secret not in str(found)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://app:$(PASSWORD)@db/app",
        "http://127.0.0.1:8080/a@b",
        f"redis://{ANYBODY}@localhost:6379",
        f"docker://alpine:3.20@{DIGEST}",
        "/run/secrets/token",
        "AKIA",
        "the ghp_ prefix",
        UNKNOWN,
    ],
)
def test_what_only_resembles_a_secret_is_let_be(text: str) -> None:
    assert said(config(text)) == set()


def test_a_secret_of_the_stack_in_a_config_map_is_warned_of() -> None:
    assert said(config(SECRET)) == {("secret-in-clear", "warn")}
    assert said(one(CONFIG, "web", {"data": SECRET})) == {("secret-in-clear", "warn")}
