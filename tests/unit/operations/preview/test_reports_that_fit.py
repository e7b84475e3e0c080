"""A document that is too long loses rows, never its form."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import CONFIG, DEPLOYMENT, change, finding, in_order, rendered, report, stack

from infra.plan import Change, Operation
from operations.preview import cut, markdown
from operations.preview.comment import MARKER
from operations.preview.cut import Document, Part, Section
from operations.preview.model import Drift, Report, StackReport
from policy import Finding

VOID = {"br", "hr", "img"}


class Outline(HTMLParser):
    """Which elements are open where; fails on one that is closed in the wrong order, or never."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.inside: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.inside.append((" ".join(self.open), data))


def outline(text: str) -> Outline:
    return Outline(rendered(text))


NAMES = st.text(st.sampled_from("ab|`<>@#\\\n é漢🎉") | st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)
OPERATIONS: list[Operation] = ["create", "update", "replace", "delete", "same"]


def denied(text: str) -> Finding:
    return finding("deny", text)


CHANGES = st.builds(
    lambda operation, name, old, new: change(operation, name, CONFIG, old={"size": old}, new={"size": new}),
    st.sampled_from(OPERATIONS), NAMES, NAMES, NAMES,
)  # fmt: skip
STACKS = st.builds(
    lambda name, changes, error, notes, drifted, told: stack(
        name, *changes, error=error, notes=notes, drift=Drift(changes=tuple(drifted)), findings=tuple(map(denied, told))
    ),
    NAMES, st.lists(CHANGES, max_size=12), st.just("") | NAMES, st.lists(NAMES, max_size=3).map(tuple),
    st.lists(CHANGES, max_size=2), st.lists(NAMES, max_size=3),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(STACKS, min_size=1, max_size=4), st.integers(1_500, 12_000))
def test_any_report_fits_any_limit_and_is_whole_markdown(stacks: list[StackReport], limit: int) -> None:
    text = markdown.comment(Report(stacks=tuple(stacks)), MARKER, limit)
    assert len(text.encode()) <= limit
    found = outline(text)
    assert found.open == []
    assert text.count("<details>") == text.count("</details>")
    for place, data in found.inside:
        if "see the full report" in data and "td" not in place.split():
            assert set(place.split()) <= {"p", "ul", "li", "blockquote", "pre", "code", "details"}


@given(st.lists(st.lists(st.integers(0, 300), max_size=8), max_size=6), st.integers(60, 3_000))
def test_parts_fit_for_any_sizes(sections: list[list[int]], limit: int) -> None:
    made = Document(
        head="head\n",
        sections=tuple(
            Section(
                title="t\n", parts=(Part(head="[\n", rows=tuple("x" * size + "\n" for size in sizes), tail="]\n", what="rows"),)
            )
            for sizes in sections
        ),
    )
    text = cut.fit(made, limit)
    assert len(text) <= limit
    assert text.count("[") == text.count("]")
    if len(cut.whole(made)) <= limit:
        assert text == cut.whole(made)


def rows(text: str) -> Part:
    return Part(head=f"{text}\n", rows=(text * 40 + "\n",) * 90, what=text, weight="ab".index(text))


def test_what_weighs_least_stays_longest_but_hides_nothing() -> None:
    made = Document(head="", sections=(Section(title="", parts=(rows("b"), rows("a"))),))
    text = cut.fit(made, 5_500)
    assert (text.count("a" * 40), text.count("b" * 40)) == (90, 42)
    assert "more b, see the full report (artifact)" in text
    assert "… 90 more b" in cut.fit(made, 1_000)


def thousands(count: int = 2_000) -> list[Change]:
    operations: list[Operation] = ["update", "create", "delete", "replace"]
    return [change(operations[number % 4], f"resource-{number}", DEPLOYMENT) for number in range(count)]


def test_two_thousand_changes_fit_and_each_operation_shows_its_first() -> None:
    text = markdown.comment(report(stack("prod", *thousands()), stack("dev", change("update", "small"))), MARKER)
    assert 60_000 < len(text.encode()) <= markdown.LIMIT
    outline(text)
    assert "500 to replace, 500 to delete, 500 to update, 500 to create" in text
    marks = [text.count(mark) for mark in markdown.MARKS.values()]
    assert all(count >= 30 for count in marks[:4])
    assert sum(marks) > 250
    marks = [f"{sign}\u00a0{word}" for sign, word in zip("±−~+", ("replace", "delete", "update", "create"), strict=True)]
    assert in_order(text, marks[0], "more to replace, see the full report (artifact)", *marks[1:], "small")


def test_the_full_report_of_two_thousand_changes_has_them_all() -> None:
    full = markdown.full(report(stack("prod", *thousands())))
    assert [number for number in range(2_000) if f">resource-{number}<" not in full] == []
    outline(full)


@pytest.mark.parametrize("count", [3, 100, 1_000])
def test_any_number_of_stacks_fits(count: int) -> None:
    text = markdown.comment(
        report(*(stack(f"stack-{number}", change("delete"), change("update")) for number in range(count))), MARKER
    )
    assert len(text.encode()) <= markdown.LIMIT
    assert text.startswith(MARKER)
    outline(text)


def test_a_long_error_keeps_its_first_line_and_its_end() -> None:
    error = "\n".join(["program: failed", *(f"line {number} " + "x" * 300 for number in range(500)), "ValueError: the cause"])
    text = markdown.comment(report(stack("prod", error=error)), MARKER)
    assert len(text) < 6_000
    assert "program: failed" in text
    assert "ValueError: the cause" in text
    assert "line 100 " in markdown.full(report(stack("prod", error=error)))
