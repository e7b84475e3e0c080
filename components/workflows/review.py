"""What a repository says about reviews, as files of ``.github/`` beside the workflows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.workflows.text import Data, document

LABELS: Mapping[str, tuple[str, ...]] = {
    "dependencies": ("*.lock", "package-lock.json", "package.json", "pyproject.toml", "Aptfile"),
    "documentation": ("*.md", "/docs/"),
    "infrastructure": ("Dockerfile", "Pulumi*.yaml", "/charts/", "/migrations/"),
    "pipeline": ("/.github/", "/scripts/"),
    "tests": ("/tests/", "*.test.js"),
}
UNCOUNTED = ("*.lock", "package-lock.json", "*.min.js", "*.svg", "/dist/", "/node_modules/")
CHECKLIST = ("Tests cover what changed", "Documentation says what changed", "No secret is in the change or its history")


@dataclass(frozen=True, kw_only=True)
class Review:
    """``labels`` are given where a path fits one of the patterns (those of .gitignore). Files of ``uncounted`` count for no
    size; a change of more than ``large`` lines is warned of. ``owners`` are CODEOWNERS' lines: a pattern, and who is asked.
    ``checklist`` are the boxes of a pull request's template; one that ends with ``(optional)`` need not be ticked.

    Without ``owners`` or ``checklist`` there is no such file, and a person's own counts.
    """

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: LABELS)
    uncounted: tuple[str, ...] = UNCOUNTED
    large: int = 500
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checklist: tuple[str, ...] = CHECKLIST

    def __post_init__(self) -> None:
        wrong = [one for pattern, names in self.owners.items() for one in (pattern, *names) if re.search(r"[\s#]|^$", one)]
        wrong += [one for names in self.owners.values() for one in names if "@" not in one]
        wrong += [one for one in self.checklist if "\n" in one or not one.strip()]
        if wrong:
            raise ValueError(f"review: {wrong}: must be a pattern or @owner without blanks, or a box of one line; correct it")

    def files(self, head: str) -> Mapping[str, str]:
        """Paths from the repository's root, and texts; those that take comments begin with ``head``."""
        rules: Data = {"labels": dict(self.labels), "uncounted": self.uncounted, "large": self.large}
        found = {".github/review.yml": document(rules, head)}
        if self.owners:
            lines = (" ".join((pattern, *names)) for pattern, names in self.owners.items())
            found[".github/CODEOWNERS"] = "\n".join([f"# {head}", *lines, ""])
        if self.checklist:
            boxes = "\n".join(f"- [ ] {one}" for one in self.checklist)
            found[".github/pull_request_template.md"] = f"## What changes, and why\n\n## Before it is merged\n\n{boxes}\n"
        return found
