"""The kernel settings of the machine that a lab changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import network


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(network, "_setting", lambda name: tmp_path / name)
    (tmp_path / "net.ipv4.ip_forward").write_text("0\n")
    return tmp_path


@pytest.mark.parametrize(("before", "after"), [("65530\n", "524288"), ("524288\n", "524288\n"), ("1048576\n", "1048576\n")])
def test_the_search_engine_gets_what_it_needs_and_more_stays(kernel: Path, before: str, after: str) -> None:
    (kernel / "vm.max_map_count").write_text(before)
    network._tune()
    assert (kernel / "vm.max_map_count").read_text() == after
    assert (kernel / "net.ipv4.ip_forward").read_text() == "1"


def test_a_setting_that_this_kernel_does_not_have_is_left_alone(kernel: Path) -> None:
    network._tune()
    assert sorted(path.name for path in kernel.iterdir()) == ["net.ipv4.ip_forward"]
