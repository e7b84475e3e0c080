"""Each bad change is stopped by the scanner that is meant to stop it, and by name; the good service passes all of them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from sarif_schema import violations
from scanned import SECRET, WORKFLOW, commit, git, put, scan

GOOD = {
    "app.py": "TABLE = 'links'\n\n\ndef run(db, value):\n    db.execute(f'SELECT * FROM {TABLE} WHERE id = %s', (value,))\n",
    "Dockerfile": 'FROM debian:12-slim\nUSER 1000\nHEALTHCHECK CMD ["true"]\n',
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


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """A service with a bad change of a kind, after the scan."""

    kind: str
    root: Path
    done: subprocess.CompletedProcess[str]


@pytest.fixture
def service(tmp_path: Path) -> Path:
    return make(tmp_path / "service")


@pytest.fixture(scope="module", params=BAD)
def scanned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, data: Path) -> Scanned:
    scanner, files, _ = BAD[request.param]
    root = make(tmp_path_factory.mktemp("bad"))
    put(root, files)
    commit(root)
    return Scanned(kind=request.param, root=root, done=scan(root, scanner, data, **switches(scanner)))


def make(root: Path) -> Path:
    """A good service, committed."""
    put(root, GOOD)
    git(root, "init", "--quiet")
    commit(root)
    return root


def switches(scanner: str) -> dict[str, str]:
    return {"CONTAINER_SCAN_ENABLED": "false"} if scanner == "trivy" else {}


def test_a_bad_change_is_stopped_by_name(scanned: Scanned) -> None:
    assert scanned.done.returncode == 1
    assert BAD[scanned.kind][2] in scanned.done.stderr


def test_a_report_is_sarif_with_a_category_of_its_own(scanned: Scanned) -> None:
    reports = sorted((scanned.root / "reports" / "security").glob("*.sarif"))
    assert reports
    assert [f"{file.name}: {text}" for file in reports for text in violations(file)] == []
    categories = [run["automationDetails"]["id"] for file in reports for run in json.loads(file.read_text())["runs"]]
    assert categories == [f"{file.stem}/" for file in reports]


@pytest.mark.parametrize("scanner", ["gitleaks", "semgrep", "trivy", "licences", "hadolint"])
def test_a_good_service_passes(scanner: str, service: Path, data: Path) -> None:
    done = scan(service, scanner, data, **switches(scanner))
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


def test_paths_of_a_service_in_a_folder_begin_at_the_repositorys_root(service: Path, data: Path) -> None:
    put(service / "shop", BAD["secret"][1])
    commit(service)
    done = scan(service / "shop", "gitleaks", data)
    assert "secrets = 1: must be at most 0 (gitleaks aws-access-token in shop/app.py:1)" in done.stderr


def test_checkov_passes_over_the_folder_of_the_build_and_no_other(service: Path, data: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers: [{name: a, image: a}]\n"
    put(service, {"dist/pod.yaml": pod, "k8s/redistributor/pod.yaml": pod})
    commit(service)
    scan(service, "checkov", data, SECURITY_MAX_VULNERABILITIES="99")
    report = (service / "reports/security/checkov.sarif").read_text()
    assert ('"k8s/redistributor/pod.yaml"' in report, '"dist/pod.yaml"' in report) == (True, False)
