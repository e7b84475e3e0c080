"""The chart of SonarQube: what helm makes of it, against Kubernetes' own types, and the values that it refuses.

What only an API server knows to be wrong is seen in the integration test, in a namespace that enforces "restricted".
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from lightkube.resources import apps_v1, core_v1, networking_v1

import toolchain
from components import SonarServerArgs
from components.sonar_server import CHART, chart_values
from infra.labels import NAME, RELEASE
from toolchain import sonarqube
from toolchain.table import KUBERNETES_VERSION

Manifest = dict[str, Any]
TYPES: dict[str, Any] = {
    "Deployment": apps_v1.Deployment,
    "PersistentVolumeClaim": core_v1.PersistentVolumeClaim,
    "Service": core_v1.Service,
    "ServiceAccount": core_v1.ServiceAccount,
    "NetworkPolicy": networking_v1.NetworkPolicy,
}
DIGEST = f"@sha256:{'a' * 64}"
ARGS = SonarServerArgs(
    image=f"r.example/sonarqube:10.7.0{DIGEST}", database_image=f"r.example/postgres:15{DIGEST}", node_port=30900
)
VALUES = chart_values("sonarqube", ARGS)
INSIDE = chart_values("sonarqube", replace(ARGS, node_port=None, url="https://sonarqube.example", storage="10Gi"))
TEMPLATE = ("template", "sonarqube", str(CHART), "--namespace", "quality", "--kube-version", KUBERNETES_VERSION)
PAIRED = ("Service", "ServiceAccount", "NetworkPolicy")


@pytest.fixture(scope="session")
def helm() -> Path:
    return toolchain.ensure(["helm"])["helm"]


def run(helm: Path, folder: Path, values: Manifest, *command: str) -> subprocess.CompletedProcess[str]:
    file = folder / "values.yaml"
    file.write_text(json.dumps(values))
    return subprocess.run([helm, *command, "--values", file], capture_output=True, text=True, check=False)


@pytest.fixture
def rendered(helm: Path, tmp_path: Path, request: pytest.FixtureRequest) -> dict[tuple[str, str], Manifest]:
    """What the values render, by kind and name; a test may ask for others by ``indirect``."""
    values = getattr(request, "param", VALUES)
    done = run(helm, tmp_path, values, *TEMPLATE)
    assert done.returncode == 0, done.stderr
    manifests = [one for one in yaml.safe_load_all(done.stdout) if one]
    return {(one["kind"], one["metadata"]["name"]): one for one in manifests}


def pods(rendered: dict[tuple[str, str], Manifest]) -> Iterator[Manifest]:
    yield from (one["spec"]["template"]["spec"] for one in rendered.values() if "template" in one.get("spec", {}))


def containers(rendered: dict[tuple[str, str], Manifest]) -> list[Manifest]:
    return [one for pod in pods(rendered) for one in [*pod.get("initContainers", []), *pod["containers"]]]


def test_helm_finds_nothing_to_say(helm: Path, tmp_path: Path) -> None:
    done = run(helm, tmp_path, VALUES, "lint", "--strict", "--quiet", str(CHART))
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_every_object_has_only_fields_that_kubernetes_knows_with_the_right_types(
    rendered: dict[tuple[str, str], Manifest],
) -> None:
    assert set(rendered) == {
        ("Deployment", "sonarqube"),
        ("Deployment", "sonarqube-database"),
        *((kind, name) for kind in PAIRED for name in ("sonarqube", "sonarqube-database")),
    }
    for manifest in rendered.values():
        stripped = {key: value for key, value in manifest.items() if value is not None}
        assert TYPES[manifest["kind"]].from_dict(stripped).to_dict() == stripped
        assert manifest["metadata"]["namespace"] == "quality"


def test_every_pod_keeps_to_restricted_has_limits_and_no_token(rendered: dict[tuple[str, str], Manifest]) -> None:
    for pod in pods(rendered):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in containers(rendered):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["limits"]["memory"]
        assert container["image"].endswith(DIGEST)


def test_the_server_is_started_ready_and_alive_by_what_it_says_itself(rendered: dict[tuple[str, str], Manifest]) -> None:
    (server,) = rendered["Deployment", "sonarqube"]["spec"]["template"]["spec"]["containers"]
    for probe in ("startupProbe", "readinessProbe"):
        assert "/api/system/status" in server[probe]["exec"]["command"][-1]
    assert server["startupProbe"]["periodSeconds"] * server["startupProbe"]["failureThreshold"] == 600
    liveness = server["livenessProbe"]["exec"]["command"][-1]
    assert "/api/system/liveness" in liveness
    assert "$SONAR_WEB_SYSTEMPASSCODE" in liveness.partition("|")[0], "a passcode among curl's arguments can be read by all"


def test_no_secret_is_in_a_manifest_only_the_name_of_the_secret(rendered: dict[tuple[str, str], Manifest]) -> None:
    variables = [variable for container in containers(rendered) for variable in container.get("env", [])]
    sources = [one["valueFrom"]["secretKeyRef"] for one in variables if "valueFrom" in one]
    assert sources == [{"name": "sonarqube", "key": "databasePassword"}, {"name": "sonarqube", "key": "passcode"}]
    (database,) = rendered["Deployment", "sonarqube-database"]["spec"]["template"]["spec"]["containers"]
    assert {"name": "POSTGRES_PASSWORD_FILE", "value": "/run/passwords/databasePassword"} in database["env"]


def test_the_database_is_there_for_the_server_alone(rendered: dict[tuple[str, str], Manifest]) -> None:
    spec = rendered["NetworkPolicy", "sonarqube-database"]["spec"]
    assert spec["podSelector"]["matchLabels"] == {NAME: "sonarqube-database"}
    assert spec["ingress"] == [
        {
            "from": [{"podSelector": {"matchLabels": {NAME: "sonarqube"}}}],
            "ports": [{"port": "postgres", "protocol": "TCP"}],
        }
    ]
    assert spec["egress"] == []
    assert rendered["Service", "sonarqube-database"]["spec"]["clusterIP"] == "None"


def test_a_node_port_is_the_one_asked_for(rendered: dict[tuple[str, str], Manifest]) -> None:
    spec = rendered["Service", "sonarqube"]["spec"]
    assert (spec["type"], spec["ports"][0]["nodePort"]) == ("NodePort", 30900)


@pytest.mark.parametrize("rendered", [INSIDE], indirect=True)
def test_without_a_node_port_it_stays_inside_and_with_storage_the_data_has_a_volume(
    rendered: dict[tuple[str, str], Manifest],
) -> None:
    service = rendered["Service", "sonarqube"]["spec"]
    assert (service["type"], "nodePort" in service["ports"][0]) == ("ClusterIP", False)
    claim = rendered["PersistentVolumeClaim", "sonarqube-database"]
    assert claim["spec"]["resources"] == {"requests": {"storage": "10Gi"}}
    assert {"name": "data", "persistentVolumeClaim": {"claimName": "sonarqube-database"}} in volumes(rendered)


def test_without_storage_the_data_goes_with_the_pod(rendered: dict[tuple[str, str], Manifest]) -> None:
    assert not [kind for kind, _ in rendered if kind == "PersistentVolumeClaim"]
    assert {"name": "data", "emptyDir": {}} in volumes(rendered)


def volumes(rendered: dict[tuple[str, str], Manifest]) -> list[Manifest]:
    return list(rendered["Deployment", "sonarqube-database"]["spec"]["template"]["spec"]["volumes"])


def test_no_two_run_on_one_database_and_its_pods_say_of_which_revision_they_are(
    rendered: dict[tuple[str, str], Manifest],
) -> None:
    for name, part in (("sonarqube", "server"), ("sonarqube-database", "database")):
        spec = rendered["Deployment", name]["spec"]
        assert (spec["replicas"], spec["strategy"]) == (1, {"type": "Recreate"})
        assert spec["template"]["metadata"]["labels"] == {NAME: name, RELEASE: VALUES[part]["revision"]}
        assert spec["selector"]["matchLabels"] == {NAME: name}


def test_a_change_of_the_server_makes_no_new_pod_of_the_database() -> None:
    """Without a volume that would be the end of its data."""
    other = chart_values("sonarqube", replace(ARGS, image=ARGS.image.replace("10.7.0", "10.8.0")))
    assert other["server"]["revision"] != VALUES["server"]["revision"]
    assert other["database"] == VALUES["database"]
    assert chart_values("sonarqube", ARGS) == VALUES


def changed(path: str, value: Any) -> Manifest:
    values: Manifest = json.loads(json.dumps(VALUES))
    *heads, last = path.split(".")
    inner = values
    for head in heads:
        inner = inner.setdefault(head, {})
    inner[last] = value
    return values


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("server.image", "sonarqube:latest"),
        ("database.image", ""),
        ("server.nodePort", 80),
        ("server.nodePort", "30900"),
        ("server.replicas", 2),
        ("server.startSeconds", 5),
        ("database.storage", "ten"),
        ("database.resources.limits.memory", "lots"),
        ("database.resources.limit", {}),
        ("secretName", ""),
        ("server.revision", ""),
        ("postgresql", {"enabled": False}),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_its_name(helm: Path, tmp_path: Path, path: str, value: Any) -> None:
    done = run(helm, tmp_path, changed(path, value), *TEMPLATE)
    assert done.returncode != 0
    assert "values don't meet the specifications of the schema" in done.stderr
    assert path.rpartition(".")[2] in done.stderr


def test_the_charts_version_of_sonarqube_is_the_labs() -> None:
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == sonarqube.VERSION
