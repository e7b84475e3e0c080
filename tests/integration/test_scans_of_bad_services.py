"""Each bad change is stopped by the scanner that is meant to stop it, and by name; the good service passes all of them."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

import toolchain
from lab import trivy_database

SCAN = Path(__file__).parents[2] / "scripts" / "ci" / "security-scan.sh"
SECRET = "AKIA" + "Q3ZK7XWJ2MNB5TRY"
WORKFLOW = "name: x\non: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: a/b@v1\n"
GOOD = {
    "app.py": "TABLE = 'links'\n\n\ndef run(db, value):\n    db.execute(f'SELECT * FROM {TABLE} WHERE id = %s', (value,))\n",
    "Dockerfile": "FROM debian:12-slim\nUSER 1000\nHEALTHCHECK CMD [\"true\"]\n",
    "requirements.lock": "idna==3.10 --hash=sha256:" + "0" * 64 + "\n",
    "dist/packages/idna-3.10.dist-info/METADATA": "Name: idna\nLicense-Expression: BSD-3-Clause\n\n",
    ".gitignore": "dist/\nreports/\n",
}
BAD = {
    "secret": ("gitleaks", {"app.py": f'KEY = "{SECRET}"\n'}, "gitleaks aws-access-token in app.py:1"),
    "sql": ("semgrep", {"app.py": "def run(db, v):\n    db.execute(f'SELECT {v}')\n"}, "python-sql-from-text in app.py:2"),
    "shell": ("semgrep", {"a.py": "import subprocess\nsubprocess.run(x, shell=True)\n"}, "python-shell-from-variable in a.py:2"),
    "page": ("semgrep", {"web.js": "node.innerHTML = answer.text;\n"}, "javascript-html-from-text in web.js:1"),
    "dependency": ("trivy", {"requirements.lock": "idna==2.0 --hash=sha256:" + "0" * 64 + "\n"}, "CVE-2099-0001"),
    "licence": (
        "licences",
        {"dist/packages/idna-3.10.dist-info/METADATA": "Name: idna\nLicense-Expression: AGPL-3.0-only\n\n"},
        "lockgate licences AGPL-3.0-only in requirements.lock",
    ),
    "image": ("hadolint", {"Dockerfile": "FROM debian:latest\nRUN cd / && sudo ls\n"}, "Hadolint DL3004 in Dockerfile:2"),
    "workflow": ("zizmor", {".github/workflows/a.yml": WORKFLOW}, "unpinned-uses in .github/workflows/a.yml:8"),
}


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A good one, committed."""
    root = tmp_path / "service"
    put(root, GOOD)
    git(root, "init", "--quiet")
    commit(root)
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trivy")
    trivy_database.write(folder, {("pip", "idna"): ("CVE-2099-0001", "<3.7")})
    return folder


def put(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Change")


def scan(root: Path, scanner: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    if scanner not in ("licences", "zizmor") and toolchain.find(scanner) is None:
        pytest.skip(f"{scanner} is not here; `scripts/cd/environment-setup.sh scan` gets it")
    environment = {**os.environ, "SEMGREP_RULES": "", "TRIVY_SKIP_DB_UPDATE": "true", "TRIVY_CACHE_DIR": str(data), **more}
    for name in ("GITHUB_STEP_SUMMARY", "LOCKGATE_SERVICE", "IMAGE"):
        environment.pop(name, None)
    return subprocess.run([SCAN, scanner], cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_change_is_stopped_by_name(kind: str, service: Path, data: Path) -> None:
    scanner, files, said = BAD[kind]
    put(service, files)
    commit(service)
    more = {"CONTAINER_SCAN_ENABLED": "false"} if scanner == "trivy" else {}
    done = scan(service, scanner, data, **more)
    assert done.returncode == 1
    assert said in done.stderr


@pytest.mark.parametrize("scanner", ["gitleaks", "semgrep", "trivy", "licences", "hadolint"])
def test_a_good_service_passes(scanner: str, service: Path, data: Path) -> None:
    more = {"CONTAINER_SCAN_ENABLED": "false"} if scanner == "trivy" else {}
    done = scan(service, scanner, data, **more)
    assert (done.returncode, done.stderr.rpartition("error:")[1]) == (0, "")


def test_a_secret_that_was_taken_out_again_is_still_in_the_history_and_never_in_a_report(service: Path, data: Path) -> None:
    put(service, {"app.py": f'KEY = "{SECRET}"\n'})
    commit(service)
    put(service, GOOD)
    commit(service)
    done = scan(service, "gitleaks", data)
    assert "gitleaks aws-access-token in app.py:1" in done.stderr
    reports = "".join(file.read_text() for file in (service / "reports").rglob("*") if file.is_file())
    assert SECRET not in reports + done.stdout + done.stderr


def test_a_secret_is_found_before_it_is_committed(service: Path, data: Path) -> None:
    put(service, {"new.py": f'KEY = "{SECRET}"\n'})
    assert "gitleaks aws-access-token in new.py:1" in scan(service, "gitleaks", data).stderr


def test_a_scanner_that_is_asked_for_and_cannot_look_fails(service: Path, tmp_path: Path) -> None:
    done = scan(service, "trivy", tmp_path / "empty", TRIVY_SKIP_DB_UPDATE="false", TRIVY_DB_REPOSITORY="127.0.0.1:1/none")
    assert done.returncode == 1
    assert "trivy: did not look" in done.stderr
    assert not list((service / "reports" / "security").glob("*.sarif"))


def test_the_reports_are_sarif(service: Path, data: Path) -> None:
    scan(service, "licences", data)
    assert json.loads((service / "reports/security/licences.sarif").read_text())["version"] == "2.1.0"
