"""A vulnerability database for Trivy with invented advisories: the real one cannot be fetched everywhere.

It is a file of bbolt, which Trivy reads: pages of 4096 bytes, each bucket a leaf page with sorted keys.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = 4096
META, LEAF, FREELIST = 0x04, 0x02, 0x10
MAGIC = 0xED0CDAED
SOURCE = {"pip": "pip::Tests", "npm": "npm::Tests"}
SAMPLE = {("pip", "six"): ("CVE-2099-0001", "<1.17.0"), ("pip", "outdated"): ("CVE-2099-0002", "<2.0")}
"""What a pipeline on this machine knows: a vulnerable dependency, and one that only an image may hold."""
Bucket = Mapping[bytes, Any]
"""Keys to values: bytes, or another bucket."""


def write(folder: Path, advisories: Mapping[tuple[str, str], tuple[str, str]]) -> None:
    """Fills ``folder``, a cache folder of Trivy: by ecosystem (pip, npm) and package the id and the versions that have it."""
    tree: dict[bytes, dict[bytes, Any]] = {b"data-source": {}, b"vulnerability": {}}
    for (ecosystem, package), (name, versions) in advisories.items():
        bucket, advisory = SOURCE[ecosystem].encode(), {"VulnerableVersions": [versions]}
        source = {"ID": "tests", "Name": "Tests", "URL": "https://example.com"}
        tree[b"data-source"][bucket] = _json(source)
        tree.setdefault(bucket, {}).setdefault(package.encode(), {})[name.encode()] = _json(advisory)
        tree[b"vulnerability"][name.encode()] = _json({"Title": f"{package} is vulnerable", "Severity": "HIGH"})
    home = folder / "db"
    home.mkdir(parents=True)
    (home / "trivy.db").write_bytes(_database(tree))
    times = {"UpdatedAt": "2026-01-01T00:00:00Z", "NextUpdate": "2099-01-01T00:00:00Z", "DownloadedAt": "2026-01-01T00:00:00Z"}
    (home / "metadata.json").write_text(json.dumps({"Version": 2, **times}))


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _database(tree: Bucket) -> bytes:
    """Two meta pages, an empty list of free pages, then the buckets."""
    pages: list[bytes] = [_page(2, FREELIST, 0, b"")]
    root = _leaf(tree, pages)
    end = 2 + len(pages)
    return b"".join([_meta(0, root, end), _meta(1, root, end), *pages])


def _leaf(bucket: Bucket, pages: list[bytes]) -> int:
    """Appends the pages of a bucket, those inside it first; returns the number of its first page."""
    entries = [(key, *_entry(value, pages)) for key, value in sorted(bucket.items())]
    heads, body, start = b"", b"", 16 * len(entries)
    for index, (key, flag, value) in enumerate(entries):
        heads += struct.pack("<4I", flag, start + len(body) - 16 * index, len(key), len(value))
        body += key + value
    number = 2 + len(pages)
    whole = _page(number, LEAF, len(entries), heads + body)
    pages.extend(whole[at : at + PAGE] for at in range(0, len(whole), PAGE))
    return number


def _entry(value: Any, pages: list[bytes]) -> tuple[int, bytes]:
    return (0, value) if isinstance(value, bytes) else (1, struct.pack("<2Q", _leaf(value, pages), 0))


def _page(number: int, kind: int, count: int, content: bytes) -> bytes:
    length = -(-(16 + len(content)) // PAGE)
    return (struct.pack("<QHHI", number, kind, count, length - 1) + content).ljust(length * PAGE, b"\0")


def _meta(number: int, root: int, end: int) -> bytes:
    fields = struct.pack("<4I5Q", MAGIC, 2, PAGE, 0, root, 0, 2, end, number)
    checksum = 0xCBF29CE484222325
    for byte in fields:
        checksum = ((checksum ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return _page(number, META, 0, fields + struct.pack("<Q", checksum))
