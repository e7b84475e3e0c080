"""One layer of an image out of several archives of files: the same bytes for the same files."""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import BinaryIO

MERGED = ("bin", "lib", "lib32", "lib64", "libx32", "sbin")
"""What lies below ``/usr``, with a link at the root, whichever of the two a package names."""
DROPPED = re.compile(r"usr/share/(doc/(?!.*/copyright$)|(info|lintian|locale|man)/)")

Entry = tuple[tarfile.TarInfo, bytes]
Tree = dict[str, Entry]
"""Entries by their path, without a slash in front or behind."""


def merge(archives: Iterable[bytes]) -> Tree:
    """The files of tar archives in one tree. Of a file that several have the last one stays; documentation stays away."""
    tree: Tree = {}
    for data in archives:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive:
                _take(tree, archive, member)
    return tree


def _take(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = place_of(member.name)
    if not path or DROPPED.match(f"{path}/" if member.isdir() else path):
        return
    if member.isdir():
        tree.setdefault(path, _entry(member, b""))
    else:
        file = archive.extractfile(member) if member.isreg() else None
        tree[path] = _entry(member, file.read() if file else b"")


def place_of(name: str) -> str:
    """Where a package's file goes: ``./lib/a`` is ``usr/lib/a``; nothing for the root and for what is a link there."""
    path = str(PurePosixPath(name)).strip("/")
    top, _, below = path.partition("/")
    if top not in MERGED:
        return "" if path == "." else path
    return f"usr/{path}" if below else ""


def put(tree: Tree, path: str, content: bytes = b"", mode: int = 0o644) -> None:
    """A file that everybody may read."""
    entry = tarfile.TarInfo(path)
    entry.mode, entry.size = mode, len(content)
    tree[path] = (entry, content)


def put_folder(tree: Tree, path: str, mode: int = 0o755) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode = tarfile.DIRTYPE, mode
    tree[path] = (entry, b"")


def put_link(tree: Tree, path: str, target: str) -> None:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode, entry.linkname = tarfile.SYMTYPE, 0o777, target
    tree[path] = (entry, b"")


def write(tree: Tree, out: BinaryIO) -> None:
    """The layer: sorted, a hard link after its file, every folder before what is in it, all of one time."""
    whole = dict(tree)
    for path in tree:
        for parent in PurePosixPath(path).parents:
            if parent.name and str(parent) not in whole:
                put_folder(whole, str(parent))
    for top in MERGED:
        if f"usr/{top}" in whole:
            put_link(whole, top, f"usr/{top}")
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for _, (entry, content) in sorted(whole.items(), key=lambda item: (item[1][0].islnk(), item[0])):
            archive.addfile(entry, io.BytesIO(content))


def _entry(member: tarfile.TarInfo, content: bytes) -> Entry:
    """The entry without what differs from one run to the next, or means nothing elsewhere: times, and owners' names."""
    entry = tarfile.TarInfo(place_of(member.name))
    entry.type, entry.mode, entry.uid, entry.gid, entry.size = member.type, member.mode, member.uid, member.gid, len(content)
    entry.linkname = place_of(member.linkname) if member.islnk() else member.linkname
    return entry, content
