"""How a stack's settings are read when they are right."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import Any

import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.config import set_all_config
from pydantic import ValidationError
from settings_factory import DIGEST, HIDDEN, errors, load, model, raw

from infra.errors import SettingsError
from infra.settings import load_settings, read_settings


def test_a_stack_need_not_say_anything() -> None:
    assert load() == model()
    assert (load(image=None).image, load(image=None).version) == ("", "")
    assert load(image="", version="1.2.0") == model(image="")


def test_the_namespace_follows_from_the_service_and_the_stack() -> None:
    assert load(service="shop").namespace == "shop-prod"
    assert load(service="shop", namespace="elsewhere").namespace == "elsewhere"


def test_the_version_follows_from_the_tag_of_the_image() -> None:
    assert load().version == "1.2.0"
    assert load(version="1.3.0").version == "1.3.0"


def test_the_registrys_port_is_not_taken_for_a_tag() -> None:
    assert errors(image=f"127.0.0.1:15000/podinfo@{DIGEST}") == [
        "version = (not set): must be given, since image has no tag; run `pulumi config set version 1.2.0 -s prod`"
    ]


def test_an_empty_value_is_no_value_where_a_key_may_stay_away() -> None:
    assert load(nodePort="", namespace="", version="", sonarToken="", secrets="{}", deploymentWindow="") == model()


def test_an_empty_value_is_an_error_where_a_key_has_a_default() -> None:
    assert errors(port="") == [
        "port = (empty): must be a whole number from 1 to 65535; run `pulumi config set port 9898 -s prod`",
    ]


def test_values_arrive_as_text_and_become_what_they_are() -> None:
    settings = load(nodePort="30083", autoDeploy="true", config='{"COLOR": "blue"}', version="1.10")
    assert (settings.node_port, settings.auto_deploy, settings.config) == (30083, True, {"COLOR": "blue"})
    assert settings.version == "1.10"


def test_numbers_and_booleans_in_the_environment_become_text_again() -> None:
    assert load(config='{"PORT": 80, "DEBUG": true, "RATE": 0.5}').config == {"PORT": "80", "DEBUG": "true", "RATE": "0.5"}


def test_keys_of_other_namespaces_are_none_of_ours() -> None:
    assert load_settings("prod", {**raw(), "kubernetes:context": "x", "pulumi:tags": "{}", "other": "y"}) == model()


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        load().replicas = 5


@given(st.dictionaries(st.sampled_from(["image", "replicas", "config", "secrets", "strategy", "unknown"]), st.text(), min_size=1))
def test_any_text_gives_settings_or_a_settings_error(changes: dict[str, str]) -> None:
    with suppress(SettingsError):
        load({"secrets"}, **changes)


@pytest.fixture
def program_config() -> Any:
    """Puts a stack's config where a Pulumi program finds it."""
    yield lambda texts, secret=(): set_all_config(texts, list(secret))
    set_all_config({}, [])


def test_a_program_reads_its_own_stack(program_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    program_config({**raw(), "lockgate:sonarToken": HIDDEN}, ["lockgate:sonarToken"])
    settings = read_settings()
    assert settings.namespace == "podinfo-prod"
    assert settings.sonar_token is not None


def test_a_program_stops_without_a_traceback(program_config: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")
    program_config(raw(image="podinfo:1.2.0"))
    with pytest.raises(pulumi.RunError, match=r"lockgate release --image podinfo:1\.2\.0 -s prod"):
        read_settings()


def test_reading_settings_does_not_load_pulumi() -> None:
    code = "import sys, infra.settings; sys.exit(any(name in sys.modules for name in ('pulumi', 'yaml', 'grpc')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
