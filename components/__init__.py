"""Lockgate's components, each usable in a program of your own.

What needs the SDK of GitHub's or AWS's provider is imported when it is asked for: a program with a service alone does not pay
for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from components.args import BlueGreenServiceArgs, RollingServiceArgs, ServiceArgs, SmokeTestArgs
from components.bluegreen import BlueGreenService
from components.rolling import RollingService

if TYPE_CHECKING:
    from components.repository import Repository
    from components.repository_args import RepositoryArgs

_LATER = {
    "Repository": "components.repository",
    "RepositoryArgs": "components.repository_args",
}

__all__ = [
    "BlueGreenService",
    "BlueGreenServiceArgs",
    "Repository",
    "RepositoryArgs",
    "RollingService",
    "RollingServiceArgs",
    "ServiceArgs",
    "SmokeTestArgs",
]


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATER[name]), name)
