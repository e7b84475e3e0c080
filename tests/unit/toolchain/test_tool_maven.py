"""What Maven gets is checked, placed whole or not at all, and what is missing is named with its remedy."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from infra.errors import ToolError
from toolchain import ensure, find, maven
from toolchain.maven import Artifact

TOP = f"sonar-scanner-{maven.SCANNER_VERSION}"


def packed(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, f"content of {name}")
    return buffer.getvalue()


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with Java and a Maven that has the scanner's zip; returns its only folder on PATH."""
    programs, zipped = tmp_path / "bin", tmp_path / "scanner.zip"
    programs.mkdir()
    zipped.write_bytes(packed(f"{TOP}/bin/sonar-scanner", f"{TOP}/lib/scanner.jar"))
    program(programs / "java", "echo 'openjdk 17.0.15 2025-04-15'")
    program(
        programs / "mvn",
        f"""
        for one in "$@"; do
          case $one in
            -Dmaven.repo.local=*) /bin/mkdir -p "${{one#*=}}" ;;
            -DoutputDirectory=*) folder=${{one#*=}} ;;
            -Dartifact=*) echo "$one" >> {tmp_path}/asked ;;
          esac
        done
        /bin/cp {zipped} "$folder/{maven.SCANNER_ZIP.file}"
        """,
    )
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    digest = hashlib.sha256(zipped.read_bytes()).hexdigest()
    monkeypatch.setattr(maven, "SCANNER_ZIP", replace(maven.SCANNER_ZIP, digest=digest))
    return programs


def test_the_scanner_is_got_once_and_can_be_run(machine: Path) -> None:
    assert find("sonar-scanner") is None
    path = ensure(["sonar-scanner"])["sonar-scanner"]
    assert path.read_text() == f"content of {TOP}/bin/sonar-scanner"
    assert os.access(path, os.X_OK)
    assert (path.parents[1] / "lib" / "scanner.jar").is_file()
    assert ensure(["sonar-scanner"])["sonar-scanner"] == path
    asked = (machine.parent / "asked").read_text().splitlines()
    assert asked == [f"-Dartifact={maven.SCANNER_ZIP.coordinates}:zip"]


def test_another_checksum_is_refused_and_nothing_of_it_stays(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maven, "SCANNER_ZIP", replace(maven.SCANNER_ZIP, digest="0" * 64))
    with pytest.raises(ToolError, match=r"sonar-scanner-cli:\S+ has the SHA-256 checksum .* but 0{64} is pinned"):
        ensure(["sonar-scanner"])
    assert find("sonar-scanner") is None
    assert not list((machine.parent / "cache").rglob("*.jar"))


def test_a_maven_that_fails_is_quoted_with_what_to_look_at(machine: Path) -> None:
    program(machine / "mvn", "echo '[ERROR] Could not transfer artifact: Connection refused'; exit 1")
    with pytest.raises(ToolError, match=r"(?s)sonar-scanner-cli.*Connection refused.*settings\.xml"):
        ensure(["sonar-scanner"])
    assert find("sonar-scanner") is None


def test_an_old_java_and_no_maven_are_named_before_anything_is_begun(machine: Path) -> None:
    program(machine / "java", "echo 'openjdk 11.0.2 2019-01-15'")
    (machine / "mvn").unlink()
    with pytest.raises(ToolError, match=r"Java 17 or newer and Maven.*missing: java.*apt-get install openjdk-17-jre-headless"):
        ensure(["sonar-scanner"])
    with pytest.raises(ToolError, match=r"missing: java, mvn\..*`sudo apt-get install openjdk-17-jre-headless maven`"):
        maven.require("java", "mvn")


def test_debian_gets_what_is_missing_by_itself_for_root(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spare = machine.parent / "mvn"
    (machine / "mvn").rename(spare)
    program(machine / "apt-get", "")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(maven.debian, "install_packages", lambda names: spare.rename(machine / "mvn") and names)
    assert ensure(["sonar-scanner"])["sonar-scanner"].is_file()


def test_a_file_outside_its_folder_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "odd.zip").write_bytes(packed("top/../../out", "top/bin/run", "top/../inside"))
    maven.unpack(tmp_path / "odd.zip", tmp_path / "result")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["odd.zip", "run"]


def test_an_artifacts_file_is_named_as_maven_names_it() -> None:
    artifact = Artifact(coordinates="org.example:thing:1.2.3", digest="", megabytes=1)
    assert artifact.file == "thing-1.2.3.zip"
