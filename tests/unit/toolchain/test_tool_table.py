"""The table is whole, and nothing in it is left to chance."""

from __future__ import annotations

import re

import pytest

from toolchain import LAB, ON_DEMAND, PULUMI, maven, node, pythons, wheel
from toolchain.cache import MODULES
from toolchain.installed import fits
from toolchain.model import Tool
from toolchain.packages import PACKAGES
from toolchain.sample import podinfo
from toolchain.table import TOOLS

EVERY = (*TOOLS, podinfo("1.0.0"))
HEX = {"sha256": 64, "sha512": 128}


def ids(tool: Tool) -> str:
    return tool.name


def test_every_name_that_pulumi_and_the_lab_need_has_exactly_one_origin() -> None:
    origins = [binary for tool in TOOLS for binary in tool.binaries]
    origins += [binary for package in PACKAGES for binary in package.binaries]
    origins += node.NAMES
    origins += [*wheel.TOOLS, *pythons.TOOLS, *maven.TOOLS]
    assert len(origins) == len(set(origins))
    assert {*PULUMI, *LAB, *ON_DEMAND} <= set(origins)


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_every_tool_can_be_built_from_a_committed_module(tool: Tool) -> None:
    for build in tool.builds:
        module = (MODULES / build.module / "go.mod").read_text()
        assert module.startswith(f"module lockgate.dev/toolchain/{build.module}\n")
        assert (MODULES / build.module / "go.sum").stat().st_size > 0


@pytest.mark.parametrize("tool", EVERY, ids=ids)
def test_every_built_package_is_pinned_to_the_tools_version_or_a_commit(tool: Tool) -> None:
    for build in tool.builds:
        module = (MODULES / build.module / "go.mod").read_text()
        sums = (MODULES / build.module / "go.sum").read_text()
        for package in build.packages:
            owners = [
                line for line in re.findall(r"^\t(\S+ v\S+)", module, re.M) if f"{package}/".startswith(line.split()[0] + "/")
            ]
            assert package == "." or owners, f"{package} has no version in {build.module}/go.mod"
            assert all(f"{owner} h1:" in sums for owner in owners)


@pytest.mark.parametrize("tool", [tool for tool in EVERY if tool.vendor], ids=ids)
def test_every_release_has_an_https_address_of_its_own_version_and_a_whole_checksum(tool: Tool) -> None:
    assert tool.vendor is not None
    for archive in tool.vendor.archives.values():
        algorithm, _, digest = archive.digest.partition(":")
        assert re.fullmatch(r"[0-9a-f]+", digest)
        assert len(digest) == HEX[algorithm]
        assert archive.url.startswith("https://")
        assert tool.vendor.version in archive.url


@pytest.mark.parametrize("tool", [tool for tool in TOOLS if tool.on_path], ids=ids)
def test_what_is_pinned_fits_the_rule_for_what_is_installed(tool: Tool) -> None:
    assert tool.on_path is not None
    assert fits(tool.version, tool.on_path)
    assert tool.vendor is None or fits(tool.vendor.version, tool.on_path)


@pytest.mark.parametrize("name", wheel.TOOLS)
def test_every_program_in_a_wheel_is_pinned_by_version_and_hashes_of_both_machines(name: str) -> None:
    lock = (wheel.LOCKS / f"{name}.txt").read_text()
    assert f"=={wheel.TOOLS[name].version} " in lock
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", lock)) == 2


@pytest.mark.parametrize("name", pythons.TOOLS)
def test_every_program_with_libraries_is_pinned_with_all_of_them_by_hashes(name: str) -> None:
    lock = (pythons.LOCKS / f"{name}.txt").read_text()
    entries = [line for line in lock.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    assert f"{name}=={pythons.TOOLS[name].version} " in lock
    assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    assert "://" not in lock


def test_no_module_file_names_a_place_outside_the_go_modules() -> None:
    for file in MODULES.glob("*/go.mod"):
        assert "=> /" not in file.read_text()
        assert "=> ." not in file.read_text()
