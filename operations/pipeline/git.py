"""Git repositories on this machine, in the place of those on GitHub."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from infra.errors import UsageError

NAME, MAIL = "lockgate-bot", "lockgate-bot@example.com"
WHO = ("-c", f"user.name={NAME}", "-c", f"user.email={MAIL}")


def git(folder: Path, *words: str) -> str:
    """What Git says. Raises ``UsageError`` with its words where it refuses."""
    done = subprocess.run(["git", "-C", str(folder), *WHO, *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UsageError(f"{folder}: `git {' '.join(words[:2])}` failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def tracked(folder: Path) -> list[Path]:
    """The files below ``folder`` that Git knows, or would: committed or not, and not ignored."""
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [path for name in sorted(set(listed.split("\0"))) if name and (path := folder / name).is_file()]


def ensure(folder: Path) -> None:
    """A repository with the branch main."""
    if not (folder / ".git").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main")


def commit(folder: Path, message: str) -> str:
    """Commits all that differs, if anything does; gives the branch's newest commit."""
    git(folder, "add", "--all")
    if git(folder, "status", "--porcelain") or not has_commit(folder):
        git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def has_commit(folder: Path) -> bool:
    asked = ["git", "-C", str(folder), "rev-parse", "--verify", "--quiet", "HEAD"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def push(folder: Path, server: Path) -> None:
    """Makes the bare repository ``server`` have what ``folder`` has. Any commit can be fetched from it, as from GitHub."""
    if not server.is_dir():
        server.parent.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
        git(server, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(folder, "push", "--quiet", "--force", str(server), "HEAD:refs/heads/main")


def mirror(files: Iterable[Path], source: Path, target: Path, kept: Sequence[str]) -> None:
    """Makes the repository ``target`` hold ``files`` of ``source`` and no other but those that begin with one of ``kept``."""
    names = {file.relative_to(source): file for file in files if not str(file.relative_to(source)).startswith(tuple(kept))}
    for old in tracked(target):
        if old.relative_to(target) not in names and not str(old.relative_to(target)).startswith(tuple(kept)):
            old.unlink()
    for name, file in names.items():
        to = target / name
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes(file.read_bytes())
        to.chmod(file.stat().st_mode & 0o777)
