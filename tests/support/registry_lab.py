"""A registry of a test's own: the one of Debian that the lab runs too, on a free port, with images made of nothing."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import yaml

import toolchain

DEADLINE = 15.0


class Registry:
    """``host`` is its name in references."""

    def __init__(self, host: str) -> None:
        self.host = host

    def push(self, name: str, content: str, created: str = "") -> str:
        """An image with one file, whose config says that it was made at ``created``; returns it by digest."""
        reference = f"{self.host}/{name}"
        with tempfile.TemporaryDirectory() as folder:
            layer = Path(folder) / "layer.tar"
            layer.write_bytes(_layer(content))
            pushed = crane("append", "--new_layer", str(layer), "--new_tag", reference).split()[-1]
            if created:
                file = Path(folder) / "image.tar"
                crane("pull", reference, str(file))
                _date(file, created)
                pushed = crane("push", str(file), reference).split()[-1]
        return pushed

    def has(self, reference: str) -> bool:
        repository, _, digest = reference.partition("@")
        path = repository.partition("/")[2]
        url = f"http://{self.host}/v2/{path}/manifests/{digest}"
        accept = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json"
        return httpx2.get(url, headers={"Accept": accept}, trust_env=False).status_code == httpx2.codes.OK


def crane(*arguments: str) -> str:
    program = toolchain.ensure(["crane"])["crane"]
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def running(folder: Path) -> Iterator[Registry]:
    """The registry, with its data in ``folder``, for as long as the block runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    config = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}, "delete": {"enabled": True}},
        "http": {"addr": host},
    }
    (folder / "registry.yaml").write_text(yaml.safe_dump(config))
    program = toolchain.ensure(["docker-registry"])["docker-registry"]
    with (folder / "registry.log").open("w") as log:
        process = subprocess.Popen([str(program), "serve", str(folder / "registry.yaml")], stdout=log, stderr=log)
    try:
        _answers(host)
        yield Registry(host)
    finally:
        process.terminate()
        process.wait(10)


def _answers(host: str) -> None:
    until = time.monotonic() + DEADLINE
    while True:
        try:
            httpx2.get(f"http://{host}/v2/", trust_env=False).raise_for_status()
            return
        except httpx2.HTTPError:
            assert time.monotonic() < until, "the registry does not answer"
            time.sleep(0.05)


def _layer(content: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("content")
        entry.size = len(content.encode())
        archive.addfile(entry, io.BytesIO(content.encode()))
    return buffer.getvalue()


def _date(file: Path, created: str) -> None:
    """Writes the time into the config of a saved image."""
    with tarfile.open(file) as archive:
        parts = {member.name: archive.extractfile(member).read() for member in archive}  # type: ignore[union-attr]
    name = json.loads(parts["manifest.json"])[0]["Config"]
    parts[name] = json.dumps({**json.loads(parts[name]), "created": created}).encode()
    with tarfile.open(file, "w") as archive:
        for path, data in parts.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
