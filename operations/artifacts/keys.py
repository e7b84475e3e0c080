"""Who signs an image, and whose signature is believed."""

from __future__ import annotations

import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import toolchain
from infra.errors import ReleaseError, ToolError, UsageError
from lab.layout import default as lab_layout
from operations.images import Image
from operations.project import Project

GITHUB = "https://github.com"
GITHUB_ISSUER = "https://token.actions.githubusercontent.com"
KEYLESS = "ACTIONS_ID_TOKEN_REQUEST_URL"
PASSPHRASE = "COSIGN_PASSWORD"  # noqa: S105 (its name)


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Signs with ``key``, or without one with a certificate that the workflow's own identity gets. ``passphrase`` is None where
    cosign finds it in the environment by itself."""

    key: Path | None = None
    passphrase: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class Trust:
    """A public ``key``, or without one the workflows whose certificates count: ``identity`` is a regular expression."""

    key: Path | None = None
    identity: str = ""
    issuer: str = ""

    def __str__(self) -> str:
        return f"the key {self.key.name}" if self.key else f"a workflow that fits {self.identity}"


def signer(image: Image, key: Path | None, environment: Mapping[str, str]) -> Signer:
    """By ``key``, else by the workflow's identity where GitHub gives one, else by the lab's key for the lab's registry."""
    if key is not None:
        return Signer(key=_there(key))
    if environment.get(KEYLESS):
        return Signer()
    if _is_labs(image):
        folder = _lab_keys()
        return Signer(key=folder / "lockgate.key", passphrase=(folder / "passphrase").read_text())
    raise UsageError(
        f"image = {image}: nobody to sign it: name a key by --key (`cosign generate-key-pair` makes one), or let a GitHub job "
        "with `id-token: write` do it"
    )


def trust(image: Image, key: Path | None, project: Project | None = None, stack: str = "") -> Trust:
    """By ``key``, else what the stack's settings say (provenanceKey, github.repository), else the lab's key for its registry."""
    if key is not None:
        return Trust(key=_there(key))
    named = str(project.setting(stack, "provenanceKey") or "") if project else ""
    if project and named:
        return Trust(key=_there(project.root / Path(named).expanduser()))
    if _is_labs(image):
        return Trust(key=_labs_public(image))
    repository = str(project.setting(stack, "github.repository") or "") if project else ""
    if not project or not repository:
        raise UsageError(
            f"image = {image}: nobody to believe: name a public key by --key, or a stack by -s whose config has provenanceKey "
            "or github.repository"
        )
    base = str(project.setting(stack, "github.baseUrl"))
    issuer = GITHUB_ISSUER if base == GITHUB else f"{base}/_services/token"
    return Trust(identity=f"^{re.escape(f'{base}/{repository}/.github/workflows/')}", issuer=issuer)


def _is_labs(image: Image) -> bool:
    return image.repository.split("/")[0] == lab_layout().registry_host


def _lab_folder() -> Path:
    return lab_layout().root / "keys"


def _labs_public(image: Image) -> Path:
    key = _lab_folder() / "lockgate.pub"
    if not key.is_file():
        raise ReleaseError(f"image = {image}: the lab has signed nothing yet; run `lockgate artifacts publish` first")
    return key


def _lab_keys() -> Path:
    """The folder of the lab's own pair of keys, which is made once and outlives the lab's processes."""
    folder = _lab_folder()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".keys.", dir=folder.parent))
        try:
            _make_pair(work)
            work.rename(folder)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
    return folder


def _make_pair(folder: Path) -> None:
    passphrase = secrets.token_urlsafe(32)
    cosign = toolchain.ensure(["cosign"])["cosign"]
    command = [str(cosign), "generate-key-pair", "--output-key-prefix", "lockgate"]
    done = subprocess.run(command, cwd=folder, env={PASSPHRASE: passphrase}, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ToolError(f"`cosign generate-key-pair` failed: {done.stderr.strip()[-300:]}")
    (folder / "passphrase").write_text(passphrase)
    for file in folder.iterdir():
        file.chmod(0o600)


def _there(key: Path) -> Path:
    if not key.is_file():
        raise UsageError(f"key = {key}: no such file; name the one that the images are signed with")
    return key.resolve()
