"""A program with a ``QualityGate``, on the real engine and a real SonarQube, and the lab's GitHub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from github_lab import GitHubLab
from github_program import Program

MAIN = """
import json, os

from pulumi import ResourceOptions, export

from components import QualityGate, QualityGateArgs
from infra.provider.resources import Provider, SonarAccess

asked = json.loads(os.environ["GATE"])
asked["conditions"] = {key: tuple(limit) for key, limit in asked["conditions"].items()} if "conditions" in asked else None
args = QualityGateArgs(**{key: value for key, value in asked.items() if value is not None})
access = SonarAccess(url=os.environ["WHERE"], token=os.environ["ADMIN"])
made = QualityGate("shop", args, ResourceOptions(providers=[Provider("sonar", sonar=access)]))
export("token", made.token)
"""


def gate_program(folder: Path, github: GitHubLab, url: str, token: str) -> Program:
    """The program in ``folder``; ``want`` says with which args."""
    folder.mkdir()
    runtime = {"name": "python", "options": {"toolchain": "pip"}}
    (folder / "Pulumi.yaml").write_text(json.dumps({"name": "lockgate", "runtime": runtime}))
    (folder / "__main__.py").write_text(MAIN)
    return Program(folder, github, WHERE=url, ADMIN=token, GATE="{}")


def want(program: Program, **args: Any) -> Program:
    program.environment["GATE"] = json.dumps(args)
    return program
