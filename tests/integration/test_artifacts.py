"""A release or a rollback of an image whose origin is not proven, on a real registry. No Kubernetes, no lab."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from artifact_world import COMMIT, JOB, Pair, published
from registry_lab import Registry, crane

from infra.errors import ReleaseError
from infra.ledger import Ledger
from infra.release import Release
from operations import release, rollback
from operations.artifacts import cosign, keys, verify
from operations.artifacts.provenance import Expected
from operations.images import Image, split
from operations.project import Project
from operations.pulumi_cli import Pulumi
from operations.state import StackState


@pytest.fixture
def stack(tmp_path: Path, our_key: Pair) -> Pulumi:
    """A stack that requires provenance by our key, of a workflow of example/shop."""
    project = Project(tmp_path)
    defaults = "  github.baseUrl: https://github.com\n  github.deployBranches: main\n"
    (tmp_path / "Pulumi.yaml").write_text(f"name: lockgate\nconfig:\n{defaults}")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n  lockgate:provenanceRequired: true\n  lockgate:github.repository: example/shop\n"
        f"  lockgate:provenanceKey: {our_key.trust.key}\n"
    )
    return Pulumi(project, {})


def released(pulumi: Pulumi, image: Image | str, revision: str = "") -> dict[str, Any]:
    return release.wish(pulumi, "prod", reference=str(image), version="1", config={}, note="", revision=revision)


def test_what_the_pipeline_published_is_released(registry: Registry, our_key: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("published:1", "one")
    image = published(f"{registry.host}/published:1", tmp_path, our_key.signer)
    assert released(stack, image, COMMIT)["image"] == str(image)


def test_an_image_without_signature_is_neither_released_nor_returned_to(registry: Registry, stack: Pulumi) -> None:
    pushed = registry.push("unsigned:1", "one")
    before = stack.project.stack_file("prod").read_text()
    with pytest.raises(ReleaseError, match=r"stack prod: .*no signature by the key cosign\.pub.*nothing was changed"):
        released(stack, pushed)
    old = Release.of(version="1", image=pushed, pod={})
    going = rollback.Plan(target=old, live=Release.of(version="2", image=pushed, pod={}), slot="blue")
    with pytest.raises(ReleaseError, match=r"no signature by the key cosign\.pub"):
        rollback.rollback(stack, "prod", going, StackState(outputs={}, ledger=Ledger()), "")
    assert stack.project.stack_file("prod").read_text() == before


def test_an_image_signed_by_somebody_else_is_refused(registry: Registry, their_key: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("theirs:1", "one")
    image = published(f"{registry.host}/theirs:1", tmp_path, their_key.signer)
    with pytest.raises(ReleaseError, match=r"no signature by the key cosign\.pub"):
        released(stack, image)


def test_an_image_that_was_built_elsewhere_is_refused(registry: Registry, our_key: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("by-hand:1", "one")
    image = published(f"{registry.host}/by-hand:1", tmp_path, our_key.signer, job={})
    with pytest.raises(ReleaseError, match="builders/by-hand built it, not one of https://github"):
        released(stack, image)


def test_an_image_of_a_branch_that_may_not_deploy_is_refused(
    registry: Registry, our_key: Pair, stack: Pulumi, tmp_path: Path
) -> None:
    registry.push("branch:1", "one")
    job = {**JOB, "GITHUB_WORKFLOW_REF": "example/shop/.github/workflows/cd.yml@refs/heads/feature"}
    image = published(f"{registry.host}/branch:1", tmp_path, our_key.signer, job)
    with pytest.raises(ReleaseError, match="a workflow of refs/heads/feature built it, not of refs/heads/main"):
        released(stack, image)


def test_an_image_of_another_commit_is_refused(registry: Registry, our_key: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("commit:1", "one")
    image = published(f"{registry.host}/commit:1", tmp_path, our_key.signer)
    with pytest.raises(ReleaseError, match=f"built from {COMMIT}, not from {'d' * 40}"):
        released(stack, image, "d" * 40)


def test_a_signature_without_provenance_is_not_enough(registry: Registry, our_key: Pair, stack: Pulumi) -> None:
    pushed = registry.push("signed-only:1", "one")
    cosign.sign(pushed, our_key.signer, {})
    with pytest.raises(ReleaseError, match="no provenance by the key"):
        released(stack, pushed)


def test_the_signature_and_provenance_of_another_image_are_not_taken(registry: Registry, our_key: Pair, tmp_path: Path) -> None:
    """Whoever may push can copy what is attached to a good image to the tags of a bad one."""
    registry.push("moved:good", "good")
    good = published(f"{registry.host}/moved:good", tmp_path, our_key.signer)
    bad = split(registry.push("moved:bad", "bad"))
    for kind in ("sig", "att"):
        names = [f"{good.repository}:{one.digest.replace(':', '-')}.{kind}" for one in (good, bad)]
        crane("copy", *names)
    with pytest.raises(ReleaseError, match="no signature by the key"):
        verify.verify(bad, our_key.trust, Expected(digest=bad.digest))
    with pytest.raises(ReleaseError):
        cosign.statements(f"{bad.repository}@{bad.digest}", our_key.trust, verify.KIND)


def test_the_labs_keys_are_made_once_for_their_owner_only(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCKGATE_LAB_DIR", str(tmp_path / "lab"))
    labs = Image(repository="127.0.0.1:15000/shop", tag="1", digest=f"sha256:{'a' * 64}")
    signer = keys.signer(labs, None, {})
    assert signer == keys.signer(labs, None, {})
    folder = tmp_path / "lab" / "keys"
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in [folder, *folder.iterdir()]} == {
        "keys": "0o700", "lockgate.key": "0o600", "lockgate.pub": "0o600", "passphrase": "0o600",
    }  # fmt: skip
    pushed = registry.push("labs:1", "one")
    cosign.sign(pushed, signer, {})
    cosign.verify(pushed, keys.trust(labs, None))
