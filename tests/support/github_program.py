"""A Pulumi program on a GitHub stand-in: the real engine and the real provider, with a backend of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from github_lab import GitHubLab

import toolchain
from operations import backend, environment
from operations.project import Project

ROOT = Path(__file__).parents[2]
TOOLS = ("pulumi", "pulumi-language-python", "pulumi-resource-github")
STACK = "test"


class Program:
    """The program in ``folder``; it finds GitHub in the provider's own environment variables, and ours on its path."""

    def __init__(self, folder: Path, github: GitHubLab, **variables: str) -> None:
        toolchain.ensure(TOOLS)
        self.folder = folder
        base = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "GITHUB_"))}
        self.environment = {**base, **environment.build(Project(folder), base)}
        backend.ensure(Project(folder), self.environment)
        server = {"GITHUB_BASE_URL": f"{github.url}/", "GITHUB_OWNER": "lab", "GITHUB_TOKEN": github.token}
        self.environment.update({**server, "PYTHONPATH": str(ROOT), **variables})
        self.good("stack", "init")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", *arguments, "-s", STACK, "--non-interactive", "--color", "never"]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False, timeout=240
        )

    def good(self, *arguments: str) -> str:
        """What it wrote. Fails where the command does."""
        done = self.run(*arguments)
        assert done.returncode == 0, f"pulumi {' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def bad(self, *arguments: str) -> str:
        """What it wrote. Fails where the command does not."""
        done = self.run(*arguments)
        assert done.returncode != 0, f"pulumi {' '.join(arguments)}: it succeeded\n{done.stdout}"
        return done.stdout + done.stderr

    def up(self, *options: str) -> str:
        return self.good("up", "--yes", "--skip-preview", *options)

    def changes(self) -> dict[str, str]:
        """What a preview would do, by ``Type name``; what stays the same is left out."""
        steps = json.loads(self.run("preview", "--json").stdout)["steps"]
        return {_label(step["urn"]): step["op"] for step in steps if step["op"] not in ("same", "read")}

    def settles(self) -> None:
        """A second update, a preview after it, and a preview after a refresh change nothing."""
        self.up("--expect-no-changes")
        self.good("refresh", "--yes", "--skip-preview")
        assert self.changes() == {}

    def steady(self) -> None:
        """A preview that looks at GitHub first finds nothing to do."""
        self.good("preview", "--refresh", "--expect-no-changes")

    def outputs(self) -> dict[str, Any]:
        return dict(json.loads(self.good("stack", "output", "--json")))

    def state(self) -> str:
        """The state as it lies on disk."""
        (file,) = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://")).rglob(f"stacks/*/{STACK}.json")
        return file.read_text()


def _label(urn: str) -> str:
    kind, name = urn.split("::", 2)[2].split("::", 1)
    return f"{kind.rpartition(':')[2]} {name}"
