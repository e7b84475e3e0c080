"""Debian packages: the lab's, looked for by their binaries and installed only when missing; and whatever a service's tests need.

Their services are never started.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra import progress
from infra.errors import ToolError
from toolchain.model import Found, Package
from toolchain.packages import PACKAGES

_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
_NO_SERVICES = Path(__file__).parent / "noservices"
_LAST_LINES = 10
_LOCK_SECONDS = 120
_LOCKED = "Could not get lock"


def debian_packages() -> Mapping[str, bool]:
    """Every package of the lab, and whether its binaries are here."""
    return {package.name: not _missing(package) for package in PACKAGES}


def find_packaged(binary: str) -> Found | None:
    """A binary of one of the lab's packages, wherever it was installed from."""
    package = next(package for package in PACKAGES if binary in package.binaries)
    path = _look(package, binary)
    return None if path is None else Found(binary, path, "", "package")


def require_installable() -> None:
    """Raises ToolError when packages are missing that cannot be installed from here."""
    names = [package.name for package in PACKAGES if _missing(package)]
    if not names:
        return
    lacks = "; ".join(f"{p.name} ({', '.join(_missing(p))})" for p in PACKAGES if _missing(p))
    if shutil.which("apt-get") is None:
        raise ToolError(
            f"The lab needs these programs, which are not here: {lacks}. They install themselves on Debian and Ubuntu "
            "only: install their like with this system's package manager, or name another cluster in "
            "lockgate:kubeContext."
        )
    if os.geteuid() != 0:
        raise ToolError(
            f"The lab needs Debian packages that are not installed, and only root can: {lacks}. Run as root, or run "
            f"`sudo apt-get install --no-install-recommends {' '.join(names)}`."
        )


def ensure_packages() -> Mapping[str, Path]:
    """Installs what is missing and returns every binary's path. Raises ToolError with packages and remedy."""
    require_installable()
    names = [package.name for package in PACKAGES if _missing(package)]
    if names:
        with progress.step(f"Debian packages: installing {', '.join(names)}"):
            apt(["update"])
            apt(["install", "-y", "--no-install-recommends", *names])
    require_installable()
    found = {binary: find_packaged(binary) for package in PACKAGES for binary in package.binaries}
    return {binary: one.path for binary, one in found.items() if one is not None}


def install_packages(names: Sequence[str]) -> list[str]:
    """Installs packages by name, as root or by sudo without a password. Raises ToolError where apt-get fails.

    Returns those that this system's sources do not have: Debian and Ubuntu differ.
    """
    with progress.step(f"Debian packages: installing {', '.join(names)}"):
        apt(["update"])
        offered = [name for name in names if _is_offered(name)]
        if offered:
            apt(["install", "-y", "--no-install-recommends", *offered])
    return [name for name in names if name not in offered]


def _is_offered(name: str) -> bool:
    return subprocess.run(["apt-cache", "show", name], capture_output=True, check=False).returncode == 0


def _missing(package: Package) -> list[str]:
    return [binary for binary in package.binaries if _look(package, binary) is None]


def _look(package: Package, binary: str) -> Path | None:
    path = os.pathsep.join(package.folders or (os.environ.get("PATH", ""), _SYSTEM_PATH))
    found = shutil.which(binary, path=path)
    if found is None or (package.static and _is_dynamic(Path(found))):
        return None
    return Path(found)


def _is_dynamic(path: Path) -> bool:
    with path.open("rb") as file:
        return b"/ld-" in file.read(4096)


def apt(arguments: Sequence[str], config: Path | None = None) -> str:
    """Runs apt-get to its end even when Ctrl-C is pressed, since a package half installed is worse than a wait.

    ``config`` is read on top of the machine's configuration. Returns what apt-get said; raises ToolError where it fails.

    ``noservices`` comes first on the PATH of the packages' scripts, and is left out of everything else: what would
    start or enable a service does nothing there.
    """
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    if config is not None:
        quiet["APT_CONFIG"] = str(config)
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n", "env", *(f"{name}={value}" for name, value in quiet.items())]
    options = ["-o", f"DPkg::Path={_NO_SERVICES}:{_SYSTEM_PATH}", "-o", f"DPkg::Lock::Timeout={_LOCK_SECONDS}"]
    code, output = _patiently([*as_root, "apt-get", *options, *arguments], {**os.environ, **quiet})
    if code:
        last = "\n".join(output.splitlines()[-_LAST_LINES:])
        raise ToolError(
            f"`apt-get {' '.join(arguments)}` ended with {code}. Its last lines:\n{last}\n"
            "Mend what it names, for example the machine's package sources, and run again."
        )
    return output


def _patiently(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and output. ``DPkg::Lock::Timeout`` is for installing alone: who updates the lists is waited for here."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        code, output = _run(command, environment)
        if not code or _LOCKED not in output or time.monotonic() > deadline:
            return code, output
        time.sleep(1)


def _run(command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    process = subprocess.Popen(
        command,
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = process.communicate()
    except BaseException:
        process.communicate()
        raise
    return process.returncode, output
