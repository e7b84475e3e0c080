"""The sample service passes each scanner; a bad change of it is stopped by the one that is meant to, and by name."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from saved_image import python_package, save
from scanned import SECRET, WORKFLOW, commit, git, put, scan

from infra import run_summary
from infra.run_summary import FiguresOfScans
from lab import trivy_database

SAMPLE = Path(__file__).parents[2] / "examples" / "service"
IMAGE_ONLY = {"DEPENDENCY_SCAN_ENABLED": "false"}
NO_IMAGE = {"CONTAINER_SCAN_ENABLED": "false"}


def leak(root: Path) -> None:
    put(root, {"shortlinks/keys.py": f'KEY = "{SECRET}"\n'})


def old_dependency(root: Path) -> None:
    lock = root / "requirements.lock"
    lock.write_text(re.sub(r"(?m)^starlette==\S+", "starlette==0.9.0", lock.read_text()))


def old_package_in_image(root: Path) -> None:
    save(root / "dist" / "image.tar", python_package("starlette", "0.9.0"))


def other_licence(root: Path) -> None:
    lock = root / "package-lock.json"
    content = json.loads(lock.read_text())
    content["packages"]["node_modules/jest"]["license"] = "AGPL-3.0-only"
    lock.write_text(json.dumps(content, indent=2))


def action_by_tag(root: Path) -> None:
    put(root, {".github/workflows/a.yml": WORKFLOW})


Change = Callable[[Path], None]
BAD: dict[str, tuple[str, Change, dict[str, str], str]] = {
    "leaked secret": ("gitleaks", leak, {}, "gitleaks aws-access-token in shortlinks/keys.py:1"),
    "vulnerable dependency": ("trivy", old_dependency, NO_IMAGE, "Trivy CVE-2099-0001 in requirements.lock"),
    "vulnerable image": ("trivy", old_package_in_image, IMAGE_ONLY, "Trivy CVE-2099-0001 in usr/lib/python3"),
    "licence": ("licences", other_licence, {}, "lockgate licences AGPL-3.0-only in package-lock.json"),
    "unpinned action": ("zizmor", action_by_tag, {}, "zizmor zizmor/unpinned-uses in .github/workflows/a.yml:8"),
}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """In a repository of its own, as it is committed here, built."""
    root = tmp_path / "shortlinks"
    for name in subprocess.run(["git", "ls-files"], cwd=SAMPLE, check=True, capture_output=True, text=True).stdout.splitlines():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SAMPLE / name, root / name)
    git(root, "init", "--quiet")
    commit(root)
    put(root, {"dist/packages/starlette-1.10.0.dist-info/METADATA": "Name: starlette\nLicense-Expression: BSD-3-Clause\n\n"})
    save(root / "dist" / "image.tar", python_package("starlette", "1.10.0"))
    return root


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trivy")
    trivy_database.write(folder, {("pip", "starlette"): ("CVE-2099-0001", "<1.0.0")})
    return folder


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_change_is_stopped_by_name(kind: str, sample: Path, data: Path) -> None:
    scanner, change, more, said = BAD[kind]
    change(sample)
    commit(sample)
    done = scan(sample, scanner, data, **more)
    assert done.returncode == 1
    assert said in done.stderr
    counts = run_summary.read((sample / "reports" / "security" / run_summary.FILE).read_text())
    assert isinstance(counts, FiguresOfScans)
    (found,) = (counted for name, counted in counts.scanners.items() if said.startswith(f"{name} "))
    assert sum(found.values()) > 0


@pytest.mark.parametrize("scanner", ["gitleaks", "semgrep", "trivy", "licences", "hadolint", "checkov"])
def test_as_it_is_it_passes(scanner: str, sample: Path, data: Path) -> None:
    done = scan(sample, scanner, data)
    assert (done.returncode, done.stderr.rpartition("error:")[1]) == (0, "")
