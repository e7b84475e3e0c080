"""A small image as `docker save` writes it, with the files that a test gives it."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path


def save(file: Path, content: dict[str, str], name: str = "localhost/shop:1") -> None:
    """``content`` is text by path inside the image."""
    layer = _tar(content)
    digest = f"sha256:{hashlib.sha256(layer.encode()).hexdigest()}"
    config = {"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [digest]}}
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    parts = {"config.json": json.dumps(config), "manifest.json": json.dumps(manifest), "layer.tar": layer}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_tar(parts))


def python_package(name: str, version: str) -> dict[str, str]:
    """As pip installs it."""
    folder = f"usr/lib/python3/dist-packages/{name}-{version}.dist-info"
    return {f"{folder}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n"}


def _tar(files: dict[str, str]) -> str:
    """All of it is ASCII, so that an archive can be a file of another."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text.encode("ascii")))
    return buffer.getvalue().decode("ascii")
