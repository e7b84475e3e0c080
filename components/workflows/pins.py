"""Third-party actions, each at one commit: the only place that names a version of one.

What our scripts do needs no action: gitleaks, trivy and the SonarQube scanner run as programs that the scripts fetch by
version and checksum, alike on a runner and on a developer's machine (and the gitleaks action wants a licence from
organizations). GitHub's own actions are left, for what only they can do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Pin:
    """``action`` is OWNER/NAME or OWNER/NAME/FOLDER, ``sha`` the full commit of its release ``version``."""

    action: str
    sha: str
    version: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+(/[\w./-]+)?", self.action):
            raise ValueError(f"Pin.action = {self.action!r}: must be OWNER/NAME or OWNER/NAME/FOLDER; correct it")
        if not re.fullmatch(r"[0-9a-f]{40}", self.sha):
            raise ValueError(
                f"Pin.sha = {self.sha!r} of {self.action}: must be a full commit SHA of 40 digits, since a tag can be moved; "
                f"see `git ls-remote https://github.com/{self.action} {self.version}`"
            )
        if not re.fullmatch(r"v?\d+(\.\d+)*", self.version):
            raise ValueError(f"Pin.version = {self.version!r} of {self.action}: must be the release of the SHA, such as v4.2.2")

    @property
    def reference(self) -> str:
        """As ``uses`` takes it."""
        return f"{self.action}@{self.sha}"

    def inside(self, action: str) -> Pin:
        """The same commit for an action in a folder of the repository."""
        return Pin(action, self.sha, self.version)


_PINS = (
    Pin("actions/attest", "1e69f48acb82d1966a394da916b4c1698aa569d6", "v4.2.2"),
    Pin("actions/cache", "27d5ce7f107fe9357f9df03efb73ab90386fccae", "v5.0.5"),
    Pin("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    Pin("actions/download-artifact", "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    Pin("actions/setup-node", "820762786026740c76f36085b0efc47a31fe5020", "v7.0.0"),
    Pin("actions/setup-python", "5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    Pin("actions/upload-artifact", "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f", "v7.0.0"),
    Pin("github/codeql-action", "8aad20d150bbac5944a9f9d289da16a4b0d87c1e", "v4.36.2"),
)
PINS = {pin.action: pin for pin in _PINS}


def pinned(action: str) -> Pin:
    """The pin of ``action``, OWNER/NAME or OWNER/NAME/FOLDER. Raises ValueError for one that has none."""
    repository = "/".join(action.split("/")[:2])
    if repository not in PINS:
        known = ", ".join(sorted(PINS))
        raise ValueError(f"uses = {action!r}: has no pin; give Pin({repository!r}, SHA, VERSION) instead, or use one of {known}")
    return PINS[repository].inside(action)
