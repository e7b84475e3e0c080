"""docs/policy.md holds the rules as they are."""

from __future__ import annotations

from policy.document import PAGE, with_rules


def test_the_page_is_written_by_the_rules() -> None:
    page = PAGE.read_text()
    assert with_rules(page) == page, "run `python -m policy.document`"
