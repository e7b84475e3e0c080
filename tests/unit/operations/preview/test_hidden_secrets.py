"""No secret of the stack, of its state or of the environment comes through, in whatever form a program tells it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from record_events import KEY, TOKEN
from reports import golden

from infra.plan import SECRET, Change, Plan
from operations.preview import collect, mask
from operations.preview.hide import hide
from operations.preview.values import SECRET_MARK, SIGNATURE, clean, inputs

GITHUB_TOKEN = "ghp_" + "a1B2" * 9
SECRETS = mask.Mask([TOKEN, KEY])


ODD = 'p/w "x"=ö+later'
FORMS = [
    ODD,
    json.dumps(ODD),
    json.dumps(ODD, ensure_ascii=False),
    quote(ODD, safe=""),
    base64.b64encode(ODD.encode()).decode(),
    base64.urlsafe_b64encode(ODD.encode()).decode().rstrip("="),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_hidden_in_every_form(form: str) -> None:
    assert mask.Mask([ODD])(f"x {form} y").strip('xy ="') == SECRET


def test_the_lines_of_a_key_are_hidden_one_by_one() -> None:
    """The engine hides the key as a whole, but hears what a program prints line by line."""
    assert [SECRETS(line) for line in KEY.splitlines()] == [SECRET] * 4


def test_what_is_too_short_to_be_a_secret_hides_nothing() -> None:
    assert mask.Mask(["", "1", "no", "true"])("no, 1 is true") == "no, 1 is true"


def test_only_the_encrypted_parts_of_an_object_are_secrets() -> None:
    stored = {"lockgate:github": {"repository": "lab/podinfo", "token": {"secure": "v1:x"}}, "lockgate:note": "hello"}
    opened = {
        "lockgate:github": {"value": "{}", "objectValue": {"repository": "lab/podinfo", "token": TOKEN}, "secret": True},
        "lockgate:note": {"value": "hello"},
    }
    assert list(mask.of_config(stored, opened)) == [TOKEN]


def test_the_texts_in_an_encrypted_json_text_are_secrets_too() -> None:
    stored, opened = {"a:b": {"secure": "v1:x"}}, {"a:b": {"value": json.dumps({"PASSWORD": TOKEN})}}
    assert TOKEN in list(mask.of_config(stored, opened))


def test_the_secrets_of_the_state_are_known() -> None:
    state = {"resources": [{"outputs": {"key": {SIGNATURE: SECRET_MARK, "plaintext": json.dumps({"a": [TOKEN, "short"]})}}}]}
    assert list(mask.of_state(state)) == [TOKEN]


def test_variables_that_are_named_like_a_secret_are_hidden() -> None:
    environment = {"GITHUB_TOKEN": TOKEN, "PATH": "/usr/bin:/bin", "PULUMI_CONFIG_PASSPHRASE_FILE": "/secrets/passphrase"}
    assert list(mask.of_environment(environment)) == [TOKEN]


@pytest.mark.parametrize("scene", ["first", "mixed", "fails", "drift"])
def test_nothing_planted_is_in_what_the_engine_tells_of_a_real_program(scene: str) -> None:
    events = golden(scene)
    plan = collect.read("dev", events, SECRETS, failures=list(collect.failures(events)))
    told = repr((plan, collect.drift(events, SECRETS)))
    encoded = base64.b64encode(TOKEN.encode()).decode()
    assert [secret for secret in (TOKEN, encoded, *KEY.splitlines()) if secret in told] == []


def test_the_engines_mark_of_a_secret_becomes_one_word() -> None:
    assert clean({"a": {SIGNATURE: SECRET_MARK, "ciphertext": "x"}, "b": [{SIGNATURE: SECRET_MARK}]}, mask.Mask()) == {
        "a": SECRET,
        "b": [SECRET],
    }


def test_the_data_of_a_kubernetes_secret_is_hidden_even_where_nobody_marked_it() -> None:
    state = {"inputs": {"stringData": {"password": "in the clear"}, "kind": "Secret"}}
    assert inputs("kubernetes:core/v1:Secret", state, mask.Mask()) == {"stringData": SECRET, "kind": "Secret"}


@pytest.mark.parametrize(
    "text",
    [
        f"key {GITHUB_TOKEN}",
        "https://user:hunter2hunter2@host/x",
        "Authorization: Bearer abcdefghijkl",
        "eyJhbGciOiJ.eyJzdWIiOiIx.sig-nature",
    ],
)
def test_what_looks_like_a_secret_is_hidden_from_the_report(text: str) -> None:
    secret = text.split()[-1].removeprefix("https://user:").removesuffix("@host/x")
    shown = hide(Plan(stack="dev", error=mask.Mask()(text), notes=(mask.Mask()(text),)))
    assert secret not in repr(shown)


def test_a_property_that_is_named_like_a_secret_is_hidden_from_the_report() -> None:
    made = Change(urn="::a", type="t", operation="create", new={"adminPassword": "in the clear", "name": "a"})
    assert hide(Plan(stack="dev", changes=(made,))).changes[0].new == {"adminPassword": SECRET, "name": "a"}
