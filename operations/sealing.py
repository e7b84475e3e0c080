"""Encrypts a value for a stack's file: only Pulumi can, and it would rewrite the file, so it works on one of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import yaml

from operations import stackfile
from operations.project import NAME
from operations.pulumi_cli import Pulumi


def sealed(pulumi: Pulumi, stack: str, key: str, text: str) -> Mapping[str, str]:
    """What stands in the stack's file for the secret ``text`` under ``key``. A file without a salt gets that of the secret."""
    stack_file = pulumi.project.stack_file(stack)
    with tempfile.TemporaryDirectory(prefix=f"{NAME}-") as folder:
        scratch = Path(folder) / stack_file.name
        for name in ("secretsprovider", "encryptedkey", stackfile.SALT):
            value = stackfile.top(stack_file, name)
            if value is not None:
                stackfile.set_top(scratch, name, value)
        pulumi.run("config", "set", "-s", stack, "--config-file", str(scratch), "--secret", key, text=text)
        salt = stackfile.top(scratch, stackfile.SALT)
        if salt != stackfile.top(stack_file, stackfile.SALT):
            stackfile.set_top(stack_file, stackfile.SALT, salt)
        stored: Mapping[str, str] = yaml.safe_load(scratch.read_text())["config"][f"{NAME}:{key}"]
    return stored
