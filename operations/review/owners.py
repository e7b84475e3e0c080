"""Who owns what a pull request changes: the CODEOWNERS file of the branch that it goes into.

Source: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pathspec import GitIgnoreSpec

FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks; the first that is there counts."""


@dataclass(frozen=True)
class Rule:
    """``owners`` are ``@user``, ``@organization/team`` or an address; none takes a path's owners away."""

    pattern: str
    owners: tuple[str, ...]

    def fits(self, path: str) -> bool:
        """As in .gitignore, but for ``docs/*``, which is of the files in a folder and of none in the folders below."""
        deeper = self.pattern.endswith("/*") and _spec(f"{self.pattern}/**").match_file(path)
        return _spec(self.pattern).match_file(path) and not deeper


def parse(text: str) -> list[Rule]:
    """The rules, in their order. GitHub passes over what it does not know: negations and ranges of characters."""
    lines = (re.split(r"(?<!\\)#", line)[0].split() for line in text.splitlines())
    return [Rule(line[0], tuple(line[1:])) for line in lines if line and not re.match(r"!|.*\[", line[0])]


def owners(rules: list[Rule], paths: Iterable[str]) -> list[str]:
    """The owners of all paths, each once. Of a path's rules the last one counts."""
    found: dict[str, None] = {}
    for path in paths:
        last = next((rule for rule in reversed(rules) if rule.fits(path)), None)
        found |= dict.fromkeys(last.owners if last else ())
    return list(found)


def _spec(pattern: str) -> GitIgnoreSpec:
    return GitIgnoreSpec.from_lines([pattern])
