"""The licences of what a service is made of: its Python packages as they are installed, its npm packages as they are locked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

from operations.checks.sarif import Finding

SCANNER = "lockgate licences"
ALLOWED = frozenset({
    *("0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-3-Clause", "CC-BY-4.0", "CC0-1.0", "ISC", "MIT", "MIT-0"),
    *("LGPL-2.1-only", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"),
    *("PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
})  # fmt: skip
"""In SPDX's words. A service allows more, for all or for one package, in its file ``FILE``."""

FILE = ".licences"
_CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Affero General Public License v3": "AGPL-3.0-only",
    "GNU General Public License v2 (GPLv2)": "GPL-2.0-only",
    "GNU General Public License v3 (GPLv3)": "GPL-3.0-only",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
    "zlib/libpng License": "Zlib",
}
_WORDS = {"apache 2.0": "Apache-2.0", "apache license 2.0": "Apache-2.0", "bsd": "BSD-3-Clause", "mit license": "MIT"}


def findings(service: Path, packages: Path) -> list[Finding]:
    """What has a licence that is not allowed, or none that is known. ``packages`` is where the Python ones are installed."""
    allowed, accepted = _allowed(service / FILE)
    found = [*_python(packages), *_node(service / "package-lock.json")]
    return [
        Finding(
            kind="licence", severity="high", scanner=SCANNER, rule=licence or "unknown", where=where,
            text=f"{name} is under {licence or 'a licence that it does not name'}, which is not allowed (docs/scripts.md)",
        )
        for name, licence, where in sorted(found)
        if name not in accepted and not is_allowed(licence, allowed)
    ]  # fmt: skip


def is_allowed(licence: str, allowed: frozenset[str] = ALLOWED) -> bool:
    """Of ``A OR B`` one is enough, of ``A AND B`` both are needed. Brackets are read as if they were not there."""
    plain = licence.replace("(", " ").replace(")", " ").strip()
    choices = re.split(r"\s+OR\s+", plain)
    return any(all(part.strip() in allowed for part in re.split(r"\s+(?:AND|WITH)\s+", choice)) for choice in choices if choice)


def _allowed(file: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The licences, and the packages that have another for which there is a reason: ``LICENCE`` or ``package: NAME # why``."""
    lines = [line.partition("#")[0].strip() for line in file.read_text().splitlines()] if file.is_file() else []
    packages = frozenset(line.removeprefix("package:").strip() for line in lines if line.startswith("package:"))
    return ALLOWED | frozenset(line for line in lines if line and not line.startswith("package:")), packages


def _python(packages: Path) -> Iterator[tuple[str, str, str]]:
    for file in packages.glob("*.dist-info/METADATA"):
        said = HeaderParser().parsestr(file.read_text(errors="replace"))
        yield str(said["Name"]), _licence(said), "requirements.lock"


def _licence(said: Message) -> str:
    """In the newest words that the package has for it."""
    if said["License-Expression"]:
        return str(said["License-Expression"])
    named = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if line.startswith("License :: ")]
    known = [_CLASSIFIERS.get(name, name) for name in named if name != "OSI Approved"]
    if known:
        return " OR ".join(known)
    text = str(said["License"] or "").strip().partition("\n")[0]
    return _WORDS.get(text.lower(), text[:60])


def _node(lock: Path) -> Iterator[tuple[str, str, str]]:
    if not lock.is_file():
        return
    for path, package in json.loads(lock.read_text()).get("packages", {}).items():
        if path and not package.get("link"):
            yield path.rpartition("node_modules/")[2], str(package.get("license") or ""), lock.name
