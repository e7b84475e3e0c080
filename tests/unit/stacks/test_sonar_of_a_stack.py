"""The SonarQube of a stack: what its settings make of the component, and that no other stack pays for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))
sys.path.insert(0, str(Path(__file__).parents[1] / "components"))

from recording_engine import run
from settings_factory import DIGEST, model

from stacks import quality

SETTINGS: dict[str, Any] = {
    "sonar__namespace": "quality",
    "sonar__image": f"r.example/sonarqube:10.7.0@{DIGEST}",
    "sonar__database_image": f"r.example/postgres:15@{DIGEST}",
    "sonar__database_storage": "10Gi",
    "sonar__node_port": 30900,
}


def test_the_server_is_what_the_settings_say() -> None:
    found = run(lambda: quality.server(model(**SETTINGS), [])).registered
    chart = found["kubernetes:helm.sh/v4:Chart", "sonarqube"].inputs
    assert (chart["namespace"], chart["values"]["server"]["nodePort"]) == ("quality", 30900)
    assert chart["values"]["server"]["image"] == SETTINGS["sonar__image"]
    assert chart["values"]["database"]["image"] == SETTINGS["sonar__database_image"]
    assert chart["values"]["database"]["storage"] == "10Gi"
    assert found["lockgate:index:SonarAccount", "sonarqube-admin"].inputs["url"] == "http://127.0.0.1:30900"


def test_it_is_reached_at_the_address_that_others_lead_to_it() -> None:
    settings = model(**{**SETTINGS, "sonar__node_port": None}, sonar_qube_url="https://sonar.example")
    found = run(lambda: quality.server(settings, [])).registered
    assert found["lockgate:index:SonarAccount", "sonarqube-admin"].inputs["url"] == "https://sonar.example"


def test_a_stack_without_one_does_not_import_what_it_needs() -> None:
    code = "import sys, stacks, stacks.service; print('pulumi_kubernetes' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
