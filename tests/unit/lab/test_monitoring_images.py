"""The images of what watches a pipeline, in the lab's registry: Debian's made once, the exporter's of the code that is here."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from infra.errors import LabError, ToolError
from lab import monitoringimages
from lab.images import Pushed
from lab.layout import Layout, Ports
from toolchain import exporterimage, monitoring
from toolchain.base import Base
from toolchain.debianlayer import Layer

HOST = "127.0.0.1:15000"
SHA = "sha256:" + "a" * 64


class World:
    """A registry, and what is pushed to it."""

    def __init__(self) -> None:
        self.registry: dict[str, Pushed] = {}
        self.pushed: list[str] = []
        self.settings: dict[str, tuple[str, ...]] = {}

    def push(self, _layout: Layout, _crane: Path, name: str, _tars: list[Path], key: str, *settings: str) -> str:
        self.registry[name] = Pushed(key, SHA)
        self.pushed.append(name)
        self.settings[name] = settings
        return SHA


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    made = World()
    layer = Layer(path=tmp_path / "layer.tar", packages=(), key="1-x")
    monkeypatch.setattr(monitoringimages, "require_registry", lambda _layout: None)
    monkeypatch.setattr(monitoringimages.images, "pushed", lambda _layout, name: made.registry.get(name))
    monkeypatch.setattr(monitoringimages.images, "push", made.push)
    monkeypatch.setattr(monitoringimages.toolchain, "ensure", lambda names: {name: Path(name) for name in names})
    monkeypatch.setattr(monitoringimages.toolchain, "build_base", lambda: Base(layer=tmp_path, python="3.11", key="b"))
    monkeypatch.setattr(exporterimage, "build_packages", lambda _python: layer)
    monkeypatch.setattr(monitoring, "build_prometheus", lambda: layer)
    monkeypatch.setattr(monitoring, "build_alertmanager", lambda: layer)
    return made


def test_all_are_made_once_and_run_as_somebody_who_is_not_root(world: World, tmp_path: Path) -> None:
    made = monitoringimages.ensure(Layout(tmp_path))
    assert made.prometheus == f"{HOST}/prometheus:debian@{SHA}"
    assert made.exporter == f"{HOST}/lockgate/exporter:lab@{SHA}"
    assert all("10001" in settings for settings in world.settings.values())
    world.pushed.clear()
    assert monitoringimages.ensure(Layout(tmp_path)) == made
    assert not world.pushed


def test_another_line_of_code_makes_another_exporter_and_nothing_else(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitoringimages.ensure(Layout(tmp_path))
    world.pushed.clear()
    monkeypatch.setattr(exporterimage, "source_key", lambda: "other")
    monitoringimages.ensure(Layout(tmp_path))
    assert world.pushed == ["lockgate/exporter:lab"]


def test_without_the_lab_one_error_says_so(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="run `lockgate lab up` first"):
        monitoringimages.ensure(Layout(tmp_path, ports=Ports(registry=1)))


def test_the_code_is_a_layer_with_a_program_and_the_same_bytes_every_time(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    one, other = (exporterimage.build_source(folder, "3.11") for folder in (tmp_path, tmp_path / "again"))
    assert one.path.read_bytes() == other.path.read_bytes()
    with tarfile.open(one.path) as layer:
        names = set(layer.getnames())
        assert layer.getmember("usr/local/bin/lockgate").mode == 0o755
    site = "usr/local/lib/python3.11/dist-packages"
    assert {f"{site}/operations/cli_exporter.py", f"{site}/history/service.py", f"{site}/infra/metrics.py"} <= names


def test_outside_a_checkout_one_error_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(exporterimage, "LOCK", tmp_path / "requirements.lock")
    with pytest.raises(ToolError, match=r"needs requirements\.lock of a checkout of Lockgate"):
        exporterimage.build_packages("3.11")
