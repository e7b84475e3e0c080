"""Labels by path and size, as .github/review.yml says."""

from __future__ import annotations

import pytest

from infra.errors import UsageError
from operations.review.rules import File, Rules, size

RULES = Rules.read("labels:\n  docs: ['*.md', '/docs/']\n  web: ['web/**']\nuncounted: ['*.lock']\nlarge: 50\n")


def fitting(**files: int) -> list[str]:
    return RULES.fitting([File(path=path.replace("__", "/").replace("_", "."), lines=lines) for path, lines in files.items()])


def test_each_label_whose_pattern_fits_a_file_is_given_once() -> None:
    assert fitting(docs__a_txt=1, README_md=1, web__x__y_js=1) == ["docs", "web", "size/XS"]


def test_a_folder_of_the_root_is_none_of_the_same_name_below() -> None:
    assert fitting(web2__docs__a_txt=1) == ["size/XS"]


def test_what_tools_write_counts_for_no_size_and_still_gets_its_label() -> None:
    assert fitting(web__npm_lock=5000, web__a_js=12) == ["web", "size/S"]


@pytest.mark.parametrize(
    ("lines", "label"),
    [(0, "XS"), (9, "XS"), (10, "S"), (29, "S"), (30, "M"), (99, "M"), (100, "L"), (499, "L"), (500, "XL"), (90000, "XL")],
)
def test_a_size_begins_at_its_lines(lines: int, label: str) -> None:
    assert size(lines) == f"size/{label}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("labels: [docs]", "labels = ['docs']"),
        ("large: 0", "large = 0"),
        ("lables: {}", "lables = {}"),
        ("labels: {docs: ['']}", "labels.docs.0 = "),
        ("labels: {", "is no YAML"),
    ],
)
def test_rules_that_are_none_are_refused_with_their_place(text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        Rules.read(text)
    assert str(error.value).startswith(".github/review.yml: ")
    assert said in str(error.value)


def test_without_rules_only_the_size_is_given() -> None:
    assert Rules.read("").fitting([File(path="a", lines=700)]) == ["size/XL"]
