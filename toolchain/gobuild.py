"""Builds tools from their pinned Go modules."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from threading import Thread

from infra import progress
from infra.errors import ToolError
from toolchain import cache
from toolchain.model import GoBuild, ModuleFiles, Tool
from toolchain.place import place
from toolchain.table import GO_AT_LEAST

_GO_REMEDY = "install it from https://go.dev/dl and put its bin folder on PATH"
_LAST_LINES = 15


def require_go(tools: Iterable[Tool]) -> None:
    """Raises ToolError when Go is missing or too old to build ``tools``."""
    titles = ", ".join(tool.title for tool in tools)
    needed = ".".join(map(str, GO_AT_LEAST))
    go = shutil.which("go")
    if go is None:
        raise ToolError(f"Go {needed} or newer is needed to build {titles}, and `go` is not on PATH: {_GO_REMEDY}.")
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, env=_environment(None))
    match = re.search(r"(\d+)\.(\d+)", said.stdout)
    if match is None or tuple(map(int, match.groups())) < GO_AT_LEAST:
        raise ToolError(
            f"{go} is {said.stdout.strip() or 'not answering'}, but Go {needed} or newer is needed to build {titles}: "
            f"{_GO_REMEDY}."
        )


def build(tool: Tool) -> Path:
    """Builds ``tool`` unless it is there, and returns its folder."""

    def make(result: Path, scratch: Path) -> None:
        for one in tool.builds:
            _build_one(one, tool.title, result / "bin", scratch)

    minutes = f"about {tool.minutes:.0f} min" if tool.minutes >= 1 else f"about {tool.minutes * 60:.0f} s"
    home = cache.module_home(tool)
    with progress.step(f"{tool.title}: building from its Go module ({minutes} the first time)"):
        return place(home, tool.title, make)


def prefetch(tools: Iterable[Tool]) -> None:
    """Downloads the modules of ``tools`` in the background, while something else compiles.

    It only warms Go's own module cache: a failure here is met, and reported, by the build.
    """

    def work() -> None:
        for one in (one for tool in tools for one in tool.builds):
            command = ["go", "list", "-e", "-deps", "-f", "", *one.packages]
            subprocess.run(command, cwd=cache.MODULES / one.module, env=_environment(None), capture_output=True)

    Thread(target=work, daemon=True).start()


def _build_one(one: GoBuild, title: str, target: Path, scratch: Path) -> None:
    source = scratch / one.module
    shutil.copytree(cache.MODULES / one.module, source)
    if one.embeds:
        for file in _module_files(one.embeds, source, scratch):
            _embed(file, source / file.name, one.schema_version)
    flags = f"-s -w {one.ldflags}".strip()
    _go(["build", "-trimpath", "-ldflags", flags, "-o", f"{target}{os.sep}", *one.packages], source, scratch, title)
    if one.beside:
        for file in _module_files(one.beside, source, scratch):
            shutil.copyfile(file, target / file.name)
            (target / file.name).chmod(0o755)


def _module_files(wanted: ModuleFiles, source: Path, scratch: Path) -> list[Path]:
    answer = _go(["mod", "download", "-json", wanted.module], source, scratch, wanted.module)
    folder = Path(json.loads(answer)["Dir"])
    return [folder / file for file in wanted.files]


def _embed(file: Path, target: Path, version: str | None) -> None:
    if file.name != "schema.json":
        shutil.copyfile(file, target)
        return
    schema = json.loads(file.read_text())
    schema["version"] = version
    target.write_text(json.dumps(schema))


def _environment(scratch: Path | None) -> dict[str, str]:
    pinned = {"CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local"}
    return {**os.environ, **pinned, **({"GOTMPDIR": str(scratch)} if scratch else {})}


def _go(arguments: list[str], folder: Path, scratch: Path, title: str) -> str:
    log = scratch / "go.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            ["go", *arguments],
            cwd=folder,
            env=_environment(scratch),
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            close_fds=False,
        )
        try:
            answer, _ = process.communicate()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait()
            raise
    if process.returncode:
        last = "\n".join(log.read_text().splitlines()[-_LAST_LINES:])
        raise ToolError(
            f"{title} could not be built: `go {arguments[0]}` ended with {process.returncode}. Its last lines:\n{last}\n"
            "Check that the Go module proxy can be reached (`go env GOPROXY`) and that the disk has room; then run again."
        )
    return answer
