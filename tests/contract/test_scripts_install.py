"""test.sh installs what a service's tests need, where it may, and takes nothing for installed that is not."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def integration(service: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the service's integration tests with nothing of this machine's environment but PATH and HOME."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME")}
    return subprocess.run(
        [ROOT / "scripts" / "ci" / "test.sh", "integration"], cwd=service, env={**kept, **environment},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def test_packages_of_python_that_could_not_be_installed_are_not_taken_for_installed(service: Path, tmp_path: Path) -> None:
    (service / "requirements.lock").write_text("no-hash==1.0\n")
    (service / "tests" / "integration").mkdir(parents=True)
    for _ in range(2):
        done = integration(service, XDG_CACHE_HOME=str(tmp_path / "cache"))
        assert done.returncode == 1
        assert done.stderr.endswith("/requirements.lock: its packages could not be installed, for the reason above\n")


@pytest.fixture
def packaged(service: Path, tmp_path: Path) -> Path:
    """The service with an Aptfile, on a Debian that has `postgresql` and lets everybody install what it offers."""
    (service / "Aptfile").write_text("# What the tests start.\n\n  postgresql  # any version\nredis-server\nchromium")
    programs = {
        "dpkg-query": '[ "$2" = postgresql ] && echo "Status: install ok installed" || echo "Status: unknown ok not-installed"',
        "apt-cache": '[ "$2" = redis-server ]',
        "apt-get": f'echo "$*" >>{tmp_path}/installed',
        "sudo": 'shift && exec "$@"',
    }
    for program, body in programs.items():
        path = tmp_path / "bin" / program
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
    return service


def outcome_of(service: Path, **environment: str) -> tuple[str, str]:
    """What a run of the integration tests said before it had found none, and what it installed."""
    path = f"{service.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = integration(service, PATH=path, **environment)
    installed = service.parent / "installed"
    return done.stderr, installed.read_text() if installed.exists() else ""


def test_packages_that_are_missing_are_only_named_by_hand(packaged: Path) -> None:
    said, installed = outcome_of(packaged)
    command = "sudo apt-get install --no-install-recommends redis-server chromium"
    assert f"not installed here: redis-server chromium; on Debian and Ubuntu `{command}`\n" in said
    assert "integration: nothing was run" in said
    assert installed == ""


def test_packages_that_are_missing_are_installed_in_ci_and_no_service_is_started(packaged: Path) -> None:
    said, installed = outcome_of(packaged, CI="true")
    assert "skipped: chromium: this system's sources have no such package\n" in said
    assert "integration: nothing was run" in said
    update, install = installed.splitlines()
    assert update.endswith(" update")
    assert install.endswith(" install -y --no-install-recommends redis-server")
    assert f"DPkg::Path={ROOT / 'toolchain' / 'noservices'}:" in install


def test_packages_that_cannot_be_installed_end_the_tests_with_apts_words(packaged: Path) -> None:
    (packaged.parent / "bin" / "apt-get").write_text("#!/bin/sh\necho no such mirror\nexit 100\n")
    said, _ = outcome_of(packaged, CI="true")
    assert "error: `apt-get update` ended with 100" in said
    assert "no such mirror" in said
    assert "Traceback" not in said
    assert "nothing was run" not in said


def test_what_is_no_package_is_refused(packaged: Path) -> None:
    (packaged / "Aptfile").write_text("--allow-downgrades\n")
    assert "Aptfile: --allow-downgrades: must be one package's name a line; correct it" in outcome_of(packaged, CI="true")[0]
    assert outcome_of(packaged, CI="true")[1] == ""
