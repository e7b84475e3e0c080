"""Text of plain data reads back as that data, for a YAML 1.1 and for a YAML 1.2 reader."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from components.workflows.text import Noted, document, scalar

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\t :#-"), max_size=30)
TRAPS = ["on", "yes", "No", "null", "~", "1e3", "0x1f", "0o17", "3.10", "12:30", ".5", "1_000", "=", "<<", "- a", "# a"]
WORDS = st.sampled_from(TRAPS)
SCALARS = st.one_of(TEXTS, WORDS, st.booleans(), st.integers(-(2**40), 2**40))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | WORDS, inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS | WORDS, TREES, min_size=1, max_size=4)


def read_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(StringIO(text))


@given(DOCUMENTS)
@example({"on": {"a": "a\n\n  b\n"}, "b": ["x: y", "a #b", "a:", "a ", "\ta\n", "\na", "a\n\n"]})
@example({"a": "a\n\tb\tc\n", "b": "a\t\nb"})
@example({"a": ["\u2028", "\x85", "\ufeff", "\U0001f600", "\x7f", "é"]})
def test_both_yamls_read_back_what_was_written(data: dict[str, Any]) -> None:
    text = document(data)
    assert yaml.safe_load(text) == data
    assert read_1_2(text) == data


def test_the_same_data_gives_the_same_text_in_its_own_order() -> None:
    data = {"b": 1, "a": {"z": [True, {"x": "y", "w": []}], "y": {}}}
    assert document(data) == 'b: 1\na:\n  z:\n    - true\n    - x: "y"\n      w: []\n  "y": {}\n'
    assert document(data) == document(data)


def test_a_comment_stands_behind_its_value_and_above_the_document() -> None:
    assert document({"contents": Noted("read", "check out the source")}, "Rendered") == (
        "# Rendered\ncontents: read # check out the source\n"
    )


def test_a_script_stands_as_a_block() -> None:
    assert document({"run": "set -e\n\nmake\n"}) == "run: |\n  set -e\n\n  make\n"


@pytest.mark.parametrize("word", ["on", "Off", "yes", "n", "True", "null", "~", "3.10", "1e3", "0o7", "22:22", "", "- a", "{}"])
def test_a_word_that_a_yaml_takes_for_something_else_is_quoted(word: str) -> None:
    assert scalar(word) == f'"{word}"'


@pytest.mark.parametrize("word", ["main", "v1.2.3", "./scripts/ci/build.sh", "${{ github.sha }}", 'make "$KIND"', "a:b", "a#b"])
def test_a_plain_word_stays_plain(word: str) -> None:
    assert scalar(word) == word
