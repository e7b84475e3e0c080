"""What the tests of artifacts share: a registry of their own, two pairs of keys, and images that were published."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from registry_lab import Registry, running

import toolchain
from operations.artifacts import inventory, keys, publish
from operations.artifacts.holders import Holders
from operations.artifacts.keys import Signer, Trust
from operations.artifacts.model import Artifact
from operations.artifacts.registry import Repository
from operations.images import Image, resolve

COMMIT = "c" * 40
PASSPHRASE = "only for these tests"  # noqa: S105
JOB = {
    "GITHUB_REPOSITORY": "example/shop",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_WORKFLOW_REF": "example/shop/.github/workflows/cd.yml@refs/heads/main",
}
SBOM = {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "shop", "packages": []}


@dataclass(frozen=True)
class Pair:
    signer: Signer
    trust: Trust


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running(tmp_path_factory.mktemp("registry")) as started:
        yield started


@pytest.fixture(scope="session")
def our_key(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return _pair(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="session")
def their_key(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return _pair(tmp_path_factory.mktemp("theirs"))


def _pair(folder: Path) -> Pair:
    program = toolchain.ensure(["cosign"])["cosign"]
    environment = {**os.environ, keys.PASSPHRASE: PASSPHRASE}
    subprocess.run([program, "generate-key-pair"], cwd=folder, env=environment, check=True, capture_output=True)
    return Pair(Signer(key=folder / "cosign.key", passphrase=PASSPHRASE), Trust(key=folder / "cosign.pub"))


def published(reference: str, folder: Path, signer: Signer, job: dict[str, str] | None = None, **facts: Any) -> Image:
    image = resolve(reference)
    (folder / "sbom.json").write_text(json.dumps(SBOM))
    values = {"revision": COMMIT, "sbom": folder / "sbom.json", **facts}
    publish.publish(image, publish.Facts(**values), signer, JOB if job is None else job)
    return image


def listed(image: Image, holders: Holders | None = None) -> dict[str, Artifact]:
    found = inventory.Inventory(Repository(image.repository)).artifacts(holders or Holders())
    return {one.digest: one for one in found}
