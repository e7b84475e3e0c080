"""What is rendered can be read back, stays on this machine, and keeps secrets to itself."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import toolchain
from lab import components, configs, identities, layout, node, pki
from lab.layout import Layout

VALUES = st.one_of(st.booleans(), st.integers(-(2**40), 2**40), st.text(st.characters(max_codepoint=0x7E)))
KEYS = st.text(st.characters(max_codepoint=0x7E), min_size=1)
TABLES = st.recursive(st.dictionaries(KEYS, VALUES | st.lists(VALUES)), lambda inner: st.dictionaries(KEYS, inner), max_leaves=12)


@pytest.fixture
def place(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    pki.ensure_leaves(made.pki, identities.leaves(made))
    pki.ensure_signing_key(made.pki)
    return made


@pytest.fixture
def binaries() -> dict[str, Path]:
    return {name: Path("/usr/bin") / name for name in (*toolchain.LAB, "python3")}


@given(TABLES)
def test_toml_says_what_was_meant(table: dict[str, object]) -> None:
    assert tomllib.loads(configs.toml(table)) == table


def test_a_second_write_touches_nothing(place: Layout, binaries: dict[str, Path]) -> None:
    configs.write(place, binaries)
    before = {file: file.stat().st_mtime_ns for file in place.config.rglob("*") if file.is_file()}
    configs.write(place, binaries)
    assert {file: file.stat().st_mtime_ns for file in place.config.rglob("*") if file.is_file()} == before


def test_the_admins_kubeconfig_can_be_copied_and_the_others_point_at_files(place: Layout) -> None:
    assert str(place.root) not in yaml.safe_dump(configs.client_kubeconfig(place, "admin", inline=True))
    user = configs.client_kubeconfig(place, "proxy")["users"][0]["user"]
    assert user["client-key"] == str(place.pki / "proxy.key")


def test_no_secret_is_on_a_command_line(place: Layout, binaries: dict[str, Path]) -> None:
    for component in components.components(place, binaries):
        assert "PRIVATE" not in " ".join(component.argv)


def test_what_a_component_reads_is_watched(place: Layout, binaries: dict[str, Path]) -> None:
    configs.write(place, binaries)
    for component in components.components(place, binaries):
        named = {Path(word.partition("=")[2] or word) for word in component.argv[1:]}
        read = {file for file in named if file.is_file() and file.is_relative_to(place.root)}
        assert {file for file in read if file.suffix != ".pub" and "-ca" not in file.name} <= {*component.files}


def test_every_server_listens_on_loopback_or_the_bridge(place: Layout, binaries: dict[str, Path]) -> None:
    own = {layout.LOOPBACK, place.network.gateway}
    kubelet, proxy = node.kubelet(place), node.proxy(place)
    assert {kubelet["address"], kubelet["healthzBindAddress"]} <= own
    assert {proxy["healthzBindAddress"].split(":")[0], proxy["metricsBindAddress"].split(":")[0]} <= own
    assert configs.registry(place)["http"]["addr"].split(":")[0] in own
    for component in components.components(place, binaries):
        bound = [word.split("=", 1)[1] for word in component.argv if word.startswith("--bind-address=")]
        assert set(bound) <= own, component.name


def test_without_a_resolver_the_cluster_dns_still_starts(place: Layout) -> None:
    assert "forward" not in configs.corefile(place, upstream=False)
    assert "forward . /etc/resolv.conf" in configs.corefile(place, upstream=True)


def test_the_lab_folder_is_the_users_choice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LOCKGATE_LAB_DIR", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert layout.default().root == tmp_path / "lockgate" / "lab"
    monkeypatch.setenv("LOCKGATE_LAB_DIR", str(tmp_path / "mine"))
    assert layout.default().root == tmp_path / "mine"
    assert layout.default().cgroup != Layout(tmp_path).cgroup
