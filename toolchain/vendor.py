"""The vendors' own releases: downloaded, checked against the table's checksum, unpacked."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path

import httpx2 as httpx

from infra import progress
from infra.errors import ToolError
from toolchain import cache
from toolchain.model import Archive, Tool, Vendor
from toolchain.place import place

_TIMEOUT = httpx.Timeout(30, connect=3)
_CHUNK = 1 << 20


class Releases:
    """One run's downloads. When the first vendor cannot be reached, no other is tried."""

    def __init__(self) -> None:
        self._reachable: bool | None = None

    def obtain(self, tool: Tool) -> bool:
        """Places the vendor's release of ``tool``; False where there is none, or it cannot be had or trusted."""
        archive, home = cache.archive_of(tool), cache.vendor_home(tool)
        if tool.vendor is None or archive is None or home is None or not self._reach(archive):
            return False
        title = f"{tool.title}: the vendor's release {tool.vendor.version}"
        try:
            self._download(home, title, archive, tool)
        except (httpx.HTTPError, ToolError) as error:
            progress.note(f"  {title} is not used: {error}")
        return home.is_dir()

    def _reach(self, archive: Archive) -> bool:
        if self._reachable is None:
            try:
                httpx.head(archive.url, timeout=_TIMEOUT)
                self._reachable = True
            except httpx.TransportError:
                self._reachable = False
                progress.note("  The vendors' releases are out of reach here: building from Go modules.")
        return self._reachable

    def _download(self, home: Path, title: str, archive: Archive, tool: Tool) -> None:
        def make(result: Path, scratch: Path) -> None:
            unpack(fetch(archive, scratch / "archive.tar.gz"), tool, result / "bin")

        with progress.step(title):
            place(home, title, make)


def fetch(archive: Archive, target: Path) -> Path:
    """Downloads to ``target``. Raises ToolError, and leaves no file, when the checksum is another one."""
    algorithm, _, expected = archive.digest.partition(":")
    content = hashlib.new(algorithm)
    with httpx.stream("GET", archive.url, timeout=_TIMEOUT, follow_redirects=True) as answer, target.open("wb") as file:
        answer.raise_for_status()
        for chunk in answer.iter_bytes(_CHUNK):
            content.update(chunk)
            file.write(chunk)
    if content.hexdigest() != expected:
        target.unlink()
        raise ToolError(
            f"{archive.url} has the {algorithm} checksum {content.hexdigest()}, but {expected} is pinned; "
            "it was thrown away. Find out what stands between you and the vendor before you trust that connection."
        )
    return target


def unpack(packed: Path, tool: Tool, target: Path) -> None:
    """Takes the tool's binaries, and nothing else, out of the archive."""
    folder = tool.vendor.folder if isinstance(tool.vendor, Vendor) else ""
    wanted = {folder + binary: binary for binary in tool.binaries}
    with tarfile.open(packed, "r:gz") as archive:
        for member in archive:
            source = archive.extractfile(member) if member.name.removeprefix("./") in wanted else None
            if source is None:
                continue
            path = target / wanted.pop(member.name.removeprefix("./"))
            with path.open("wb") as file:
                shutil.copyfileobj(source, file)
            path.chmod(0o755)
    if wanted:
        raise ToolError(f"the archive of {tool.title} lacks {', '.join(sorted(wanted))}; the table's folder is wrong.")
