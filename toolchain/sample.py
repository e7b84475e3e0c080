"""The sample service: podinfo, linked once per version that it shall report."""

from __future__ import annotations

from toolchain.model import GoBuild, Tool

_PODINFO = "github.com/stefanprodan/podinfo"


def podinfo(version: str) -> Tool:
    """podinfo as a static binary that says it is ``version``."""
    return Tool(
        name="podinfo",
        title=f"podinfo {version}",
        version=version,
        binaries=("podinfo",),
        builds=(
            GoBuild(
                module="podinfo",
                packages=(f"{_PODINFO}/cmd/podinfo",),
                ldflags=f"-X {_PODINFO}/pkg/version.VERSION={version}",
            ),
        ),
        minutes=0.4,
    )
