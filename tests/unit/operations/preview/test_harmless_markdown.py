"""Text from resources and diagnostics is shown as it is, and does nothing else in a comment."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import rendered

from operations.preview.escape import code, fence, plain, prose

NASTY = [
    "a | b || c", "`x`", "``` ```", "\\|", "a\\", "<script>alert(1)</script>", "</details></td></table>", "<!-- x", "-->",
    "**b** _i_ ~~s~~", "[a](http://evil.example)", "![i](http://evil.example/x.png)", "@octocat", "fix #12 and GH-3", "a\nb",
    "a\r\n\r\n# Title", "&lt;b&gt;", "$x$ and $$y$$", ":tada:", "\u202egnp.exe", "x\x00y", "<https://evil.example>",
    "| --- |\n| x |",
]  # fmt: skip
TEXT = st.text(st.sampled_from("ab @#`|\\<>&*_[]()~!$\n-:/'\"") | st.characters(), max_size=30)


def cells(markdown: str) -> list[str]:
    """The cells of the body of the one table in it."""
    found = rendered(f"| A | B |\n| --- | --- |\n| {markdown} | end |\n")
    assert found.count("<tr>") == 2
    return re.findall(r"<td>(.*?)</td>", found, re.DOTALL)


def shown(fragment: str) -> str:
    """What a reader sees of HTML that has but types of code."""
    assert re.sub(r"</?code>", "", fragment).count("<") == 0
    return html.unescape(re.sub(r"</?code>", "", fragment)).replace("\u200b", "")


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("form", [code, prose])
def test_a_cell_shows_the_text_and_stays_one_cell(form: object, text: str) -> None:
    made = code(text) if form is code else prose(text)
    found = cells(f"x{made}x")
    assert len(found) == 2
    expected = plain(text) if form is code else plain(re.sub("`([^`]*)`", r"\1", text))
    assert shown(found[0])[1:-1] == expected


@given(TEXT)
def test_any_text_stays_one_cell_of_a_table(text: str) -> None:
    assert len(cells(f"x{prose(text)}x{code(text)}x")) == 2


@pytest.mark.parametrize("text", ["@octocat", "ask @lab/platform", "see #12", "GH-12", "x@octocat"])
def test_nobody_is_mentioned_and_no_issue_is_linked(text: str) -> None:
    """GitHub looks at what is left when the entities are read, outside the type of code."""
    read = html.unescape(re.sub(r"<code>.*?</code>", "", rendered(prose(text))))
    assert re.search(r"(@|#|[Gg][Hh]-)\w", read) is None


def test_addresses_and_quoted_names_are_in_the_type_of_code() -> None:
    assert prose("run `pulumi up` or see https://host/x.") == "run <code>pulumi up</code> or see <code>https://host/x.</code>"


@given(TEXT)
def test_a_block_of_code_is_not_closed_by_its_content(text: str) -> None:
    made = rendered(f"before\n{fence(text)}\nafter\n")
    assert made.count("<pre>") == 1
    assert made.endswith("</code></pre>\n<p>after</p>\n")


def test_a_block_of_code_keeps_its_lines() -> None:
    assert fence("a\n  b\n```\nc") == "\n````text\na\n  b\n```\nc\n````\n"
