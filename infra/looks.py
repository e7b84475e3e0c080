"""Texts that are secrets by their looks: to hide them, and to notice them where nobody called them secret.

Only forms that nothing else has. Who wants to hide more than these adds to them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

KINDS = {
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,})",
    "a GitLab token": r"\bglpat-[\w-]{20,}",
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Slack webhook": r"\bhttps://hooks\.slack\.com/(?:services|workflows)/[\w/-]{20,}",
    "a Google API key": r"\bAIza[\w-]{35}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a PyPI token": r"\bpypi-AgE[\w-]{50,}",
    "a SonarQube token": r"\bsq[apu]_[0-9a-f]{40}\b",
    "a Pulumi token": r"\bpul-[0-9a-f]{40}\b",
    "a Stripe key": r"\b[rs]k_live_[A-Za-z0-9]{16,}",
    "a private key": r"(?s:-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z))",
}
PATTERNS = {kind: re.compile(pattern) for kind, pattern in KINDS.items()}
MARK = re.compile(r"\[looks like (an? [^\]]+)\]")


def hidden(text: str) -> str:
    """The text with a mark, as in "[looks like a GitHub token]", in the place of each."""
    for kind, pattern in PATTERNS.items():
        text = pattern.sub(f"[looks like {kind}]", text)
    return text


def seen(text: str) -> Iterator[str]:
    """What secrets the text holds, each kind once, as in "a GitHub token"; one that was hidden counts too."""
    marked = {match[1] for match in MARK.finditer(text)}
    yield from (kind for kind, pattern in PATTERNS.items() if kind in marked or pattern.search(text))
