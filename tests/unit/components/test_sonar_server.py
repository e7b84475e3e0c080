"""A SonarQube of one's own: which resources there are, in which order, and where its secrets are."""

from __future__ import annotations

from typing import Any

import pytest
from recording_engine import Recorder, run

from components import SonarServer, SonarServerArgs
from infra.provider.differences import DIFFERENCES

DIGEST = f"@sha256:{'a' * 64}"
GIVEN: dict[str, Any] = {
    "image": f"r.example/sonarqube:10.7.0{DIGEST}",
    "database_image": f"r.example/postgres:15{DIGEST}",
    "node_port": 30900,
}
MADE = {"lockgate:index:Password": {"password": "Very-Secret.1"}}
SERVER = ("lockgate:index:SonarServer", "sonarqube")
CHART = ("kubernetes:helm.sh/v4:Chart", "sonarqube")
SECRET = ("kubernetes:core/v1:Secret", "sonarqube")
ACCOUNT = ("lockgate:index:SonarAccount", "sonarqube-admin")
READY = [("lockgate:index:SlotReady", f"sonarqube{part}-ready") for part in ("", "-database")]
NAMESPACE = ("kubernetes:core/v1:Namespace", "sonarqube-namespace")


def made(**more: Any) -> Recorder:
    return run(lambda: SonarServer("sonarqube", SonarServerArgs(**{**GIVEN, **more})), outputs=MADE)


def test_every_part_is_the_servers_own_and_comes_after_what_it_needs() -> None:
    found = made().registered
    passwords = {("lockgate:index:Password", f"sonarqube-{use}") for use in ("admin", "database", "passcode")}
    assert set(found) == {SERVER, CHART, SECRET, NAMESPACE, ACCOUNT, *READY, *passwords}
    assert {one.parent for key, one in found.items() if key != SERVER} == {found[SERVER].urn}
    assert {found[NAMESPACE].urn, found[SECRET].urn} <= found[CHART].depends_on
    assert all(found[CHART].urn in found[ready].depends_on for ready in READY)
    assert {found[ready].urn for ready in READY} <= found[ACCOUNT].depends_on
    assert found[NAMESPACE].inputs["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_passwords_are_in_a_secret_and_nowhere_in_the_clear() -> None:
    found = made().registered
    assert found[SECRET].inputs["stringData"] == {"databasePassword": "Very-Secret.1", "passcode": "Very-Secret.1"}
    assert "Very-Secret.1" not in found[CHART].wire
    assert found[SECRET].raw["stringData"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"


@pytest.mark.parametrize(
    ("given", "url"), [({}, "http://127.0.0.1:30900"), ({"url": "https://sonar.example"}, "https://sonar.example")]
)
def test_the_admin_gets_a_password_of_its_own_where_the_server_is_reached(given: dict[str, Any], url: str) -> None:
    account = made(**given).registered[ACCOUNT]
    assert {key: account.inputs[key] for key in ("url", "login", "password")} == {
        "url": url, "login": "admin", "password": "Very-Secret.1"
    }  # fmt: skip
    assert "Very-Secret.1" not in str({key: value for key, value in account.raw.items() if key != "password"})


def test_the_chart_gets_the_images_the_port_and_the_name_of_the_secret() -> None:
    inputs = made(storage="10Gi", namespace="quality").registered[CHART].inputs
    values = inputs["values"]
    assert (values["secretName"], inputs["name"], inputs["namespace"]) == ("sonarqube", "sonarqube", "quality")
    assert (values["server"]["image"], values["server"]["nodePort"]) == (GIVEN["image"], 30900)
    assert (values["database"]["image"], values["database"]["storage"]) == (GIVEN["database_image"], "10Gi")


def test_the_pods_of_just_this_update_are_waited_for() -> None:
    found = made(namespace="quality").registered
    values = found[CHART].inputs["values"]
    for ready, part in zip(READY, ("server", "database"), strict=True):
        inputs = found[ready].inputs
        assert (inputs["release"], inputs["namespace"]) == (values[part]["revision"], "quality")


def test_the_password_is_looked_at_again_with_each_change_of_the_database() -> None:
    account = made().registered[ACCOUNT].inputs
    assert DIFFERENCES["SonarAccount"](account, {**account, "database": "another"}) == ["database"]


def test_a_pod_is_waited_for_again_after_a_change_that_failed() -> None:
    """The way back is to the release that was ready last, so that this alone would not tell."""
    ready = made().registered[READY[0]].inputs
    assert DIFFERENCES["SlotReady"](ready, {**ready, "instance": "another"}) == ["instance"]


def test_a_namespace_that_is_there_is_left_to_others() -> None:
    assert NAMESPACE not in made(create_namespace=False).registered


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"image": "sonarqube:10"}, "image = sonarqube:10: must be a reference by digest"),
        ({"database_image": "postgres"}, "database_image = postgres: must be a reference by digest"),
        ({"namespace": "Quality"}, "namespace = Quality: must be"),
        ({"node_port": 80}, "node_port = 80: must be from 30000 to 32767"),
        ({"node_port": None}, "one must be given, or nobody can reach the server"),
        ({"storage": "ten"}, "storage = ten: must be a size such as 10Gi"),
    ],
)
def test_impossible_args_do_not_construct(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        SonarServerArgs(**{**GIVEN, **wrong})
