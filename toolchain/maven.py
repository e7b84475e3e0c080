"""What lies on Maven Central: got by Maven, which knows the machine's mirrors and proxies, and held to a checksum of ours."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain import cache, debian
from toolchain.installed import installed
from toolchain.model import Found, OnPath, Tool
from toolchain.place import place

SCANNER_VERSION = "7.3.0.5189"
JAVA_AT_LEAST = 17
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_DEBIAN = {"java": f"openjdk-{JAVA_AT_LEAST}-jre-headless", "mvn": "maven"}
_LAST_LINES = 8


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """A zip of Maven Central as ``GROUP:NAME:VERSION``; ``digest`` is its SHA-256 in hex, ``megabytes`` its size."""

    coordinates: str
    digest: str
    megabytes: int

    @property
    def file(self) -> str:
        """The name that Maven gives it."""
        _, name, version = self.coordinates.split(":")
        return f"{name}-{version}.zip"


JAVA = Tool(
    name="java",
    title="Java",
    version=str(JAVA_AT_LEAST),
    binaries=("java",),
    on_path=OnPath(ask=("--version",), at_least=(JAVA_AT_LEAST,), below=(100,)),
    builds=(),
    minutes=0,
)
SCANNER = Tool(
    name="sonar-scanner",
    title=f"sonar-scanner {SCANNER_VERSION}",
    version=SCANNER_VERSION,
    binaries=("sonar-scanner",),
    builds=(),
    minutes=0,
)
TOOLS = {"java": JAVA, "sonar-scanner": SCANNER}
SCANNER_ZIP = Artifact(
    coordinates=f"org.sonarsource.scanner.cli:sonar-scanner-cli:{SCANNER_VERSION}",
    digest="a251d0793cb6bd889e4fd30299bb5dc4e07433e57133b16fc227aca98f8d2c2d",
    megabytes=12,
)


def find(name: str) -> Found | None:
    """``java`` on PATH, or the scanner from an earlier download; of one on PATH the version cannot be told quickly."""
    if name == "java":
        return installed(JAVA, "java")
    program = _home() / "bin" / name
    return Found(name, program, SCANNER_VERSION, "cache") if program.is_file() else None


def require(*programs: str) -> None:
    """Makes sure of ``java`` and ``mvn``: by Debian's packages where they are missing and root asks, else raises ToolError."""
    lacking = [name for name in programs if not _is_here(name)]
    if lacking and shutil.which("apt-get") and os.geteuid() == 0:
        debian.install_packages([_DEBIAN[name] for name in lacking])
    missing = [name for name in programs if not _is_here(name)]
    if missing:
        raise ToolError(
            f"Java {JAVA_AT_LEAST} or newer and Maven, which get and run what SonarQube needs, must be on PATH; missing: "
            f"{', '.join(missing)}. Install them with your package manager (on Debian and Ubuntu: `sudo apt-get install "
            f"{' '.join(_DEBIAN[name] for name in missing)}`), or from https://adoptium.net and https://maven.apache.org."
        )


def obtain(name: str) -> None:
    """Downloads the scanner, unless it is here. Raises ToolError where Java or Maven is missing, or the download fails."""
    require("java")
    if find(name) is None:
        place(_home(), SCANNER.title, _install)


def fetch(artifact: Artifact, folder: Path, title: str) -> Path:
    """The artifact's zip in ``folder``, which Maven uses as its only store: nothing of it goes to ``~/.m2``.

    Raises ToolError: Maven cannot get it, or the checksum is another one; then the file is gone.
    """
    require("java", "mvn")
    command = ["mvn", "--batch-mode", "--quiet", _COPY, f"-Dmaven.repo.local={folder / 'store'}", f"-DoutputDirectory={folder}"]
    command.append(f"-Dartifact={artifact.coordinates}:zip")
    with progress.step(f"{title}: {artifact.megabytes} MB by Maven") as tell:
        _run(command, artifact, lambda: tell(f"{_megabytes(folder / 'store')} of {artifact.megabytes} MB"))
        shutil.rmtree(folder / "store")
        return _checked(folder / artifact.file, artifact)


def unpack(packed: Path, target: Path) -> None:
    """The zip's files without its top folder, those in ``bin`` for running."""
    with zipfile.ZipFile(packed) as archive:
        for entry in archive.infolist():
            inner = Path(*Path(entry.filename).parts[1:])
            if entry.is_dir() or ".." in inner.parts:
                continue
            (target / inner).parent.mkdir(parents=True, exist_ok=True)
            (target / inner).write_bytes(archive.read(entry))
            (target / inner).chmod(0o755 if inner.parent.name == "bin" else 0o644)


def _is_here(name: str) -> bool:
    return installed(JAVA, "java") is not None if name == "java" else shutil.which(name) is not None


def _home() -> Path:
    return cache.root() / f"{SCANNER.name}-{SCANNER_VERSION}-{SCANNER_ZIP.digest[:12]}"


def _install(result: Path, scratch: Path) -> None:
    unpack(fetch(SCANNER_ZIP, scratch, SCANNER.title), result)


def _run(command: list[str], artifact: Artifact, look: Callable[[], None]) -> None:
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, close_fds=False
    )
    try:
        said = _said(process, look)
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.wait()
        raise
    if process.returncode:
        last = "\n".join(said.splitlines()[:_LAST_LINES])
        raise ToolError(
            f"Maven could not get {artifact.coordinates} and ended with {process.returncode}. It says:\n{last}\n"
            "Check that it reaches Maven Central or your mirror of it (~/.m2/settings.xml); then run again."
        )


def _said(process: subprocess.Popen[str], look: Callable[[], None]) -> str:
    while True:
        try:
            return process.communicate(timeout=1)[0]
        except subprocess.TimeoutExpired:
            look()


def _megabytes(folder: Path) -> int:
    sizes = (path.stat().st_size for path in folder.rglob("sonar-*") if path.is_file())
    return sum(sizes) // 1_000_000


def _checked(packed: Path, artifact: Artifact) -> Path:
    with packed.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != artifact.digest:
        packed.unlink()
        raise ToolError(
            f"{artifact.coordinates} has the SHA-256 checksum {found}, but {artifact.digest} is pinned; it was thrown away. "
            "Find out what stands between you and Maven Central before you trust it."
        )
    return packed
