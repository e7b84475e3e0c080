"""Runs ``cosign``. Passphrases reach it by its environment; it finds the registry's password where Docker keeps it."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import toolchain
from infra.errors import ReleaseError, ToolError
from operations.artifacts.attached import statement
from operations.artifacts.keys import PASSPHRASE, Signer, Trust

SECONDS = 120
ERROR = "Error: "
NO_CERTIFICATES = json.dumps({"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"})
"""What is believed besides a key: nothing. Without it cosign fetches the roots of all public certificates first."""


def sign(reference: str, signer: Signer, notes: Mapping[str, str]) -> None:
    """``notes`` are signed with the image's digest."""
    noted = [word for name, value in notes.items() for word in ("-a", f"{name}={value}")]
    _run_as(signer, "sign", *noted, reference)


def attest(reference: str, signer: Signer, kind: str, predicate: Mapping[str, Any] | Path) -> None:
    """Says something of the image, signed. ``kind`` is cosign's word for it; one of the same kind is replaced."""
    with tempfile.TemporaryDirectory() as folder:
        file = predicate if isinstance(predicate, Path) else Path(folder) / "predicate.json"
        if not isinstance(predicate, Path):
            file.write_text(json.dumps(predicate))
        _run_as(signer, "attest", "--replace", "--type", kind, "--predicate", str(file), reference)


def verify(reference: str, trust: Trust) -> None:
    """Raises ``ReleaseError`` where no signature of the image is one that is believed."""
    _checked("verify", reference, trust, "signature")


def statements(reference: str, trust: Trust, kind: str) -> list[Mapping[str, Any]]:
    """The in-toto statements of that kind whose signatures are believed. Raises ``ReleaseError`` where there is none."""
    said = _checked("verify-attestation", reference, trust, "provenance", "--type", kind)
    return [statement(json.loads(line)) for line in said.splitlines() if line.startswith("{")]


def _run_as(signer: Signer, command: str, *arguments: str) -> None:
    """With a key nothing is written to a public log: whoever has the public key needs none."""
    how = ["--key", str(signer.key), "--tlog-upload=false"] if signer.key else []
    done = _cosign(command, "--yes", *how, *arguments, **({PASSPHRASE: signer.passphrase} if signer.passphrase else {}))
    if done.returncode != 0:
        raise ToolError(f"`cosign {command}` failed: {_words(done.stderr)}")


def _checked(command: str, reference: str, trust: Trust, what: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        roots = Path(folder) / "roots.json"
        roots.write_text(NO_CERTIFICATES)
        if trust.key:
            how = ["--key", str(trust.key), "--insecure-ignore-tlog=true", "--trusted-root", str(roots)]
        else:
            how = ["--certificate-identity-regexp", trust.identity, "--certificate-oidc-issuer", trust.issuer]
        done = _cosign(command, *how, *arguments, reference)
    if done.returncode != 0:
        raise ReleaseError(f"image = {reference}: no {what} by {trust} can be found ({_words(done.stderr)})")
    return done.stdout


def _cosign(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = toolchain.ensure(["cosign"])["cosign"]
    whole = {**os.environ, **environment}
    try:
        return subprocess.run(
            [str(program), *arguments], env=whole, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, "", f"no answer in {SECONDS} s")


def _words(said: str) -> str:
    """What cosign gives as its reason."""
    reasons = [line.removeprefix(ERROR).rstrip(" :") for line in said.splitlines() if line.startswith(ERROR)]
    return reasons[0] if reasons else " ".join(said.split())[-200:] or "no reason given"
