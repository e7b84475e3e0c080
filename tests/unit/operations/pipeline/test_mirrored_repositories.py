"""A repository that is made of a folder, again and again."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.errors import UsageError
from operations.pipeline import git


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    git.ensure(folder)
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    (folder / "old.py").write_text("")
    (folder / ".gitignore").write_text("secret\n")
    (folder / "secret").write_text("")
    return folder


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in git.tracked(folder)}


def test_it_has_what_git_would_take_and_loses_what_goes_but_keeps_its_own(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    git.ensure(target)
    git.mirror(git.tracked(source), source, target, ["own"])
    assert names(target) == {"run.sh", "old.py", ".gitignore"}
    assert (target / "run.sh").stat().st_mode & 0o777 == 0o755
    (target / "own.yaml").write_text("")
    (source / "old.py").unlink()
    git.mirror(git.tracked(source), source, target, ["own"])
    assert names(target) == {"run.sh", ".gitignore", "own.yaml"}


def test_any_commit_can_be_fetched_from_the_server_as_from_github(source: Path, tmp_path: Path) -> None:
    first = git.commit(source, "One")
    (source / "new.py").write_text("")
    git.commit(source, "Two")
    git.push(source, tmp_path / "server.git")
    clone = tmp_path / "clone"
    git.ensure(clone)
    git.git(clone, "fetch", "--quiet", "--depth=1", f"file://{tmp_path}/server.git", first)
    assert git.git(clone, "rev-parse", "FETCH_HEAD").strip() == first


def test_nothing_new_is_no_commit(source: Path) -> None:
    assert git.commit(source, "One") == git.commit(source, "Two")


def test_a_folder_outside_git_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git ls-files"):
        git.tracked(tmp_path)
