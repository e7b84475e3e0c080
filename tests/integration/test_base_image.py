"""The base image, made of this machine's Debian packages: its Python starts, it is made once, and is the same every time."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from registry_lab import Registry, crane, running

import lab
from lab import baseimage
from lab.layout import Layout, Ports
from toolchain import closure

LOOK = """
import asyncio, ctypes, sqlite3, ssl, sys, zoneinfo
assert ssl.create_default_context().cert_store_stats()["x509_ca"] > 50
assert sqlite3.connect(":memory:").execute("select 6 * 7").fetchone() == (42,)
assert zoneinfo.ZoneInfo("Europe/Vienna")
asyncio.run(asyncio.sleep(0))
print("%d.%d" % sys.version_info[:2])
"""


def layout(registry: Registry, root: Path) -> Layout:
    return Layout(root, ports=Ports(registry=int(registry.host.rpartition(":")[2])))


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Registry]:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip("the base image is made by root, on Debian or Ubuntu")
    (tmp_path / "registry").mkdir()
    with running(tmp_path / "registry") as started:
        yield started


def test_its_python_starts_finds_its_modules_and_trusts_the_usual_authorities(own: Registry, tmp_path: Path) -> None:
    reference = baseimage.ensure(layout(own, tmp_path)).reference
    [tag] = crane("ls", f"{own.host}/{baseimage.REPOSITORY}", "--insecure").split()
    assert reference == f"{own.host}/base/python@{crane('digest', f'{own.host}/base/python:{tag}', '--insecure')}"
    tree, image = tmp_path / "tree", tmp_path / "image.tar"
    crane("export", reference, str(image), "--insecure")
    with tarfile.open(image) as archive:
        archive.extractall(tree, filter="fully_trusted")  # noqa: S202
    environment = {"PATH": "/usr/bin:/usr/sbin", "LANG": "C.UTF-8"}
    done = subprocess.run(["chroot", tree, "python3", "-c", LOOK], env=environment, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.strip()) == ("", tag)
    assert (tree / "tmp").stat().st_mode & 0o7777 == 0o1777


def test_it_is_made_once_and_another_registry_gets_the_same(
    own: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.push(f"{baseimage.REPOSITORY}:3.9", "an older one of somebody else's")
    first = baseimage.ensure(layout(own, tmp_path)).reference
    monkeypatch.setattr(closure, "download", lambda *_: pytest.fail("it was downloaded again"))
    (tmp_path / "another").mkdir()
    with running(tmp_path / "another") as other:
        assert baseimage.ensure(layout(other, tmp_path)).reference.partition("@")[2] == first.partition("@")[2]
    monkeypatch.setattr(baseimage, "_made", lambda *_: pytest.fail("it was made again"))
    assert baseimage.ensure(layout(own, tmp_path)).reference == first


@pytest.mark.lab
def test_the_labs_registry_has_it_by_digest() -> None:
    if not lab.status().healthy:
        pytest.skip("no lab runs")
    reference = lab.ensure_base_image().reference
    assert reference.startswith("127.0.0.1:15000/base/python@sha256:")
    assert crane("digest", reference, "--insecure") == reference.partition("@")[2]
