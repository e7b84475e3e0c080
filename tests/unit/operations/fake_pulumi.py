"""A stand-in for the program ``pulumi``: it plays what a test wrote for a command, and refuses every other one.

It records its arguments, standard input and environment. It knows nothing of stacks: what the real one does with the
same arguments is shown on the lab.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.project import Project
from operations.pulumi_cli import Pulumi

SCRIPT = """#!{python}
import json, os, signal, sys, time
folder = {folder!r}
played = json.load(open(os.path.join(folder, "played.json")))
call = {{"argv": sys.argv[1:], "pid": os.getpid(), "group": os.getpgrp()}}
call["input"] = "" if sys.argv[1] in ("up", "refresh") else sys.stdin.read()
with open(os.path.join(folder, "calls"), "a") as calls:
    calls.write(json.dumps(call) + "\\n")
part = next((part for part in played if sys.argv[1 : 1 + len(part["command"])] == part["command"]), None)
if part is None:
    sys.exit("no such call was expected: %r" % sys.argv[1:])
def stop(*_):
    with open(os.path.join(folder, "signals"), "a") as signals:
        signals.write("SIGINT\\n")
signal.signal(signal.SIGINT, stop)
if "--config-file" in sys.argv and part["seals"]:
    with open(sys.argv[sys.argv.index("--config-file") + 1], "a") as file:
        file.write(part["seals"])
for path, text in part["rewrites"].items():
    with open(path, "w") as file:
        file.write(text)
if "--event-log" in sys.argv:
    with open(sys.argv[sys.argv.index("--event-log") + 1], "w") as log:
        for event in part["events"]:
            log.write(json.dumps(event) + "\\n")
deadline = time.monotonic() + part["seconds"]
while time.monotonic() < deadline and not os.path.exists(os.path.join(folder, "signals")):
    time.sleep(0.02)
sys.stdout.write(part["out"])
sys.stderr.write(part["err"])
sys.exit(part["code"])
"""


SILENT: Mapping[str, Any] = {"out": "", "err": "", "code": 0, "seconds": 0.0, "events": [], "seals": "", "rewrites": {}}
"""``seconds`` is how long it runs unless it gets SIGINT; ``seals`` is appended to the file of ``--config-file``;
``rewrites`` are whole files by their path."""


@dataclass
class FakePulumi:
    """``folder`` holds the program, what it plays and what it was called with."""

    folder: Path
    project: Project

    def play(self, *command: str, **part: Any) -> None:
        """What the next calls that begin with ``command`` do, by the keys of ``SILENT``."""
        path = self.folder / "played.json"
        played = json.loads(path.read_text())
        path.write_text(json.dumps([{**SILENT, **part, "command": command}, *played]))

    @property
    def calls(self) -> list[Mapping[str, Any]]:
        path = self.folder / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def interrupted_at(self, *command: str) -> None:
        """Ctrl-C for the test's own process, once a command that begins so is called."""

        def press() -> None:
            while list(command) not in [call["argv"][: len(command)] for call in self.calls]:
                time.sleep(0.01)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=press, daemon=True).start()

    @property
    def signals(self) -> list[str]:
        path = self.folder / "signals"
        return path.read_text().split() if path.exists() else []

    @property
    def pulumi(self) -> Pulumi:
        return Pulumi(self.project, {**os.environ, "PULUMI_BACKEND_URL": f"file://{self.project.state}"})


def install(folder: Path, project: Project) -> FakePulumi:
    """Writes the program ``pulumi`` into the folder, which a test puts on PATH."""
    folder.mkdir()
    program = folder / "pulumi"
    program.write_text(SCRIPT.format(python=sys.executable, folder=str(folder)))
    program.chmod(0o755)
    (folder / "played.json").write_text("[]")
    return FakePulumi(folder, project)
