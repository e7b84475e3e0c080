"""The kinds of resources that the plugin has. Data only: an update that changes nothing imports no more than this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Place = Literal["cluster", "github", "sonarqube"]


@dataclass(frozen=True)
class Kind:
    """``module`` of this package has it. ``identity`` is the property whose value is its id, "" for the resource's name; what is
    imported is named by it. A change of a property in ``replaces`` makes another; outputs in ``secrets`` are kept encrypted.
    """

    module: str
    place: Place = "cluster"
    identity: str = ""
    replaces: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


_PROJECT = frozenset({"project"})
KINDS: Mapping[str, Kind] = {
    "Preflight": Kind("preflight"),
    "SlotReady": Kind("ready"),
    "SmokeTest": Kind("smoke"),
    "Cutover": Kind("cutover"),
    "Rollout": Kind("rollout"),
    "WorkflowFiles": Kind("workflow_files", "github"),
    "Password": Kind("password"),
    "SonarAccount": Kind("sonar_account"),
    "SonarProject": Kind("sonar_projects", "sonarqube", "key", frozenset({"key"})),
    "SonarGate": Kind("sonar_gates", "sonarqube", "name"),
    "SonarGateUse": Kind("sonar_projects", "sonarqube", "project", _PROJECT),
    "SonarPermissions": Kind("sonar_projects", "sonarqube", "project", _PROJECT),
    "SonarUser": Kind("sonar_access", "sonarqube", "login", frozenset({"login"})),
    "SonarToken": Kind("sonar_access", "sonarqube", "label", frozenset({"project", "login"}), frozenset({"token"})),
    "SonarWebhook": Kind("sonar_access", "sonarqube", "webhook", _PROJECT),
}
"""The steps of a release are on a cluster, and what they did lives in objects that others own."""
