"""What the environment tells the service."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Settings:
    """``database_url`` "" keeps the links in memory; ``redis_url`` "" goes without a cache. Neither is ever printed."""

    version: str = "0.0.0"
    revision: str = ""
    host: str = "127.0.0.1"
    port: int = 9898
    database_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads VERSION, REVISION, HOST, PORT, DATABASE_URL and REDIS_URL; an empty one counts as not there.

        Raises ValueError where PORT is no port.
        """
        names = ("version", "revision", "host", "database_url", "redis_url")
        given = {name: environment[name.upper()] for name in names if environment.get(name.upper())}
        return cls(port=_port(environment.get("PORT") or "9898"), **given)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise ValueError(f"PORT = {text}: must be a number from 1 to 65535; set it anew, or leave it out for 9898")
    return int(text)
