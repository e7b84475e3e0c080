"""The environment of a checkout: packages that all checkouts share, each with its own code; repaired, never half.

The lock of these tests has two packages, made here; one is also what builds the checkout's own. Nothing is fetched.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parents[2]
BASE = Path(sys._base_executable)  # type: ignore[attr-defined]
LONG = "a checkout whose path the kernel does not take as a program's first line " + "so-long-" * 10
DEADLINE = 60.0

# What builds the checkout's package, as setuptools does in the mode "compat": a path to the code, and its programs.
BACKEND = """
    import os, zipfile
    def build_editable(folder, settings=None, metadata=None):
        assert settings == {"editable_mode": "compat"}
        name = "here-1.0-py3-none-any.whl"
        with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
            wheel.writestr("here.pth", os.getcwd())
            wheel.writestr("here-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: here\\nVersion: 1.0\\n")
            wheel.writestr("here-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
            wheel.writestr("here-1.0.dist-info/entry_points.txt", "[console_scripts]\\nhere = here:main\\n")
            wheel.writestr("here-1.0.dist-info/RECORD", "")
        return name
"""
PACKAGE = """
    import importlib.metadata, sys
    def main():
        import here
        print(sys.prefix, here.__file__, importlib.metadata.version("tiny"), *sys.argv[1:])
"""


def write_wheel(folder: Path, name: str, version: str, files: dict[str, str], metadata: str = "") -> Path:
    wheel, information = folder / f"{name}-{version}-py3-none-any.whl", f"{name}-{version}.dist-info"
    described = {
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{information}/RECORD": "",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, **described}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, textwrap.dedent(text))
    return wheel


def locked(*wheels: Path) -> str:
    """The lines of a lock."""
    pinned = {"==".join(wheel.name.split("-")[:2]): hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}
    return "".join(f"{name} --hash=sha256:{digest}\n" for name, digest in pinned.items())


class Place:
    """A folder of packages, a cache, and the checkouts that share it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environments = root / "cache" / "lockgate" / "environments"
        self.wheels = root / "wheels"
        self.wheels.mkdir()
        files = {
            "tiny/__init__.py": PACKAGE,
            "tiny/backend.py": BACKEND,
            "tiny-1.0.data/scripts/native": "#!/bin/sh\necho native\n",
            "tiny-1.0.dist-info/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
        }
        tiny = write_wheel(self.wheels, "tiny", "1.0", files, "Requires-Dist: other[more]>=1\n")
        self.lock = locked(tiny, write_wheel(self.wheels, "other", "1.0", {}))
        write_wheel(self.wheels, "other", "2.0", {})

    def checkout(self, name: str) -> Path:
        folder = self.root / name
        shutil.copytree(ROOT / "scripts" / "utils", folder / "scripts" / "utils")
        (folder / "requirements.lock").write_text(self.lock)
        (folder / "here.py").write_text("def main():\n    print('here', __file__)\n")
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = ["tiny"]\nbuild-backend = "tiny.backend"\n\n[project]\nname = "here"\nversion = "1.0"\n'
        )
        return folder

    def start(self, checkout: Path, *, packages: bool = True) -> subprocess.Popen[str]:
        environment = {
            "PATH": f"{BASE.parent}:/usr/bin:/bin",
            "HOME": str(self.root),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(self.wheels if packages else self.root / "nothing"),
        }
        program = [str(checkout / "scripts" / "utils" / "venv")]
        return subprocess.Popen(
            program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )

    def run(self, checkout: Path, *, packages: bool = True) -> tuple[int | None, str]:
        process = self.start(checkout, packages=packages)
        out, err = process.communicate(timeout=DEADLINE)
        assert out == ""
        return process.returncode, err

    def whole(self) -> list[Path]:
        return [folder for folder in self.environments.glob("*") if not folder.name.startswith(".")]

    def parts(self) -> list[Path]:
        return list(self.environments.glob(".*.part"))


def said(checkout: Path, program: str, *arguments: str) -> str:
    command = [str(checkout / ".venv" / "bin" / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=DEADLINE).stdout.strip()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("place"))


@pytest.fixture(scope="module")
def both(place: Place) -> Iterator[dict[Path, str]]:
    """Two checkouts whose environments were made at the same time, and what was said at that."""
    running = {checkout: place.start(checkout) for checkout in (place.checkout("one"), place.checkout(LONG))}
    errors = {checkout: process.communicate(timeout=DEADLINE)[1] for checkout, process in running.items()}
    assert [process.returncode for process in running.values()] == [0, 0], errors
    return errors


