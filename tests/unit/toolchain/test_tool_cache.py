"""Results are named by what makes them, and are there whole or not at all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from toolchain import cache
from toolchain.place import place
from toolchain.sample import podinfo
from toolchain.table import CRANE


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_another_content_of_a_module_file_is_another_folder(tmp_path: Path, file: str) -> None:
    before = cache.module_home(CRANE)
    shutil.copytree(cache.MODULES / "crane", tmp_path / "crane")
    assert cache.module_home(CRANE, tmp_path) == before
    (tmp_path / "other").mkdir()
    shutil.copytree(cache.MODULES / "crane", tmp_path / "other" / "crane")
    with (tmp_path / "other" / "crane" / file).open("a") as content:
        content.write("// one more line\n")
    assert cache.module_home(CRANE, tmp_path / "other") != before


def test_other_flags_and_other_versions_are_other_folders() -> None:
    flagged = replace(CRANE, builds=(replace(CRANE.builds[0], ldflags="-X a.b=c"),))
    assert cache.module_home(flagged) != cache.module_home(CRANE)
    assert cache.module_home(podinfo("1.0.0")) != cache.module_home(podinfo("1.1.0"))


def test_a_result_appears_only_when_it_is_whole() -> None:
    home = cache.root() / "tool-1-abc"
    seen: list[bool] = []

    def make(result: Path, _scratch: Path) -> None:
        (result / "bin" / "tool").write_text("x")
        seen.append(home.exists())

    place(home, "tool", make)
    assert seen == [False]
    assert (home / "bin" / "tool").read_text() == "x"


def test_an_interrupted_make_leaves_nothing_and_can_be_repeated() -> None:
    home = cache.root() / "tool-1-abc"

    def interrupted(result: Path, _scratch: Path) -> None:
        (result / "bin" / "half").write_text("x")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place(home, "tool", interrupted)
    assert [path.name for path in cache.root().iterdir()] == [".locks"]
    place(home, "tool", lambda result, _scratch: (result / "bin" / "tool").touch())
    assert (home / "bin" / "tool").exists()


def test_what_a_killed_run_left_is_swept_by_the_next() -> None:
    home = cache.root() / "tool-1-abc"
    leftover = home.parent / f".{home.name}.killed"
    leftover.mkdir(parents=True)
    place(home, "tool", lambda _result, _scratch: None)
    assert not leftover.exists()


def test_two_runs_make_one_thing_once() -> None:
    home = cache.root() / "tool-1-abc"
    made: list[int] = []
    runs = [Thread(target=place, args=(home, "tool", lambda _result, _scratch: made.append(1))) for _ in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert made == [1]
