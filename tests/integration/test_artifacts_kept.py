"""What is kept of images, on a real registry: listed, scanned, pruned, and published by the script. No Kubernetes, no lab."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from artifact_world import COMMIT, JOB, PASSPHRASE, Pair, listed, published
from registry_lab import Registry, crane

from infra.errors import UsageError
from operations.artifacts import cosign, keys, pruning, publish, verify
from operations.artifacts.holders import Holders
from operations.artifacts.model import BACK, Hold
from operations.artifacts.provenance import Expected
from operations.artifacts.registry import Repository
from operations.images import resolve, split

SCRIPT = Path(__file__).parents[2] / "scripts" / "utils" / "artifact-management.sh"
OLD = (datetime.now(UTC) - timedelta(days=90)).isoformat()
FINDING = {"ruleId": "CVE-2026-1", "level": "error"}


def test_the_list_says_what_is_attached_and_who_holds_it(registry: Registry, our_key: Pair, tmp_path: Path) -> None:
    scan = tmp_path / "scan.sarif"
    scan.write_text(json.dumps({"runs": [{"tool": {"driver": {"name": "trivy"}}, "results": [FINDING]}]}))
    registry.push("listed:1", "one")
    image = published(f"{registry.host}/listed:1", tmp_path, our_key.signer, scans=[scan])
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


def test_a_newer_scan_takes_the_place_of_the_one_before(registry: Registry, our_key: Pair, tmp_path: Path) -> None:
    image = split(registry.push("scanned:1", "one"))
    for count in (3, 0):
        scan = tmp_path / "scan.sarif"
        scan.write_text(json.dumps({"runs": [{"tool": {"driver": {"name": "trivy"}}, "results": [FINDING] * count}]}))
        publish.attach_scans(image, [scan], our_key.signer)
    assert sum((listed(image)[image.digest].attached.findings or {"high": 9}).values()) == 0


def test_what_is_pruned_is_gone_with_all_that_was_attached(registry: Registry, our_key: Pair) -> None:
    old, held, released_ = (split(registry.push(f"pruned:{name}", name, OLD)) for name in ("old", "held", "released"))
    publish.sign_release(released_, "1.0.0", our_key.signer)
    cosign.sign(f"{old.repository}@{old.digest}", our_key.signer, {})
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
    cosign.verify(f"{released_.repository}@{released_.digest}", our_key.trust)


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


def test_the_script_publishes_what_was_built(registry: Registry, our_key: Pair, tmp_path: Path) -> None:
    (tmp_path / "dist").mkdir()
    crane("pull", registry.push("built:1", "built"), str(tmp_path / "dist" / "image.tar"))
    outputs = tmp_path / "outputs"
    environment = {
        **os.environ, **JOB, "GH_REGISTRY_URL": registry.host, "GH_REGISTRY_USERNAME": "somebody",
        "GH_REGISTRY_PASSWORD": "hush-hush", "REVISION": COMMIT, "IMAGE_NAME": "Example/Shop", "GITHUB_OUTPUT": str(outputs),
        "LOCKGATE_SIGNING_KEY": str(our_key.signer.key), keys.PASSPHRASE: PASSPHRASE,
    }  # fmt: skip
    done = subprocess.run([SCRIPT, "publish"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "hush-hush" not in done.stdout + done.stderr
    given = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    image = resolve(f"{registry.host}/example/shop:{COMMIT}")
    assert given == {"image": str(image), "name": image.repository, "digest": image.digest}
    verify.verify(image, our_key.trust, Expected(digest=image.digest, revision=COMMIT))
    assert listed(image)[image.digest].attached.sbom


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["publish"], ["publish", "extra"]])
def test_a_script_that_is_called_wrongly_ends_with_2(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run([SCRIPT, *arguments], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
    assert done.returncode == UsageError.exit_code
