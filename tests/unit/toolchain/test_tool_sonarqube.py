"""What the images of SonarQube and of its database are made of."""

from __future__ import annotations

import hashlib
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from toolchain import sonarqube

TOP = "sonarqube-10.7.0.96327"
KEPT = {
    f"{TOP}/lib/sonar-application-10.7.0.96327.jar",
    f"{TOP}/web/js/out.js",
    f"{TOP}/data/README.txt",
    f"{TOP}/jres/OpenJDK17U-jre_x64_linux_hotspot_17.tar.gz",
}
DROPPED = {
    f"{TOP}/bin/linux-x86-64/sonar.sh",
    f"{TOP}/web/js/out.js.map",
    f"{TOP}/jres/OpenJDK17U-jre_x64_alpine-linux_hotspot_17.tar.gz",
    f"{TOP}/jres/OpenJDK17U-jre_x64_windows_hotspot_17.zip",
    f"{TOP}/jres/OpenJDK17U-jre_aarch64_linux_hotspot_17.tar.gz",
}


def layer(folder: Path, names: list[str]) -> Path:
    packed, target = folder / "sonar.zip", folder / f"{len(list(folder.iterdir()))}.tar"
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, f"content of {name}")
    with zipfile.ZipFile(packed) as archive:
        sonarqube.write(archive, target)
    return target


@pytest.fixture(autouse=True)
def amd64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sonarqube.platform, "machine", lambda: "x86_64")


def test_the_server_is_there_without_wrappers_maps_and_the_javas_of_others(tmp_path: Path) -> None:
    with tarfile.open(layer(tmp_path, [*KEPT, *DROPPED, f"{TOP}/bin/", f"{TOP}/"])) as archive:
        found = {member.name: member for member in archive}
        jar = archive.extractfile("opt/sonarqube/lib/sonar-application-10.7.0.96327.jar")
        assert jar is not None
        assert jar.read() == f"content of {TOP}/lib/sonar-application-10.7.0.96327.jar".encode()
    files = {f"opt/sonarqube/{name.partition('/')[2]}" for name in KEPT}
    assert set(found) == {*files, "opt", "opt/sonarqube", "opt/sonarqube/lib/sonarqube.jar"}
    assert found["opt/sonarqube/lib/sonarqube.jar"].linkname == "sonar-application-10.7.0.96327.jar"


def test_only_what_the_server_writes_belongs_to_its_user(tmp_path: Path) -> None:
    with tarfile.open(layer(tmp_path, [f"{TOP}/data/", f"{TOP}/lib/", f"{TOP}/lib/a.jar"])) as archive:
        owners = {member.name: (member.uid, member.mode) for member in archive}
    assert owners["opt/sonarqube/data"] == (1000, 0o770)
    assert owners["opt/sonarqube/lib"] == (0, 0o755)
    assert owners["opt/sonarqube/lib/a.jar"] == (0, 0o644)


def test_the_layer_is_the_same_whatever_the_order_in_the_zip(tmp_path: Path) -> None:
    one, other = layer(tmp_path, sorted(KEPT)), layer(tmp_path, sorted(KEPT, reverse=True))
    assert hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for name in names:
            out.addfile(tarfile.TarInfo(name), io.BytesIO(b""))
    return buffer.getvalue()


def test_java_and_the_databases_programs_are_on_path() -> None:
    java = sonarqube._with_java([archive("./usr/lib/jvm/java-17-openjdk-arm64/bin/java")])
    assert java["usr/bin/java"][0].linkname == "/usr/lib/jvm/java-17-openjdk-arm64/bin/java"
    postgres = sonarqube._with_postgres([archive("./usr/lib/postgresql/15/bin/initdb")])
    assert postgres["usr/bin/initdb"][0].linkname == "/usr/lib/postgresql/15/bin/initdb"
    assert postgres["usr/local/bin/start-postgres"][0].mode == 0o755
    assert b"postgres:x:999:" in postgres["etc/passwd"][1]


def test_the_compiler_and_what_needs_perl_stay_away() -> None:
    lib = "usr/lib/postgresql/15/lib"
    tree = sonarqube._with_postgres([archive(f"./{lib}/llvmjit.so", f"./{lib}/bitcode/a.bc", f"./{lib}/plpgsql.so")])
    assert {path for path in tree if path.startswith(lib)} == {f"{lib}/plpgsql.so"}
    names = ["perl-base", "libperl5.36", "libjson-perl", "libllvm14", "postgresql-common", "postgresql-15", "libpq5", "libc-bin"]
    assert [name for name in names if not sonarqube._OF_NO_USE.fullmatch(name)] == ["postgresql-15", "libpq5", "libc-bin"]
