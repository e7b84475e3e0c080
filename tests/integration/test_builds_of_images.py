"""An image says which version it is, whatever earlier builds have left in the cache."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import toolchain

BUILD = Path(__file__).parents[2] / "scripts" / "ci" / "build.sh"
DOCKERFILE = """FROM scratch
ARG VERSION=0.0.0
ARG REVISION
LABEL version="${VERSION}" revision=$REVISION
ENV VERSION="${VERSION}"
COPY Dockerfile /
"""


def build(service: Path, version: str) -> dict[str, Any]:
    """The config of the image that is then in dist/."""
    subprocess.run(["env", f"VERSION={version}", f"REVISION=of-{version}", BUILD], cwd=service, check=True, capture_output=True)
    with tarfile.open(service / "dist" / "image.tar") as archive:
        manifest = json.loads(archive.extractfile("manifest.json").read())
        config: dict[str, Any] = json.loads(archive.extractfile(manifest[0]["Config"]).read())["config"]
    return config


def test_a_version_is_never_that_of_the_build_before(tmp_path: Path) -> None:
    if shutil.which("buildah") is None:
        toolchain.install_packages(["buildah"])
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    for version in ("1.0.0", "1.1.0"):
        config = build(tmp_path, version)
        assert (config["Labels"]["version"], config["Labels"]["revision"]) == (version, f"of-{version}")
        assert f"VERSION={version}" in config["Env"]
