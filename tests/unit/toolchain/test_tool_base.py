"""The base image's layer: what is in it, that it is the same every time, and how its packages are got."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from infra.errors import ToolError
from toolchain import base, build_base, layers
from toolchain.debianlayer import key_of

PYTHON = "python3_3.11.2-1+b1_amd64.deb"
LIBC = "libc6_2.36-9_amd64.deb"


def archive(*members: tarfile.TarInfo | tuple[str, bytes]) -> bytes:
    """A package's files: entries, or names with contents; with times and owners' names as a real one has them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as out:
        for member in members:
            entry, content = (member, b"") if isinstance(member, tarfile.TarInfo) else (tarfile.TarInfo(member[0]), member[1])
            entry.size, entry.mtime, entry.uname = len(content), 1_700_000_000, "root"
            out.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def special(name: str, kind: bytes, target: str = "", mode: int = 0o755) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname, entry.mode = kind, target, mode
    return entry


def written(tree: layers.Tree) -> bytes:
    out = io.BytesIO()
    layers.write(tree, out)
    return out.getvalue()


def members(*archives: bytes) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(written(layers.merge(archives)))) as layer:
        return {member.name: member for member in layer}


def test_the_layer_is_the_same_whatever_the_order_of_packages_and_the_time() -> None:
    one, other = archive(("./usr/bin/a", b"a")), archive(special("./usr", tarfile.DIRTYPE), ("./etc/b", b"b"))
    assert written(layers.merge([one, other])) == written(layers.merge([other, one]))
    found = members(one, other)
    assert list(found) == ["bin", "etc", "etc/b", "usr", "usr/bin", "usr/bin/a"]
    assert {(member.mtime, member.uname) for member in found.values()} == {(0, "")}


def test_programs_and_libraries_lie_below_usr_whichever_way_a_package_names_them() -> None:
    found = members(
        archive(special("./lib", tarfile.DIRTYPE), ("./lib/one.so", b"1"), ("./bin/sh", b"sh")),
        archive(special("./lib", tarfile.SYMTYPE, "usr/lib"), ("./usr/lib/two.so", b"2")),
    )
    assert {"usr/lib/one.so", "usr/lib/two.so", "usr/bin/sh"} < set(found)
    assert (found["lib"].linkname, found["bin"].linkname) == ("usr/lib", "usr/bin")
    assert "sbin" not in found


def test_modes_owners_and_links_stay_and_a_hard_link_comes_after_its_file() -> None:
    spool = special("./var/mail", tarfile.DIRTYPE, mode=0o2775)
    spool.gid = 8
    found = members(archive(spool, special("./bin/a", tarfile.LNKTYPE, "./bin/b"), ("./bin/b", b"b")))
    assert (found["var/mail"].mode, found["var/mail"].gid) == (0o2775, 8)
    assert (found["usr/bin/a"].islnk(), found["usr/bin/a"].linkname, list(found)[-1]) == (True, "usr/bin/b", "usr/bin/a")


def test_documentation_stays_away_and_the_terms_of_use_stay() -> None:
    below = ("doc/a/changelog.gz", "doc/a/copyright", "man/man1/a.1.gz", "locale/de/a.mo", "info/a", "lintian/a", "zoneinfo/UTC")
    found = members(archive(*((f"./usr/share/{name}", b"") for name in below), special("./usr/share/man", tarfile.DIRTYPE)))
    assert {name for name, member in found.items() if member.isfile()} == {"usr/share/doc/a/copyright", "usr/share/zoneinfo/UTC"}
    assert "usr/share/man" not in found


def test_what_the_packages_scripts_would_have_made_is_there() -> None:
    certificates = (("./usr/share/ca-certificates/b.crt", b"B"), ("./usr/share/ca-certificates/a.crt", b"A\n\n"))
    tree = base.tree_of([archive(*certificates, special("./tmp", tarfile.DIRTYPE, mode=0o755))])
    assert tree["tmp"][0].mode == 0o1777
    assert tree["etc/ssl/certs/ca-certificates.crt"][1] == b"A\nB\n"
    assert tree["usr/lib/ssl/cert.pem"][0].linkname == "/etc/ssl/certs/ca-certificates.crt"
    assert [line.split(b":")[0] for line in tree["etc/passwd"][1].splitlines()] == [b"root", b"nobody"]


def test_the_key_is_of_the_packages_and_their_versions_and_not_of_their_order() -> None:
    assert key_of("1", [PYTHON, LIBC]) == key_of("1", [LIBC, PYTHON])
    assert key_of("1", [PYTHON, LIBC]) != key_of("1", [PYTHON, LIBC.replace("-9", "-10")])


def test_the_version_is_that_of_the_python_among_the_packages() -> None:
    assert base.python_of(["python3-minimal_3.13.5-1_amd64.deb", "python3_3.13.5-1_amd64.deb"]) == "3.13"
    with pytest.raises(ToolError, match="lead to no Python"):
        base.python_of([LIBC])


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Debian of two packages, whose lists are stale until ``apt-get update``. Returns the file with apt's calls."""
    programs, mirror, calls = tmp_path / "bin", tmp_path / "mirror", tmp_path / "calls"
    programs.mkdir()
    mirror.mkdir()
    (mirror / PYTHON).write_bytes(archive(("./usr/bin/python3", b"python")))
    (mirror / LIBC).write_bytes(archive(("./lib/libc.so", b"libc")))
    bodies = {
        "apt-get": f"""
            echo "$@" >> {calls}
            case "$*" in
              *update) /usr/bin/touch {tmp_path}/fresh ;;
              *) [ -e {tmp_path}/fresh ] || {{ echo 'E: Unable to locate package python3'; exit 100; }} ;;
            esac
            case "$*" in
              *--print-uris*) for name in {LIBC} {PYTHON}; do echo "'http://mirror/pool/$name' $name 7 MD5Sum:0"; done ;;
              *--download-only*)
                [ -z "$(/bin/cat "$(/usr/bin/dirname "$APT_CONFIG")/status")" ]
                /bin/cp {mirror}/* "$(/usr/bin/dirname "$APT_CONFIG")" ;;
            esac
        """,
        "dpkg-deb": 'case $1 in --field) echo "Package: $2" ;; *) exec /bin/cat "$2" ;; esac',
    }
    for name, body in bodies.items():
        (programs / name).write_text(f"#!/bin/sh\n{body}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return calls


def test_lists_that_are_stale_are_updated_and_the_layer_is_made_once(debian: Path) -> None:
    made = build_base()
    with tarfile.open(made.layer) as layer:
        assert {"usr/bin/python3", "usr/lib/libc.so", "var/lib/dpkg/status.d/libc6"} < set(layer.getnames())
    assert (made.python, made.key) == ("3.11", key_of(base.RECIPE, [PYTHON, LIBC]))
    before = debian.read_text()
    assert (before.count(" update"), before.count("--download-only")) == (1, 1)
    assert build_base() == made
    assert "--download-only" not in debian.read_text().removeprefix(before)


@pytest.mark.parametrize("lacking", ["apt-get", "root"])
def test_where_it_cannot_be_made_one_error_says_so(debian: Path, lacking: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if lacking == "root":
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
    else:
        monkeypatch.setenv("PATH", str(debian.parent))
    with pytest.raises(ToolError, match=rf"by root, on Debian or Ubuntu; .*{lacking}.* BASE_IMAGE"):
        build_base()
    assert not debian.exists()
