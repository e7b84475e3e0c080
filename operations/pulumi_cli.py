"""Runs ``pulumi`` on one project. Secrets go in by standard input or files, never as an argument."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.errors import StateError, ToolError, UsageError
from operations.project import NAME, Project


@dataclass(frozen=True)
class Pulumi:
    """``environment`` is the whole one of the child."""

    project: Project
    environment: Mapping[str, str]

    def attempt(self, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
        """Runs and returns whatever comes out."""
        try:
            return subprocess.run(
                ["pulumi", *arguments, "--non-interactive", "--color", "never"],
                cwd=self.project.root, env=dict(self.environment), input=text, capture_output=True, text=True, check=False,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise ToolError("pulumi: not found; run `make up`, which gets or builds it") from error

    def run(self, *arguments: str, text: str = "") -> str:
        """Standard output. Raises ``StateError`` with Pulumi's own words."""
        done = self.attempt(*arguments, text=text)
        if done.returncode != 0:
            words = " ".join((done.stderr or done.stdout).split()).removeprefix("error: ")
            raise StateError(f"`pulumi {' '.join(arguments[:2])}` failed: {words or f'exit code {done.returncode}'}")
        return done.stdout

    def show(self, *arguments: str) -> int:
        """Runs on this terminal, for the user to see; returns the exit code."""
        return subprocess.run(
            ["pulumi", *arguments], cwd=self.project.root, env=dict(self.environment), stdin=subprocess.DEVNULL, check=False
        ).returncode

    def has_stack(self, stack: str) -> bool:
        """Whether the backend knows the stack."""
        path = self.state_file(stack)
        if path is not None:
            return path.is_file()
        listed = json.loads(self.run("stack", "ls", "--json", "--project", NAME))
        return any(str(item["name"]).rsplit("/", 1)[-1] == stack for item in listed)

    def demand_stack(self, stack: str) -> None:
        """Raises ``UsageError`` where there is neither a stack of that name nor a file for one."""
        if not self.project.stack_file(stack).is_file() and not self.has_stack(stack):
            raise UsageError(f"stack {stack}: there is neither {self.project.stack_file(stack).name} nor a stack of that name")

    def file_backend(self) -> Path | None:
        """The folder of a file backend, or None for one of another kind."""
        url = self.environment.get("PULUMI_BACKEND_URL", "")
        return Path(url.removeprefix("file://")).expanduser() if url.startswith("file://") else None

    def state_file(self, stack: str) -> Path | None:
        """Where a file backend keeps the stack, or None for a backend of another kind."""
        folder = self.file_backend()
        return folder / ".pulumi" / "stacks" / NAME / f"{stack}.json" if folder else None

    def export(self, stack: str, *, show_secrets: bool = False) -> Mapping[str, Any]:
        """The stack's deployment. Raises ``StateError`` where there is no such stack."""
        done = self.attempt("stack", "export", "-s", stack, *(["--show-secrets"] if show_secrets else []))
        if done.returncode == 0:
            deployment: Mapping[str, Any] = json.loads(done.stdout)["deployment"] or {}
            return deployment
        if "no stack named" in done.stderr:
            raise StateError(f"stack {stack}: the backend has none of that name; `make up` makes dev, staging and prod")
        raise StateError(f"stack {stack}: its state cannot be read: {' '.join(done.stderr.split())}")
