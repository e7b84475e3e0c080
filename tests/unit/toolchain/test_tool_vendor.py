"""A vendor's release is used only when it is the one that was pinned. Served from 127.0.0.1."""

from __future__ import annotations

import hashlib
import io
import socket
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from local_server import listening

from infra.errors import ToolError
from toolchain import cache
from toolchain.model import Archive, Tool, Vendor
from toolchain.table import CRANE
from toolchain.vendor import Releases, fetch


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Keeps the tests' output clean."""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which a local server serves it; the cache is the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "served"
    folder.mkdir()
    with listening(partial(Quiet, directory=str(folder))) as url:
        yield folder, url


def pack(path: Path, names: list[str]) -> str:
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.size = len(name)
            archive.addfile(entry, io.BytesIO(name.encode()))
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def crane_from(url: str, digest: str) -> Tool:
    archive = Archive(url=url, digest=digest)
    return replace(CRANE, vendor=Vendor(version="9.9.9", folder="dist/", archives={cache.machine(): archive}))


def test_the_pinned_release_is_placed_with_its_binaries_only(served: tuple[Path, str]) -> None:
    folder, address = served
    digest = pack(folder / "crane.tgz", ["./dist/crane", "dist/other", "../escape"])
    tool = crane_from(f"{address}/crane.tgz", digest)
    assert Releases().obtain(tool)
    found = cache.cached(tool, "crane")
    assert found is not None
    assert (found.version, found.source) == ("9.9.9", "vendor")
    assert found.path.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in found.path.parent.iterdir()] == ["crane"]


def test_another_checksum_is_refused_and_leaves_nothing(served: tuple[Path, str], tmp_path: Path) -> None:
    folder, address = served
    pack(folder / "crane.tgz", ["dist/crane"])
    archive = Archive(url=f"{address}/crane.tgz", digest="sha256:" + "0" * 64)
    with pytest.raises(ToolError, match=r"has the sha256 checksum [0-9a-f]{64}, but 0{64} is pinned"):
        fetch(archive, tmp_path / "target")
    assert not (tmp_path / "target").exists()


@pytest.mark.parametrize("fault", ["checksum", "missing file", "missing binary"])
def test_a_release_that_cannot_be_had_or_trusted_is_left_to_the_build(
    served: tuple[Path, str], capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    folder, address = served
    digest = pack(folder / "crane.tgz", ["crane" if fault == "missing binary" else "dist/crane"])
    name = "nothing.tgz" if fault == "missing file" else "crane.tgz"
    tool = crane_from(f"{address}/{name}", "sha256:" + "0" * 64 if fault == "checksum" else digest)
    assert not Releases().obtain(tool)
    assert cache.cached(tool, "crane") is None
    assert "is not used" in capsys.readouterr().err


def test_after_one_vendor_out_of_reach_no_other_is_tried(served: tuple[Path, str]) -> None:
    folder, address = served
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/crane.tgz"
    digest = pack(folder / "crane.tgz", ["dist/crane"])
    run = Releases()
    assert not run.obtain(crane_from(nobody, digest))
    assert not run.obtain(crane_from(f"{address}/crane.tgz", digest))
    assert Releases().obtain(crane_from(f"{address}/crane.tgz", digest))
