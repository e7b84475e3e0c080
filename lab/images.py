"""Makes images without a base out of a few files, and puts them into the lab's registry when they are not there yet."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx2 as httpx

from infra.errors import LabError
from lab.layout import Layout

LABEL = "lockgate.content"
USER = "10001"
PLATFORMS = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}
MANIFESTS = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"


@dataclass(frozen=True, kw_only=True)
class Image:
    """``name`` with its tag; ``files`` by their path in the image, ``links`` from path to target."""

    name: str
    files: Mapping[str, bytes]
    entrypoint: tuple[str, ...]
    links: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Changes when anything in the image changes."""
        shape = [self.entrypoint, dict(self.links), dict(self.environment), USER, platform.machine()]
        digest = hashlib.sha256(json.dumps(shape, sort_keys=True).encode())
        for path in sorted(self.files):
            digest.update(path.encode() + hashlib.sha256(self.files[path]).digest())
        return digest.hexdigest()[:32]


def layer(image: Image) -> bytes:
    """The image's only layer, the same bytes every time: fixed order, owners, modes and times."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(image.files):
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(image.files[path]), 0o755
            archive.addfile(entry, io.BytesIO(image.files[path]))
        for path in sorted(image.links):
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.type, entry.linkname = tarfile.SYMTYPE, image.links[path]
            archive.addfile(entry)
    return buffer.getvalue()


@dataclass(frozen=True)
class Pushed:
    """What the registry has under a name: the key of its content, where it is one of ours, and its digest."""

    key: str | None
    digest: str


def pushed(layout: Layout, name: str) -> Pushed | None:
    """The image that the registry has under ``name``, or ``None``."""
    repository, _, tag = name.rpartition(":")
    manifest = get(layout, f"{repository}/manifests/{tag}")
    if manifest is None:
        return None
    try:
        config = get(layout, f"{repository}/blobs/{manifest.json()['config']['digest']}")
        labels: dict[str, str] = config.json().get("config", {}).get("Labels") or {} if config else {}
        return Pushed(labels.get(LABEL), manifest.headers["docker-content-digest"])
    except (ValueError, KeyError) as error:
        raise LabError(f"The lab's registry at {layout.registry_host} cannot be read ({error!r}).") from error


def get(layout: Layout, path: str) -> httpx.Response | None:
    """What the registry answers for ``path`` below ``/v2/``, or ``None`` where it has no such thing."""
    try:
        with httpx.Client(trust_env=False, timeout=5.0) as client:
            answer = client.get(f"http://{layout.registry_host}/v2/{path}", headers={"Accept": MANIFESTS})
            return None if answer.status_code == httpx.codes.NOT_FOUND else answer.raise_for_status()
    except httpx.HTTPError as error:
        raise LabError(f"The lab's registry at {layout.registry_host} cannot be read ({error}).") from error


def ensure(layout: Layout, crane: Path, image: Image) -> bool:
    """Pushes the image unless the registry has just this one. Returns whether it was pushed."""
    there = pushed(layout, image.name)
    if there is not None and there.key == image.key:
        return False
    settings = [f"--env={name}={value}" for name, value in image.environment.items()]
    with tempfile.NamedTemporaryFile(suffix=".tar") as file:
        file.write(layer(image))
        file.flush()
        push(
            layout, crane, image.name, [Path(file.name)], image.key,
            "--user", USER, "--entrypoint", ",".join(image.entrypoint), *settings,
        )  # fmt: skip
    return True


def push(layout: Layout, crane: Path, name: str, tars: Sequence[Path], key: str, *settings: str) -> str:
    """Makes an image of these layers under ``name``, with crane's settings of its config. Returns its digest."""
    # The bare layers go to a name of their own, so that the tag never stands for half an image.
    bare = f"{layout.registry_host}/layers/{name}"
    given = [f"--new_layer={tar}" for tar in tars]
    reference = _crane(crane, "append", *given, "--new_tag", bare).split()[-1]
    made = _crane(
        crane, "mutate", reference, "--tag", f"{layout.registry_host}/{name}",
        "--set-platform", PLATFORMS.get(platform.machine(), "linux/amd64"), "--label", f"{LABEL}={key}", *settings,
    )  # fmt: skip
    return made.split()[-1].rpartition("@")[2]


def reference(layout: Layout, name: str, digest: str) -> str:
    """Of an image in the lab's registry, by digest, as settings take it."""
    return f"{layout.registry_host}/{name}@{digest}"


def _crane(crane: Path, *arguments: str) -> str:
    done = subprocess.run([crane, *arguments, "--insecure"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"crane {arguments[0]} exits {done.returncode}: {done.stderr.strip()[-500:]}.")
    return done.stdout
