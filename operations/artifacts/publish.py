"""What a pipeline says of the image that it made: contents, origin, findings; and its signature, last."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import toolchain
from infra.errors import ToolError, UsageError
from operations import images
from operations.artifacts import attached, cosign, provenance, scans
from operations.artifacts.keys import Signer
from operations.artifacts.verify import KIND
from operations.images import Image

SBOM_SECONDS = 600
COMMIT = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """``revision`` is the whole commit. ``sbom`` is a file in SPDX's JSON, None for one that syft makes. ``scans`` are SARIF."""

    revision: str
    sbom: Path | None = None
    scans: Sequence[Path] = ()

    def __post_init__(self) -> None:
        if not COMMIT.fullmatch(self.revision):
            raise UsageError(f"revision = {self.revision}: must be a whole commit, as `git rev-parse HEAD` says it")


def publish(image: Image, facts: Facts, signer: Signer, environment: Mapping[str, str]) -> None:
    """Attaches it all to an image that is in its registry. Done again, it replaces what was said before."""
    reference = f"{image.repository}@{image.digest}"
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        cosign.attest(reference, signer, "spdxjson", facts.sbom or _sbom(reference, Path(folder)))
    if facts.scans:
        attach_scans(image, facts.scans, signer)
    cosign.attest(reference, signer, KIND, provenance.predicate(facts.revision, environment, now))
    cosign.sign(reference, signer, {})


def sign_release(image: Image, version: str, signer: Signer) -> None:
    """One signature more, that names the version: what is signed so is never pruned."""
    cosign.sign(f"{image.repository}@{image.digest}", signer, {attached.RELEASE: version})


def attach_scans(image: Image, files: Sequence[Path], signer: Signer) -> None:
    """The findings of a scan, instead of those of the one before."""
    cosign.attest(f"{image.repository}@{image.digest}", signer, "vuln", scans.predicate(files, datetime.now(UTC)))


def _sbom(reference: str, folder: Path) -> Path:
    file = folder / "sbom.json"
    command = [str(toolchain.ensure(["syft"])["syft"]), "--quiet", "--output", f"spdx-json={file}", f"registry:{reference}"]
    quiet = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, timeout=SBOM_SECONDS, check=False)
    if done.returncode != 0:
        raise ToolError(f"`syft` failed: {images.last_line(done.stderr)}")
    return file