def test_of_two_runs_at_once_one_installs_and_both_use_it(place: Place, both: dict[Path, str]) -> None:
    assert "".join(both.values()).count("Installing the Python packages of requirements.lock") == 1
    [made] = place.whole()
    for checkout in both:
        assert said(checkout, "python", "-c", "import tiny; print(tiny.__file__)").startswith(f"{made}/")


def test_programs_see_the_packages_and_the_code_of_their_own_checkout(both: dict[Path, str]) -> None:
    for checkout in both:
        assert said(checkout, "tiny", "--an option") == f"{checkout}/.venv {checkout}/here.py 1.0 --an option"
        assert said(checkout, "here") == f"here {checkout}/here.py"
        assert said(checkout, "native") == "native"
        assert said(checkout, "python", "-m", "pip", "--version").startswith("pip ")


def test_a_package_has_the_version_of_the_lock_where_another_asks_for_it_with_an_extra(both: dict[Path, str]) -> None:
    look = "import importlib.metadata; print(importlib.metadata.version('other'))"
    assert {said(checkout, "python", "-c", look) for checkout in both} == {"1.0"}


def test_nothing_is_said_and_done_while_nothing_changes(place: Place, both: dict[Path, str]) -> None:
    for checkout in both:
        before = (checkout / ".venv" / ".installed").stat().st_mtime_ns
        assert place.run(checkout, packages=False) == (0, "")
        assert (checkout / ".venv" / ".installed").stat().st_mtime_ns == before


@pytest.mark.usefixtures("both")
def test_an_environment_that_was_all_in_the_checkout_is_replaced_without_installing(place: Place) -> None:
    checkout = place.checkout("former")
    old = checkout / ".venv" / "lib" / "leftover"
    old.mkdir(parents=True)
    (checkout / ".venv" / "bin").mkdir()
    (checkout / ".venv" / "bin" / "python").symlink_to(BASE)
    (checkout / ".venv" / ".installed").write_text(f"{'0' * 64}  -\n")
    code, errors = place.run(checkout, packages=False)
    assert (code, "Installing" in errors, old.exists()) == (0, False, False)
    assert said(checkout, "tiny").startswith(f"{checkout}/.venv ")


def test_what_was_deleted_is_made_again_and_a_run_that_was_stopped_leaves_nothing_whole(
    place: Place, both: dict[Path, str]
) -> None:
    checkout = next(iter(both))
    shutil.rmtree(place.whole()[0])
    for ending, left in ((signal.SIGINT, 0), (signal.SIGKILL, 1)):
        process = place.start(checkout)
        until = time.monotonic() + DEADLINE
        while not place.parts():
            assert time.monotonic() < until
            time.sleep(0.01)
        os.killpg(process.pid, ending)
        process.communicate(timeout=DEADLINE)
        assert (process.returncode == 0, place.whole(), len(place.parts())) == (False, [], left)
    code, errors = place.run(checkout)
    assert (code, "Installing" in errors, len(place.whole()), place.parts()) == (0, True, 1, [])
    assert said(checkout, "tiny").startswith(f"{checkout}/.venv ")


def test_a_package_with_another_hash_is_refused_and_the_environment_of_before_stays(place: Place, both: dict[Path, str]) -> None:
    checkout = next(iter(both))
    lock = (checkout / "requirements.lock").read_text()
    (checkout / "requirements.lock").write_text(f"tiny==1.0 --hash=sha256:{'0' * 64}\n")
    code, errors = place.run(checkout)
    assert (code, "THESE PACKAGES DO NOT MATCH THE HASHES" in errors) == (1, True)
    assert (len(place.whole()), place.parts()) == (1, [])
    assert said(checkout, "here") == f"here {checkout}/here.py"
    (checkout / "requirements.lock").write_text(lock)


def test_no_locked_package_needs_a_path_file_of_its_own() -> None:
    """They are not read where packages are shown by a path. That of setuptools is for programs that import distutils first, that
    of coverage for processes that a test starts, which no report needs."""
    shared = Path(click.__file__).parents[1]
    assert {file.name for file in shared.glob("*.pth")} <= {"a1_coverage.pth", "distutils-precedence.pth"}
