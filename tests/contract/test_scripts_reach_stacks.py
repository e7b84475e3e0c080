"""The scripts give a command what a stack needs, and leave nothing of it behind. Lockgate and its tools are stand-ins here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CALLABLE = sorted(
    str(path.relative_to(ROOT / "scripts")) for path in (ROOT / "scripts").glob("*/*.sh") if path.read_text().startswith("#!")
)
IMAGE = f"registry.example.com/private/podinfo:1.2.0@sha256:{'a' * 64}"
LOGIN = {
    "GH_REGISTRY_URL": "registry.example.com/private",
    "GH_REGISTRY_USERNAME": "robot",
    "GH_REGISTRY_PASSWORD": "hush-hush",
}
VALUES = {"STACK": "prod", "IMAGE": IMAGE, "REASON": "why", "SUBJECT": "what", "KUBE_CONFIG": "the kubeconfig"}
STAND_INS = {
    "lockgate": """#!{python}
import json, os, pathlib, sys
if sys.argv[2:] == ["--help"]:
    sys.exit()
seen = dict(argv=sys.argv[1:], kubeconfig=os.environ.get("KUBECONFIG"), docker=os.environ.get("DOCKER_CONFIG"))
seen["files"] = dict(
    kubeconfig=seen["kubeconfig"] and pathlib.Path(seen["kubeconfig"]).read_text(),
    docker=seen["docker"] and (pathlib.Path(seen["docker"]) / "login").read_text(),
    modes=[oct(os.stat(seen[key]).st_mode & 0o777) for key in ("kubeconfig", "docker") if seen[key]],
)
with open({house!r} + "/seen", "a") as file:
    file.write(json.dumps(seen) + "\\n")
sys.exit(int(os.environ.get("CODE", "0")) if sys.argv[1] != "checks" else 0)
""",
    "python": '#!/bin/sh\nexport PYTHONPATH={house}/stand-ins\nexec {python} "$@"\n',
    "crane": '#!/bin/sh\necho "$*" >"$DOCKER_CONFIG/login"\ncat >>"$DOCKER_CONFIG/login"\n',
}
TOOLCHAIN = "def ensure(names): return {{name: '{house}/.venv/bin/' + name for name in names}}\n"


@dataclass
class House:
    """A copy of the scripts with stand-ins for what they call."""

    root: Path

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        whole = {"PATH": "/usr/bin:/bin", "HOME": str(self.root), "TMPDIR": str(self.root / "tmp"), **environment}
        return subprocess.run(
            [self.root / "scripts" / script, *arguments], cwd=self.root / "project", env={**whole, "LOCKGATE_PROJECT": "."},
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    @property
    def seen(self) -> list[dict[str, Any]]:
        """What the stand-in for lockgate saw, call by call."""
        path = self.root / "seen"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    @property
    def left(self) -> list[Path]:
        """What the scripts left behind in the folder for temporary files."""
        return list((self.root / "tmp").iterdir())


@pytest.fixture
def house(tmp_path: Path) -> House:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for folder in (".venv/bin", "stand-ins", "tmp", "project"):
        (tmp_path / folder).mkdir(parents=True)
    for name, text in STAND_INS.items():
        path = tmp_path / ".venv" / "bin" / name
        path.write_text(text.format(python=sys.executable, house=str(tmp_path)))
        path.chmod(0o755)
    (tmp_path / "stand-ins" / "toolchain.py").write_text(TOOLCHAIN.format(house=tmp_path))
    (tmp_path / "project" / "Pulumi.yaml").write_text("name: lockgate\nconfig:\n  strategy: {default: blue-green}\n")
    (tmp_path / "project" / "Dockerfile").write_text("FROM scratch\n")
    return House(tmp_path)


@pytest.mark.parametrize("code", [0, 1])
def test_a_command_gets_the_cluster_and_the_registry_and_ends_the_script_with_its_code(house: House, code: int) -> None:
    done = house.run("cd/on-stack.sh", "drift", "-s", "prod dev", CODE=str(code), KUBE_CONFIG="the kubeconfig", **LOGIN)
    assert done.returncode == code
    (seen,) = house.seen
    assert seen["argv"] == ["drift", "-s", "prod dev"]
    assert seen["files"] == {
        "kubeconfig": "the kubeconfig\n",
        "docker": "auth login registry.example.com --username robot --password-stdin\nhush-hush",
        "modes": ["0o600", "0o700"],
    }
    assert house.left == []


def test_a_command_keeps_the_cluster_and_the_registry_that_are_known_already(house: House) -> None:
    assert house.run("cd/on-stack.sh", "drift").returncode == 0
    (seen,) = house.seen
    assert (seen["kubeconfig"], seen["docker"]) == (None, None)


def test_a_dry_run_of_a_command_only_says_it(house: House) -> None:
    done = house.run("cd/on-stack.sh", "--dry-run", "drift", "-s", "prod", KUBE_CONFIG="the kubeconfig", **LOGIN)
    assert (done.returncode, house.seen, house.left) == (0, [], [])
    assert done.stderr.endswith("lockgate drift -s prod\n")


def test_no_command_is_a_wrong_call(house: House) -> None:
    done = house.run("cd/on-stack.sh", "--dry-run")
    assert (done.returncode, done.stderr) == (2, "error: no command (--help shows how)\n")


@pytest.mark.parametrize(("script", "command"), [("deploy", "release"), ("rollback", "rollback")])
@pytest.mark.parametrize("code", [0, 1])
def test_what_reads_images_is_signed_in_and_leaves_no_secret(house: House, script: str, command: str, code: int) -> None:
    done = house.run(f"cd/{script}.sh", CODE=str(code), **VALUES, **LOGIN)
    assert done.returncode == code
    seen = next(one for one in house.seen if one["argv"][0] == command)
    assert seen["files"]["docker"].endswith("\nhush-hush")
    assert seen["files"]["kubeconfig"] == "the kubeconfig\n"
    assert house.left == []
    assert "hush-hush" not in done.stdout + done.stderr


def test_a_password_without_its_registry_is_a_wrong_call(house: House) -> None:
    done = house.run("cd/rollback.sh", **VALUES, GH_REGISTRY_PASSWORD="hush-hush")  # noqa: S106 - nobody's
    assert (done.returncode, house.seen, house.left) == (2, [], [])
    assert "GH_REGISTRY_URL has no value" in done.stderr


@pytest.mark.parametrize("script", CALLABLE)
def test_a_script_makes_lockgates_environment_where_there_is_none(house: House, script: str) -> None:
    shutil.rmtree(house.root / ".venv")
    (house.root / "scripts" / "utils" / "venv").write_text("#!/bin/sh\necho making it\nexit 1\n")
    command = {"cd/on-stack.sh": "drift", "utils/artifact-management.sh": "list", "ci/security-scan.sh": "hadolint"}.get(script)
    done = house.run(script, *([command] if command else []), **VALUES)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"making it\nerror: Lockgate's environment could not be made in {house.root}\n"
