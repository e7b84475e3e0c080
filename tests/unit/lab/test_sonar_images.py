"""The images of SonarQube in the lab's registry: made once, and named by digest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from infra.errors import LabError
from lab import sonarimages
from lab.images import Pushed
from lab.layout import Layout, Ports
from toolchain import sonarqube
from toolchain.debianlayer import Layer

HOST = "127.0.0.1:15000"


class World:
    """A registry, what is built and what is pushed."""

    def __init__(self) -> None:
        self.registry: dict[str, Pushed] = {}
        self.built: list[str] = []
        self.settings: dict[str, str] = {}

    def layer(self, name: str) -> Layer:
        self.built.append(name)
        return Layer(path=Path(f"{name}.tar"), packages=(), key=f"key-of-{name}")

    def push(self, _layout: Layout, _crane: Path, name: str, tars: list[Path], key: str, *settings: str) -> str:
        self.registry[name] = Pushed(key, f"sha256:{'+'.join(tar.stem for tar in tars)}")
        self.settings[name] = " ".join(settings)
        return self.registry[name].digest


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(sonarimages, "require_registry", lambda _layout: None)
    monkeypatch.setattr(sonarimages.images, "pushed", lambda _layout, name: made.registry.get(name))
    monkeypatch.setattr(sonarimages.images, "push", made.push)
    monkeypatch.setattr(sonarimages.toolchain, "ensure", lambda names: {name: Path(name) for name in names})
    for name in ("java", "server", "postgres"):
        monkeypatch.setattr(sonarqube, f"build_{name}", lambda name=name: made.layer(name))
    return made


def test_both_are_made_once_and_run_as_the_vendors_users(world: World, tmp_path: Path) -> None:
    made = sonarimages.ensure(Layout(tmp_path))
    assert made.server == f"{HOST}/sonarqube:10.7.0@sha256:java+server"
    assert made.database == f"{HOST}/postgres:15@sha256:postgres"
    assert "--user 1000" in world.settings["sonarqube:10.7.0"]
    assert "--user 999" in world.settings["postgres:15"]
    world.built.clear()
    assert sonarimages.ensure(Layout(tmp_path)) == made
    assert not world.built


@pytest.mark.parametrize("key", [None, "0-key-of-an-older-recipe"])
def test_what_somebody_else_or_an_older_recipe_made_is_made_anew(world: World, tmp_path: Path, key: Any) -> None:
    world.registry["postgres:15"] = Pushed(key, "sha256:old")
    assert sonarimages.ensure(Layout(tmp_path)).database.endswith("@sha256:postgres")


def test_without_the_lab_one_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="run `lockgate lab up` first"):
        sonarimages.ensure(Layout(tmp_path, ports=Ports(registry=1)))
