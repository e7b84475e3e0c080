"""CODEOWNERS, as GitHub describes it."""

from __future__ import annotations

import pytest

from operations.review.owners import owners, parse

TEXT = """
# Everything that has no later rule.
*       @global
*.js    @js-owner # inline
/build/logs/ @doctocat
docs/*  docs@example.com
apps/   @octocat
/apps/github @acme/hub
/apps/free
!/no @never
[abc].md @never
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("README", ["@global"]),
        ("x/y.js", ["@js-owner"]),
        ("build/logs/a/b", ["@doctocat"]),
        ("x/build/logs/a", ["@global"]),
        ("docs/getting-started.md", ["docs@example.com"]),
        ("docs/build-app/troubleshooting.md", ["@global"]),
        ("x/apps/a", ["@octocat"]),
        ("apps/github/a", ["@acme/hub"]),
        ("apps/free/a", []),
        ("no", ["@global"]),
        ("a.md", ["@global"]),
    ],
)
def test_the_last_rule_that_fits_names_the_owners(path: str, expected: list[str]) -> None:
    assert owners(parse(TEXT), [path]) == expected


def test_of_several_paths_each_owner_is_named_once() -> None:
    assert owners(parse("* @a @b\n*.md @b @c"), ["x", "y.md", "z"]) == ["@a", "@b", "@c"]


def test_without_a_rule_nobody_owns_anything() -> None:
    assert owners(parse(""), ["x"]) == []
