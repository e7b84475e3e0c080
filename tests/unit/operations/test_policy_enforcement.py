"""What the policy denies ends a command; what it warns of does not."""

from __future__ import annotations

import pytest

from infra.errors import ReleaseError
from infra.plan import Change, Plan
from operations import policies
from operations.project import Project


def deleted(kind: str, name: str, stack: str = "prod") -> Plan:
    gone = Change(urn=f"urn:pulumi:{stack}::lockgate::{kind}::{name}", type=kind, operation="delete", old={})
    return Plan(stack=stack, changes=(gone,))


def running(image: str) -> Plan:
    pod = {"containers": [{"name": "web", "image": image, "resources": {"limits": {"memory": "1Gi"}}}]}
    made = Change(urn="::web", type="kubernetes:core/v1:Pod", operation="create", new={"spec": pod})
    return Plan(stack="prod", changes=(made,))


NAMESPACE = "kubernetes:core/v1:Namespace"
RULESET = "github:index/repositoryRuleset:RepositoryRuleset"


def set_config(project: Project, text: str) -> None:
    project.stack_file("prod").write_text(f"config:\n{text}")


def test_all_denials_of_all_stacks_come_at_once(project: Project) -> None:
    with pytest.raises(ReleaseError) as denied:
        policies.enforce(project, [deleted(NAMESPACE, "web"), deleted(NAMESPACE, "other", "dev")])
    assert "nothing was changed" in str(denied.value)
    assert [line.split(":")[0] for line in str(denied.value).splitlines()[1:]] == ["  - prod", "  - dev"]


def test_a_warning_is_said_and_does_not_stop(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    policies.enforce(project, [deleted(RULESET, "main")])
    assert "prod: warning: weaker-protection: main" in " ".join(capsys.readouterr().err.split())


def test_what_may_go_is_named(project: Project) -> None:
    policies.enforce(project, [deleted(NAMESPACE, "web")], ["web"])


def test_without_enforcement_a_denial_is_only_said(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    set_config(project, "  lockgate:securityPolicyEnforcement: false\n")
    policies.enforce(project, [deleted(NAMESPACE, "web")])
    assert "denied, but not enforced: stateful-deletion" in " ".join(capsys.readouterr().err.split())


def test_a_preview_that_failed_stops_with_its_reason(project: Project) -> None:
    with pytest.raises(ReleaseError, match=r"prod: the preview failed.*replicas = 0"):
        policies.enforce(project, [Plan(stack="prod", error="replicas = 0: must be at least 1")])


@pytest.mark.parametrize(
    ("config", "image", "denied"),
    [
        ("", "quay.io/acme/web", True),
        ("  lockgate:registryUrl: quay.io/acme\n", "quay.io/acme/web", False),
        ("  lockgate:registryUrl: ghcr.io\n  lockgate:github.repository: acme/web\n", "ghcr.io/acme/web", False),
        ("  lockgate:registryUrl: ghcr.io\n  lockgate:github:\n    repository: acme/web\n", "ghcr.io/acme/web", False),
    ],
)
def test_the_stacks_own_registry_is_known_from_its_settings(project: Project, config: str, image: str, denied: bool) -> None:
    set_config(project, config)
    found = policies.findings(project, running(f"{image}@sha256:{'a' * 64}"))
    assert ("public-registry" in {finding.rule for finding in found}) == denied
