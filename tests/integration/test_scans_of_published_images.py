"""Where nothing was built, the image that was published of the commit is scanned, and what is found can be attached to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from artifact_world import COMMIT, PASSPHRASE, Pair, listed
from registry_lab import Registry, crane
from saved_image import python_package, save
from scanned import findings, git, scan

from operations.images import resolve


@pytest.fixture
def service(tmp_path: Path) -> Path:
    root = tmp_path / "service"
    root.mkdir()
    git(root, "init", "--quiet")
    return root


def publish(registry: Registry, folder: Path, name: str, version: str) -> str:
    """Of ``COMMIT``, with idna in that version; returns the reference."""
    save(folder / "image.tar", python_package("idna", version))
    crane("push", str(folder / "image.tar"), f"{registry.host}/{name}:{COMMIT}")
    return f"{registry.host}/{name}:{COMMIT}"


def of_commit(registry: Registry, repository: str) -> dict[str, str]:
    """What a workflow hands over."""
    return {
        "DEPENDENCY_SCAN_ENABLED": "false",
        "GH_REGISTRY_URL": registry.host,
        "GITHUB_REPOSITORY": repository,
        "GITHUB_SHA": COMMIT,
    }


def test_the_image_of_the_commit_is_scanned(service: Path, data: Path, registry: Registry, tmp_path: Path) -> None:
    publish(registry, tmp_path, "example/old", "2.0")
    done = scan(service, "trivy", data, **of_commit(registry, "Example/old"))
    assert done.returncode == 1
    assert "Trivy CVE-2099-0001 in usr/lib/python3/dist-packages/idna-2.0.dist-info/METADATA" in done.stderr


def test_a_commit_without_an_image_is_said(service: Path, data: Path, registry: Registry) -> None:
    done = scan(service, "trivy", data, **of_commit(registry, "example/none"))
    assert done.returncode == 1
    assert f"trivy (image) did not look: there is no dist/image.tar, and {registry.host}/example/none:{COMMIT}" in done.stderr


def test_what_is_found_is_attached_to_the_image(
    service: Path, data: Path, registry: Registry, our_key: Pair, tmp_path: Path
) -> None:
    image = resolve(publish(registry, tmp_path, "example/recorded", "2.0"))
    signed = {"LOCKGATE_SIGNING_KEY": str(our_key.signer.key), "COSIGN_PASSWORD": PASSPHRASE}
    of_it = of_commit(registry, "example/recorded")
    scan(service, "trivy", data, **of_it)
    assert findings(service, REVISION=COMMIT, **of_it, **signed).returncode == 0
    assert listed(image)[image.digest].attached.findings == {"critical": 0, "high": 1, "medium": 0, "low": 0}


def test_findings_that_cannot_be_attached_fail(service: Path, data: Path, registry: Registry, tmp_path: Path) -> None:
    publish(registry, tmp_path, "example/unsigned", "3.10")
    of_it = of_commit(registry, "example/unsigned")
    scan(service, "trivy", data, **of_it)
    done = findings(service, REVISION=COMMIT, **of_it)
    assert (done.returncode, "nobody to sign it" in done.stderr) == (2, True)


def test_no_findings_are_kept_where_no_scanner_has_looked_at_an_image(service: Path, registry: Registry) -> None:
    done = findings(service, REVISION=COMMIT, **of_commit(registry, "example/unseen"))
    assert (done.returncode, "no scanner has looked at an image" in done.stderr) == (0, True)
