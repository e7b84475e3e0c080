"""A service in a Git repository of its own, and the scanners let loose on it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import toolchain
from lab import trivy_database

SCAN = Path(__file__).parents[2] / "scripts" / "ci" / "security-scan.sh"
ARTIFACTS = SCAN.parents[1] / "utils" / "artifact-management.sh"
SECRET = "AKIA" + "Q3ZK7XWJ2MNB5TRY"
WORKFLOW = "name: x\non: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: a/b@v1\n"
"""Its action is not pinned."""

INSTALLED = frozenset({"licences", "zizmor"})
UNSET = ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "GITHUB_SHA", "GH_REGISTRY_URL", "LOCKGATE_SERVICE", "IMAGE", "REVISION")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trivy's, in which idna before 3.7 is vulnerable."""
    folder = tmp_path_factory.mktemp("trivy")
    trivy_database.write(folder, {("pip", "idna"): ("CVE-2099-0001", "<3.7")})
    return folder


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def git(root: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Change")


def scan(root: Path, scanner: str, data: Path, *, script: Path = SCAN, **more: str) -> subprocess.CompletedProcess[str]:
    """By one scanner, without anything that must be fetched: ``data`` is Trivy's cache. Skips where the scanner is not here."""
    if scanner not in INSTALLED and toolchain.find(scanner) is None:
        pytest.skip(f"{scanner} is not here; `scripts/cd/environment-setup.sh scan` gets it")
    known = {name: value for name, value in os.environ.items() if name not in UNSET}
    environment = {**known, "SEMGREP_RULES": "", "TRIVY_SKIP_DB_UPDATE": "true", "TRIVY_CACHE_DIR": str(data), **more}
    return subprocess.run([script, scanner], cwd=root, env=environment, capture_output=True, text=True, check=False)


def findings(root: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Attaches what the last scan found to the image that was published of the commit."""
    known = {name: value for name, value in os.environ.items() if name not in UNSET}
    return subprocess.run([ARTIFACTS, "findings"], cwd=root, env={**known, **more}, capture_output=True, text=True, check=False)
