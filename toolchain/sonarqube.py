"""What the lab's images of SonarQube and of its database are made of: SonarSource's own zip, and Debian's Java and PostgreSQL."""

from __future__ import annotations

import platform
import re
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from infra.progress import step
from toolchain import base, cache, debianlayer, layers, maven
from toolchain.debianlayer import Layer, Recipe
from toolchain.maven import Artifact
from toolchain.place import place

VERSION = "10.7.0"
ZIP = Artifact(
    coordinates="org.sonarsource.sonarqube:sonar-application:10.7.0.96327",
    digest="4a5e5f0d7581e287cff4f02f7588dae499e2aa81fce37b88612acadfb4ba4518",
    megabytes=759,
)
POSTGRES_VERSION = "15"
HOME = "opt/sonarqube"
USER = ("sonarqube", 1000)
POSTGRES_USER = ("postgres", 999)
"""Names and numbers as in the images that the vendors offer, so that one chart runs both."""

RECIPE = "1"
"""Another one when other images are made of the same parts."""
_JRES = {"x86_64": "x64_linux", "aarch64": "aarch64_linux"}
_UNUSED = re.compile(r"bin(/.*)?|web/.*\.map")
_WRITABLE = ("data", "extensions", "logs", "temp")
_OF_NO_USE = re.compile("|".join((
    *(r"(lib)?perl.*", "lib.*-perl", "libllvm.*", "libz3.*", "postgresql-.*common"),
    *("locales", "debconf", "dpkg", "ucf", "usrmerge"),
)))  # fmt: skip
_COMPILER = re.compile(r"usr/lib/postgresql/\d+/lib/(llvmjit|bitcode/)")
_ELSEWHERE = "name a SonarQube of yours in sonarQubeUrl"


def build_java() -> Layer:
    """Debian's Java 17, and ``curl`` and a shell, which the probes of the chart call. About 100 MB of download at first."""
    return debianlayer.build(_JAVA)


def build_postgres() -> Layer:
    """Debian's PostgreSQL 15, without its compiler (JIT) and the scripts that need Perl. About 80 MB of download at first."""
    return debianlayer.build(_POSTGRES)


def build_server() -> Layer:
    """SonarQube's own files, without wrappers for services, source maps, and the Javas of other machines."""
    key = f"{RECIPE}-{ZIP.digest[:12]}-{cache.machine()}"
    home, title = cache.root() / f"layer-sonarqube-{key}", f"SonarQube {VERSION}"
    return Layer(path=place(home, title, _make) / "layer.tar", packages=(ZIP.file,), key=key)


def _make(result: Path, scratch: Path) -> None:
    packed = maven.fetch(ZIP, scratch, f"SonarQube {VERSION}")
    with step(f"SonarQube {VERSION}: its layer"), zipfile.ZipFile(packed) as archive:
        write(archive, result / "layer.tar")


def write(archive: zipfile.ZipFile, target: Path) -> None:
    """The zip's files below ``/opt/sonarqube`` as a layer, always in the same order and of the same time."""
    with tarfile.open(target, mode="w", format=tarfile.PAX_FORMAT) as layer:
        for folder in ("opt", HOME):
            layer.addfile(_folder(folder))
        for name, entry in sorted(_kept(archive)):
            if entry.is_dir():
                layer.addfile(_folder(f"{HOME}/{name}", writable=name.partition("/")[0] in _WRITABLE))
                continue
            member = tarfile.TarInfo(f"{HOME}/{name}")
            member.mode, member.size = 0o644, entry.file_size
            with archive.open(entry) as content:
                layer.addfile(member, content)
        link = tarfile.TarInfo(f"{HOME}/lib/sonarqube.jar")
        link.type, link.mode, link.linkname = tarfile.SYMTYPE, 0o777, ZIP.file.replace(".zip", ".jar")
        layer.addfile(link)


def _kept(archive: zipfile.ZipFile) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    for entry in archive.infolist():
        name = entry.filename.partition("/")[2].rstrip("/")
        foreign = name.startswith("jres/") and f"_{_JRES.get(platform.machine(), '')}_" not in name
        if name and not foreign and not _UNUSED.fullmatch(name):
            yield name, entry


def _folder(path: str, *, writable: bool = False) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(path)
    entry.type, entry.mode, entry.uid = tarfile.DIRTYPE, 0o770 if writable else 0o755, USER[1] if writable else 0
    return entry


def _with_java(archives: Sequence[bytes]) -> layers.Tree:
    tree = base.tree_of(archives, USER)
    (program,) = (path for path in tree if re.fullmatch(r"usr/lib/jvm/java-[^/]+/bin/java", path))
    layers.put_link(tree, "usr/bin/java", f"/{program}")
    return tree


def _with_postgres(archives: Sequence[bytes]) -> layers.Tree:
    tree = base.tree_of(archives, POSTGRES_USER)
    kept = {path: entry for path, entry in tree.items() if not _COMPILER.match(path)}
    for program in [path for path in kept if re.match(r"usr/lib/postgresql/\d+/bin/.", path)]:
        layers.put_link(kept, f"usr/bin/{Path(program).name}", f"/{program}")
    layers.put(kept, "usr/local/bin/start-postgres", Path(__file__).with_name("start-postgres.sh").read_bytes(), 0o755)
    return kept


_JAVA = Recipe(
    name="java",
    number=RECIPE,
    packages=("openjdk-17-jre-headless", "curl", "dash", "grep", "coreutils", "base-files", "netbase", "tzdata"),
    tree=_with_java,
    remedy=_ELSEWHERE,
)
_POSTGRES = Recipe(
    name="postgres",
    number=RECIPE,
    packages=(f"postgresql-{POSTGRES_VERSION}", "dash", "coreutils", "base-files", "netbase", "tzdata"),
    tree=_with_postgres,
    remedy=_ELSEWHERE,
    left_out=_OF_NO_USE,
)
