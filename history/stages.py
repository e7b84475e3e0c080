"""What a job is for, by its name in the standard pipeline. Pure."""

from __future__ import annotations

import re

from history.model import Stage

_STAGES: tuple[tuple[Stage, str], ...] = (
    ("rollback", r"^Roll back\b"),
    ("deploy", r"^Deploy to |^Publish\b"),
    ("scan", r"^Security Scan\b|^SAST\b|^Dependencies, Images|^Scan of What Is Published\b|^Findings of the Image\b"),
    ("test", r"Tests\b"),
    ("quality", r"^Quality Check\b|^SonarQube\b|^Technical Debt\b"),
    ("build", r"^Build\b"),
)
"""The first that fits. A job of a called workflow is named after its caller, as in ``Security Scan / SAST``."""


def stage_of(job: str) -> Stage:
    """``other`` for a name that the standard pipeline does not have."""
    return next((stage for stage, pattern in _STAGES if re.search(pattern, job)), "other")
