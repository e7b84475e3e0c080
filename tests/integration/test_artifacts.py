"""Images on a real registry: signed and attested by cosign, listed, checked, refused and pruned. No Kubernetes, no lab."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))
from registry_lab import Registry, crane, running

import toolchain
from infra.errors import ReleaseError, UsageError
from infra.release import Release
from operations import release, rollback
from operations.artifacts import cosign, inventory, keys, pruning, publish, verify
from operations.artifacts.holders import Holders
from operations.artifacts.keys import Signer, Trust
from operations.artifacts.model import BACK, Artifact, Hold
from operations.artifacts.provenance import Expected
from operations.artifacts.registry import Repository
from operations.images import Image, resolve, split
from operations.project import Project
from operations.pulumi_cli import Pulumi
from operations.state import StackState

ROOT = Path(__file__).parents[2]
COMMIT = "c" * 40
PASSPHRASE = "only for this test"  # noqa: S105
OLD = (datetime.now(UTC) - timedelta(days=90)).isoformat()
JOB = {
    "GITHUB_REPOSITORY": "example/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "example/shop/.github/workflows/cd.yml@refs/heads/main",
}
SBOM = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop", "packages": []}
FINDING = {"ruleId": "CVE-2026-1", "level": "error"}


@dataclass(frozen=True)
class Pair:
    signer: Signer
    trust: Trust


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("registry")) as started:
        yield started


def pair(folder: Path) -> Pair:
    program = toolchain.ensure(["cosign"])["cosign"]
    environment = {**os.environ, keys.PASSPHRASE: PASSPHRASE}
    subprocess.run([program, "generate-key-pair"], cwd=folder, env=environment, check=True, capture_output=True)
    return Pair(Signer(key=folder / "cosign.key", passphrase=PASSPHRASE), Trust(key=folder / "cosign.pub"))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return pair(tmp_path_factory.mktemp("theirs"))


def published(reference: str, folder: Path, signer: Signer, job: dict[str, str] | None = None, **facts: Any) -> Image:
    image = resolve(reference)
    (folder / "sbom.json").write_text(json.dumps(SBOM))
    values = {"revision": COMMIT, "sbom": folder / "sbom.json", **facts}
    publish.publish(image, publish.Facts(**values), signer, JOB if job is None else job)
    return image


def listed(image: Image, holders: Holders | None = None) -> dict[str, Artifact]:
    found = inventory.Inventory(Repository(image.repository)).artifacts(holders or Holders())
    return {one.digest: one for one in found}


@pytest.fixture
def stack(tmp_path: Path, ours: Pair) -> Pulumi:
    """A stack that requires provenance by our key, of a workflow of example/shop."""
    project = Project(tmp_path)
    (tmp_path / "Pulumi.yaml").write_text("name: lockgate\nconfig:\n  github.baseUrl: https://github.com\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(
        "config:\n  lockgate:provenanceRequired: true\n  lockgate:github.repository: example/shop\n"
        f"  lockgate:provenanceKey: {ours.trust.key}\n"
    )
    return Pulumi(project, {})


def released(pulumi: Pulumi, image: Image | str, revision: str = "") -> dict[str, Any]:
    return release.wish(pulumi, "prod", reference=str(image), version="1", config={}, note="", revision=revision)


def test_what_the_pipeline_published_is_released(registry: Registry, ours: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("published:1", "one")
    image = published(f"{registry.host}/published:1", tmp_path, ours.signer)
    assert released(stack, image, COMMIT)["image"] == str(image)


def test_the_list_says_what_is_attached_and_who_holds_it(registry: Registry, ours: Pair, tmp_path: Path) -> None:
    scan = tmp_path / "scan.sarif"
    scan.write_text(json.dumps({"runs": [{"tool": {"driver": {"name": "trivy"}}, "results": [FINDING]}]}))
    registry.push("listed:1", "one")
    image = published(f"{registry.host}/listed:1", tmp_path, ours.signer, scans=[scan])
    bare = split(registry.push("listed:2", "two"))
    holders = Holders(held={image.digest: (Hold(stack="prod", why=BACK),)})
    found = {digest: one.to_dict() for digest, one in listed(image, holders).items()}
    mine = found[image.digest]
    assert {name: mine[name] for name in ("tags", "signatures", "sbom", "provenance", "revision", "days")} == {
        "tags": ["1"], "signatures": 1, "sbom": True, "provenance": True, "revision": COMMIT, "days": 0,
    }  # fmt: skip
    assert mine["vulnerabilities"] == {"critical": 0, "high": 1, "medium": 0, "low": 0}
    assert mine["stacks"] == [{"stack": "prod", "why": BACK}]
    other = found[bare.digest]
    assert (other["signatures"], other["sbom"], other["provenance"], other["vulnerabilities"]) == (0, False, False, None)
    assert other["days"] is None


def test_a_newer_scan_takes_the_place_of_the_one_before(registry: Registry, ours: Pair, tmp_path: Path) -> None:
    image = split(registry.push("scanned:1", "one"))
    for count in (3, 0):
        scan = tmp_path / "scan.sarif"
        scan.write_text(json.dumps({"runs": [{"tool": {"driver": {"name": "trivy"}}, "results": [FINDING] * count}]}))
        publish.attach_scans(image, [scan], ours.signer)
    assert sum((listed(image)[image.digest].attached.findings or {"high": 9}).values()) == 0


def test_an_image_without_signature_is_neither_released_nor_returned_to(registry: Registry, stack: Pulumi) -> None:
    pushed = registry.push("unsigned:1", "one")
    before = stack.project.stack_file("prod").read_text()
    with pytest.raises(ReleaseError, match=r"stack prod: .*no signature by the key cosign\.pub.*nothing was changed"):
        released(stack, pushed)
    old = Release.of(version="1", image=pushed, pod={})
    going = rollback.Plan(target=old, live=Release.of(version="2", image=pushed, pod={}), slot="blue")
    with pytest.raises(ReleaseError, match=r"no signature by the key cosign\.pub"):
        rollback.rollback(stack, "prod", going, StackState(outputs={}, ledger=rollback.Ledger()), "")
    assert stack.project.stack_file("prod").read_text() == before


def test_an_image_signed_by_somebody_else_is_refused(registry: Registry, theirs: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("theirs:1", "one")
    image = published(f"{registry.host}/theirs:1", tmp_path, theirs.signer)
    with pytest.raises(ReleaseError, match=r"no signature by the key cosign\.pub"):
        released(stack, image)


def test_an_image_that_was_built_elsewhere_is_refused(registry: Registry, ours: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("by-hand:1", "one")
    image = published(f"{registry.host}/by-hand:1", tmp_path, ours.signer, job={})
    with pytest.raises(ReleaseError, match="builders/by-hand built it, not one of https://github"):
        released(stack, image)


def test_an_image_of_another_commit_is_refused(registry: Registry, ours: Pair, stack: Pulumi, tmp_path: Path) -> None:
    registry.push("commit:1", "one")
    image = published(f"{registry.host}/commit:1", tmp_path, ours.signer)
    with pytest.raises(ReleaseError, match=f"built from {COMMIT}, not from {'d' * 40}"):
        released(stack, image, "d" * 40)


def test_a_signature_without_provenance_is_not_enough(registry: Registry, ours: Pair, stack: Pulumi) -> None:
    pushed = registry.push("signed-only:1", "one")
    cosign.sign(pushed, ours.signer, {})
    with pytest.raises(ReleaseError, match="no provenance by the key"):
        released(stack, pushed)


def test_the_signature_and_provenance_of_another_image_are_not_taken(registry: Registry, ours: Pair, tmp_path: Path) -> None:
    """Whoever may push can copy what is attached to a good image to the tags of a bad one."""
    registry.push("moved:good", "good")
    good = published(f"{registry.host}/moved:good", tmp_path, ours.signer)
    bad = split(registry.push("moved:bad", "bad"))
    for kind in ("sig", "att"):
        names = [f"{good.repository}:{one.digest.replace(':', '-')}.{kind}" for one in (good, bad)]
        crane("copy", *names)
    with pytest.raises(ReleaseError, match="no signature by the key"):
        verify.verify(bad, ours.trust, Expected(digest=bad.digest))
    with pytest.raises(ReleaseError):
        cosign.statements(f"{bad.repository}@{bad.digest}", ours.trust, verify.KIND)


def test_what_is_pruned_is_gone_with_all_that_was_attached(registry: Registry, ours: Pair) -> None:
    old, held, released_ = (split(registry.push(f"pruned:{name}", name, OLD)) for name in ("old", "held", "released"))
    publish.sign_release(released_, "1.0.0", ours.signer)
    cosign.sign(f"{old.repository}@{old.digest}", ours.signer, {})
    young = split(registry.push("pruned:young", "young", datetime.now(UTC).isoformat()))
    holders = Holders(held={held.digest: (Hold(stack="prod", why=BACK),)})
    place = Repository(old.repository)
    verdicts = pruning.judge(listed(old, holders).values(), datetime.now(UTC), 30)
    assert {one.artifact.tags[0] for one in verdicts if one.goes} == {"old"}
    pruning.delete(place, verdicts, holders.held)
    left = [image for image in (old, held, released_, young) if registry.has(f"{image.repository}@{image.digest}")]
    assert left == [held, released_, young]
    assert [tag for tag in place.tags() if old.digest[7:] in tag or tag == "old"] == []
    assert place.tags()
    verify.cosign.verify(f"{released_.repository}@{released_.digest}", ours.trust)


def test_a_held_image_whose_tag_moved_on_is_still_listed(registry: Registry) -> None:
    first = split(registry.push("moving:latest", "first", OLD))
    registry.push("moving:latest", "second", OLD)
    hold = Hold(stack="prod", why=BACK)
    found = listed(first, Holders(held={first.digest: (hold,)}, images=frozenset({first})))
    assert (found[first.digest].tags, found[first.digest].present, found[first.digest].holds) == ((), True, (hold,))


def test_an_unknown_repository_is_empty_and_a_silent_registry_is_an_error(registry: Registry) -> None:
    assert Repository(f"{registry.host}/nothing").tags() == []
    with pytest.raises(Exception, match=r"crane ls .* failed"):
        Repository("127.0.0.1:9/nothing").tags()


def test_the_script_publishes_what_was_built(registry: Registry, ours: Pair, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    crane("pull", registry.push("built:1", "built"), str(tmp_path / "dist" / "image.tar"))
    outputs = tmp_path / "outputs"
    environment = {
        **os.environ, **JOB, "GH_REGISTRY_URL": registry.host, "GH_REGISTRY_USERNAME": "somebody",
        "GH_REGISTRY_PASSWORD": "hush-hush", "REVISION": COMMIT, "IMAGE_NAME": "Example/Shop", "GITHUB_OUTPUT": str(outputs),
        "LOCKGATE_SIGNING_KEY": str(ours.signer.key), keys.PASSPHRASE: PASSPHRASE,
    }  # fmt: skip
    script = ROOT / "scripts" / "utils" / "artifact-management.sh"
    done = subprocess.run([script, "publish"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "hush-hush" not in done.stdout + done.stderr
    given = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    image = resolve(f"{registry.host}/example/shop:{COMMIT}")
    assert given == {"image": str(image), "name": image.repository, "digest": image.digest}
    verify.verify(image, ours.trust, Expected(digest=image.digest, revision=COMMIT))
    assert listed(image)[image.digest].attached.sbom


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["publish"], ["publish", "extra"]])
def test_a_script_that_is_called_wrongly_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    script = ROOT / "scripts" / "utils" / "artifact-management.sh"
    done = subprocess.run([script, *arguments], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
    assert done.returncode == UsageError.exit_code
