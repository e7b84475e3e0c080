"""Editing a stack's file leaves alone what it is not asked to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import UsageError
from operations import stackfile
from operations.project import Project

TEXT = """# What differs in prod.
config:
  # two of them
  lockgate:replicas: 3   # at night too
  lockgate:config:
    COLOR: "blue"
    SIZE: big
  lockgate:nodePort: 30083

  # the end
"""
VALUES = st.one_of(st.text(), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=8), max_size=3))


def edited(text: str, **values: Any) -> str:
    return stackfile.edited(text, {f"lockgate:{key}": value for key, value in values.items()}, "Pulumi.prod.yaml")


def test_a_new_key_is_one_more_line_and_nothing_else() -> None:
    after = edited(TEXT, image="podinfo:1.0.0").splitlines()
    added = '  lockgate:image: "podinfo:1.0.0"'
    assert [line for line in after if line != added] == TEXT.splitlines()
    assert after.count(added) == 1


def test_a_changed_key_stays_on_its_line_with_its_comment() -> None:
    assert edited(TEXT, replicas=4) == TEXT.replace("replicas: 3 ", "replicas: 4 ")


def test_a_block_of_values_is_replaced_as_a_whole() -> None:
    after = edited(TEXT, config={"COLOR": "green"})
    assert yaml.safe_load(after)["config"]["lockgate:config"] == {"COLOR": "green"}
    assert "SIZE" not in after
    assert "# the end" in after


def test_what_was_set_and_taken_away_again_leaves_no_trace() -> None:
    keys = {"image": "a", "config": {"A": "1"}, "note": "why: # because"}
    plain = TEXT.replace('  lockgate:config:\n    COLOR: "blue"\n    SIZE: big\n', "")
    assert edited(edited(plain, **keys), **dict.fromkeys(keys)) == plain


@given(VALUES)
def test_every_value_is_read_back_as_it_was_written(value: Any) -> None:
    assert yaml.safe_load(edited(TEXT, note=value))["config"]["lockgate:note"] == value


@pytest.mark.parametrize("text", ["", "config: {}\n", "config:\n", "# only a comment\n", "encryptionsalt: v1:x\n"])
def test_a_file_without_config_gets_its_block(text: str) -> None:
    after = yaml.safe_load(edited(text, version="1.0"))
    assert after["config"] == {"lockgate:version": "1.0"}
    assert ("encryptionsalt" in after) == ("encryptionsalt" in text)


@pytest.mark.parametrize("text", ["config: [1]\n", "config: {lockgate:port: 1}\n", "config: 5\n", "- a\n", "a: b: c\n"])
def test_a_file_that_cannot_be_edited_line_by_line_is_refused_by_name(text: str) -> None:
    with pytest.raises(UsageError, match=r"Pulumi\.prod\.yaml"):
        edited(text, image="a")


def test_the_salt_comes_last_and_goes_again(project: Project) -> None:
    path = project.stack_file("prod")
    before = path.read_text()
    stackfile.set_top(path, "encryptionsalt", "v1:abc=:v1:def==")
    assert path.read_text() == f"{before}encryptionsalt: v1:abc=:v1:def==\n"
    assert stackfile.top(path, "encryptionsalt") == "v1:abc=:v1:def=="
    stackfile.set_top(path, "encryptionsalt", None)
    assert path.read_text() == before


def test_an_edit_keeps_the_files_mode_and_leaves_no_other_file(project: Project) -> None:
    path = project.stack_file("prod")
    path.chmod(0o640)
    stackfile.edit(path, {"image": "a"})
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in Path(project.root).iterdir()) == ["Pulumi.prod.yaml", "Pulumi.yaml"]
