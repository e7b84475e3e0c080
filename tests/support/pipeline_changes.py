"""Ten bad changes of the sample service, each with the job that is meant to stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SECRET = "AKIA" + "Q3ZK7XWJ2MNB5TRY"
SIX = "six==1.16.0 --hash=sha256:8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254\n"
"""A real package, of which the lab's Trivy is told that it is vulnerable."""
UNIDECODE = "unidecode==1.3.8 --hash=sha256:d130a61ce6696f8148a3bd8fe779c99adeb4b870584eeb9526584e9aa091fd39\n"
"""A real package under the GPL."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """``make`` does it in a checkout of the sample; ``options`` leave out of act's run the jobs that do not matter.

    ``job`` is the only one that fails, ``said`` is what its log says of the cause.
    """

    name: str
    make: Callable[[Path], None]
    job: str
    said: str
    options: tuple[str, ...]


def _replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        text = (root / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        (root / name).write_text(text.replace(old, new))

    return make


def _add(name: str, text: str) -> Callable[[Path], None]:
    def make(root: Path) -> None:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((file.read_text() if file.exists() else "") + text)

    return make


def _uncovered(root: Path) -> None:
    lines = "".join(f"    if value == {number}:\n        value += {number}\n" for number in range(200))
    head = '"""Not tested."""\n\n\ndef count(value: int) -> int:\n    """Counts."""\n'
    _add("shortlinks/unused.py", f"{head}{lines}    return value\n")(root)


SCAN, UNIT, INTEGRATION = ("--job", "scan"), ("--job", "quality", "--matrix", "kind:unit"), ("--matrix", "kind:integration")
SCANNED = "Security Scan / Dependencies, Images and Secrets"

CHANGES = (
    Change(
        name="failing unit test",
        make=_add("tests/unit/test_broken.py", "def test_one_is_two() -> None:\n    assert 1 == 2\n"),
        job="Tests (unit)",
        said="test_one_is_two",
        options=("--job", "test", "--matrix", "kind:unit"),
    ),
    Change(
        name="failing migration",
        make=_add("migrations/0003_broken.sql", "-- phase: expand\n-- fits: 1.0.0 and later\nALTER TABEL links ADD note text;\n"),
        job="Tests (integration)",
        said="0003_broken.sql: syntax error",
        options=("--job", "test", *INTEGRATION),
    ),
    Change(
        name="leaked secret",
        make=_add("shortlinks/keys.py", f'"""Keys."""\n\nKEY = "{SECRET}"\n'),
        job=SCANNED,
        said="gitleaks aws-access-token in shortlinks/keys.py:3",
        options=SCAN,
    ),
    Change(name="vulnerable dependency", make=_add("requirements.lock", SIX), job=SCANNED, said="CVE-2099-0001", options=SCAN),
    Change(  # a package that no lock names, put into the image by hand
        name="vulnerable image",
        make=_add("shortlinks/outdated-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: outdated\nVersion: 1.0\n"),
        job=SCANNED,
        said="CVE-2099-0002",
        options=SCAN,
    ),
    Change(name="coverage drop", make=_uncovered, job="Quality Check", said="coverage", options=UNIT),
    Change(
        name="lint",
        make=_add("shortlinks/lint.py", '"""Unused."""\n\nimport os\n'),
        job="Quality Check",
        said="ruff check found something",
        options=UNIT,
    ),
    Change(
        name="licence",
        make=_add("requirements.lock", UNIDECODE),
        job=SCANNED,
        said="lockgate licences GNU General Public License v2 or later",
        options=SCAN,
    ),
    Change(
        name="unpinned action",
        make=_add(
            ".github/workflows/mine.yml",
            "name: Mine\non: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: a/b@v1\n",
        ),
        job=SCANNED,
        said="unpinned-uses in .github/workflows/mine.yml:8",
        options=SCAN,
    ),
    Change(
        name="broken e2e",
        make=_replace("web/app.js", "addEventListener", "removeEventListener"),
        job="End-to-End Tests (chromium)",
        said="test_",
        options=("--job", "e2e", "--matrix", "browser:chromium"),
    ),
)
