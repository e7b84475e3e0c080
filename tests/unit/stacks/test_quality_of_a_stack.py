"""The project and gate that a stack has on SonarQube: its limits are the settings', its server is its own or another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "components"))
sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))

from pydantic import SecretStr
from recording_engine import Recorder, run
from settings_factory import DIGEST, model

from components.repository_args import RepositoryArgs
from stacks.quality import provision
from stacks.repository import _repository
from stacks.watched import Watched

ADMIN = "squ_hunter2"
OTHER = {"sonar_qube_url": "https://sonar.example", "sonar_token": SecretStr(ADMIN), "sonar__project": "shop"}
OWN = {
    "sonar__project": "shop",
    "sonar__namespace": "sonarqube",
    "sonar__image": f"r.example/sonarqube:10@{DIGEST}",
    "sonar__database_image": f"r.example/postgres:15@{DIGEST}",
    "sonar__node_port": 30900,
}
MONITORED = {
    "monitoring__namespace": "monitoring",
    "github__repository": "acme/web",
    "github__token": SecretStr("ghp_hunter2"),
    **{f"monitoring__{name}_image": f"r.example/{name}@{DIGEST}" for name in ("exporter", "prometheus", "alertmanager")},
}
MADE = {"lockgate:index:SonarToken": {"token": "sqp_new"}, "lockgate:index:Password": {"password": "Own-Pass.1"}}


def made(**settings: Any) -> Recorder:
    return run(lambda: provision(model(**settings), [], None), outputs=MADE)


def of(recorder: Recorder, kind: str, name: str = "podinfo") -> Any:
    return recorder.registered[kind if ":providers:" in kind else f"lockgate:index:{kind}", name].inputs


def test_the_settings_are_the_limits() -> None:
    limits = {"quality_gate_max_code_smells": 7, "test_coverage_threshold": 90}
    conditions = of(made(**OTHER, **limits), "SonarGate")["conditions"]
    assert conditions["code_smells"] == {"op": "GT", "error": "7"}
    assert conditions["coverage"] == {"op": "LT", "error": "90"}


def test_sonarqubes_built_in_gate_gives_its_name_and_a_gate_of_another_name_keeps_its_own() -> None:
    assert of(made(**OTHER), "SonarGate")["name"] == "Sonar way (shop)"
    assert of(made(**OTHER, quality_gate_name="Strict"), "SonarGate")["name"] == "Strict"


def test_another_server_is_reached_with_the_settings_token() -> None:
    found = made(**OTHER)
    provider = of(found, "pulumi:providers:lockgate", "sonarqube")
    assert (provider["sonarUrl"], provider["sonarToken"]) == ("https://sonar.example", ADMIN)
    assert all(ADMIN not in one.wire for key, one in found.registered.items() if key[0] != "pulumi:providers:lockgate")


def test_a_server_of_the_stacks_own_is_reached_as_its_admin() -> None:
    provider = of(made(**OWN), "pulumi:providers:lockgate", "sonarqube")
    assert provider["sonarUrl"] == "http://127.0.0.1:30900"
    assert provider["sonarPassword"] == "Own-Pass.1"


def test_an_exporter_watches_the_stacks_own_server_as_a_user_who_may_only_browse() -> None:
    found: list[Watched | None] = []
    settings = model(**OWN, **MONITORED)
    recorder = run(lambda: found.append(provision(settings, [], None)), outputs=MADE)
    assert of(recorder, "SonarUser", "podinfo-reader")["login"] == "lockgate-exporter"
    (watched,) = found
    assert watched is not None
    assert (watched.project, watched.url) == ("shop", "http://sonarqube.sonarqube.svc:9000")
    assert not [key for key in made(**OWN).registered if key[0].endswith(":SonarUser")]


def test_an_exporter_asks_another_server_with_the_settings_token_and_from_where_people_reach_it() -> None:
    found: list[Watched | None] = []
    run(lambda: found.append(provision(model(**OTHER), [], None)), outputs=MADE)
    assert found == [Watched("shop", "https://sonar.example", SecretStr(ADMIN))]


def test_without_a_project_there_is_a_server_alone() -> None:
    assert not [key for key in made(**{**OWN, "sonar__project": ""}).registered if "Gate" in key[0]]


def test_jobs_get_the_token_of_the_project_and_not_the_one_that_administers_the_server() -> None:
    def secrets(**settings: Any) -> Any:
        args: RepositoryArgs = _repository(model(github__repository="acme/web", github__manages="repository", **settings))
        return args.secrets

    assert "SONAR_TOKEN" not in secrets(**OTHER)
    assert "SONAR_TOKEN" in secrets(sonar_token=SecretStr(ADMIN))
