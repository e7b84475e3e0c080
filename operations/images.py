"""Images in registries, asked by ``crane``, which knows Docker's credentials."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass

import toolchain
from infra.errors import ReleaseError, ToolError, UsageError

ASK_SECONDS = 30
UNKNOWN = ("MANIFEST_UNKNOWN", "NAME_UNKNOWN", "404 Not Found")


@dataclass(frozen=True, kw_only=True)
class Image:
    """``tag`` is empty in a reference by digest only."""

    repository: str
    tag: str
    digest: str

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}@{self.digest}"


def split(reference: str) -> Image:
    """The parts of ``repository[:tag][@digest]``; raises ``UsageError`` where both tag and digest are missing."""
    named, _, digest = reference.partition("@")
    head, _, last = named.rpartition("/")
    name, _, tag = last.partition(":")
    if not name or not (tag or digest):
        raise UsageError(f"image = {reference}: neither a tag nor a digest; name one, as in podinfo:1.2.0")
    return Image(repository=f"{head}/{name}" if head else name, tag=tag, digest=digest)


def resolve(reference: str) -> Image:
    """The image by the digest that the registry has for it now. Raises ``ReleaseError`` where it has none."""
    asked = split(reference)
    done = _crane("digest", reference)
    if done.returncode == 0:
        return Image(repository=asked.repository, tag=asked.tag, digest=done.stdout.strip())
    if any(word in done.stderr for word in UNKNOWN):
        known = _crane("ls", asked.repository).stdout.split()
        raise ReleaseError(
            f"image = {reference}: the registry has no such image; "
            + (
                f"its tags are {', '.join(sorted(known))}"
                if known
                else f"it knows nothing named {asked.repository}; push it first"
            )
        )
    raise ReleaseError(
        f"image = {reference}: the registry cannot be asked ({last_line(done.stderr)}); check its name and your login, "
        "and for the lab's registry run `lockgate lab up`"
    )


def crane(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What crane answers, to the byte. Raises ``ToolError`` where it is not here."""
    program = toolchain.find("crane")
    if program is None:
        raise ToolError("crane: not found; run `make up`, which gets or builds it")
    try:
        return subprocess.run([str(program.path), *arguments], capture_output=True, timeout=ASK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(arguments, 1, b"", f"no answer in {ASK_SECONDS} s".encode())


def _crane(*arguments: str) -> subprocess.CompletedProcess[str]:
    done = crane(*arguments)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def last_line(text: str) -> str:
    """The last thing that a program said, for an error."""
    lines = text.strip().splitlines()
    return lines[-1].strip() if lines else "no answer"
