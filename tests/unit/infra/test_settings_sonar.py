"""The settings of a SonarQube of the stack's own, and what must hold between them."""

from __future__ import annotations

import pytest
from settings_factory import DIGEST, errors, load

WHOLE = {
    "sonar.namespace": "sonarqube",
    "sonar.image": f"r.example/sonarqube:10.7.0@{DIGEST}",
    "sonar.databaseImage": f"r.example/postgres:15@{DIGEST}",
    "sonar.nodePort": "30900",
}


def test_a_stack_has_no_sonarqube_of_its_own_unless_it_says_so() -> None:
    settings = load()
    assert (settings.sonar__namespace, settings.sonar__node_port) == ("", None)


def test_a_whole_one_is_taken() -> None:
    settings = load(**WHOLE, **{"sonar.databaseStorage": "10Gi"})
    assert (settings.sonar__namespace, settings.sonar__node_port) == ("sonarqube", 30900)
    assert settings.sonar__database_storage == "10Gi"


def test_it_may_be_reached_by_an_address_instead_of_a_node_port() -> None:
    settings = load(**{**WHOLE, "sonar.nodePort": ""}, sonarQubeUrl="https://sonar.example")
    assert settings.sonar_qube_url == "https://sonar.example"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"sonar.image": ""}, "sonar.namespace = sonarqube: needs sonar.image beside it, which on the lab `lockgate up` gives"),
        ({"sonar.image": "", "sonar.databaseImage": ""}, "needs sonar.image and sonar.databaseImage beside it"),
        ({"sonar.nodePort": ""}, "needs sonar.nodePort or sonarQubeUrl beside it: how the server is reached"),
        ({"namespace": "sonarqube"}, "must be another than namespace (sonarqube), which is the service's"),
        ({"nodePort": "30900"}, "sonar.nodePort = 30900: must be another than nodePort (30900), which is the service's"),
        ({"sonar.image": "sonarqube:latest"}, "sonar.image = sonarqube:latest: must be a reference by digest"),
        ({"sonar.databaseStorage": "ten"}, "sonar.databaseStorage = ten: must be a size of a disk such as 500Mi or 10Gi"),
        ({"sonar.nodePort": "80"}, "sonar.nodePort = 80: must be a whole number from 30000 to 32767"),
        ({"sonar.namespace": "Sonar"}, "sonar.namespace = Sonar: must be 1 to 63 lower-case letters, digits and hyphens"),
    ],
)
def test_what_cannot_be_is_named_with_the_command_that_mends_it(changes: dict[str, str], said: str) -> None:
    (line,) = errors(**{**WHOLE, **changes})
    assert said in line
    assert "run `pulumi config set" in line


def test_a_project_needs_a_server() -> None:
    (line,) = errors(**{"sonar.project": "shop"})
    assert "sonar.project = shop: needs a server: sonar.namespace for one of its own, or sonarQubeUrl and sonarToken" in line
    assert load(**WHOLE, **{"sonar.project": "shop"}).sonar__project == "shop"
