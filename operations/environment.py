"""The environment in which ``pulumi`` and ``kubectl`` work on this project's backend, lab and versions."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

import toolchain
from lab.layout import default as lab_layout
from operations.project import Project

PATHS = ("PATH", "KUBECONFIG")


def build(project: Project, base: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables that Lockgate sets, on top of ``base`` (default: this process's). A user's own values win."""
    given = os.environ if base is None else base
    ours = {
        "PULUMI_BACKEND_URL": f"file://{project.state}",
        "PULUMI_HOME": str(project.pulumi_home),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    if "PULUMI_CONFIG_PASSPHRASE" not in given:
        ours["PULUMI_CONFIG_PASSPHRASE_FILE"] = str(project.passphrase)
    chosen = {name: given.get(name) or value for name, value in ours.items()}
    if chosen["PULUMI_HOME"] == str(project.pulumi_home):
        # The providers are linked there; found on PATH instead, each command would warn about them four times.
        chosen["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    first = [str(Path(sys.executable).parent), *(str(folder) for folder in toolchain.path_dirs())]
    return {**chosen, "PATH": _joined(first, given.get("PATH", "")), "KUBECONFIG": _kubeconfig(given)}


def child(project: Project) -> dict[str, str]:
    """The whole environment of a program that Lockgate starts."""
    return {**os.environ, **build(project)}


def enter(project: Project) -> None:
    """Gives this process the same kubeconfigs as its children."""
    os.environ["KUBECONFIG"] = build(project)["KUBECONFIG"]


def export_lines(variables: Mapping[str, str]) -> str:
    """For ``eval`` in sh: one ``export NAME=value`` a line, quoted."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())


def _kubeconfig(given: Mapping[str, str]) -> str:
    users = given.get("KUBECONFIG") or str(Path(given.get("HOME", "~")).expanduser() / ".kube" / "config")
    there = [path for path in users.split(os.pathsep) if Path(path).is_file()]
    return _joined([str(lab_layout().kubeconfig)], os.pathsep.join(there))


def _joined(first: list[str], rest: str) -> str:
    """A search path with ``first`` in front, and nothing in it twice."""
    return os.pathsep.join(dict.fromkeys([*first, *filter(None, rest.split(os.pathsep))]))
