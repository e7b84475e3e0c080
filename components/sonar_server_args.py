"""What a SonarQube server needs to be told."""

from __future__ import annotations

import re
from dataclasses import dataclass

NODE_PORTS = range(30000, 32768)

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_STORAGE = re.compile(r"([1-9][0-9]*(Mi|Gi|Ti))?")


@dataclass(frozen=True, kw_only=True)
class SonarServerArgs:
    """``image`` is SonarQube's, version 10 or newer, ``database_image`` PostgreSQL's, both by digest.

    It is reached at ``url``, where that is empty on this machine by ``node_port``. ``storage`` is how much the database gets of
    the cluster's default storage class, such as 10Gi; where it is empty, the data goes with the database's pod. ``namespace`` is
    made unless ``create_namespace`` is False.
    """

    image: str
    database_image: str
    namespace: str = "sonarqube"
    create_namespace: bool = True
    node_port: int | None = None
    url: str = ""
    storage: str = ""

    def __post_init__(self) -> None:
        for field in ("image", "database_image"):
            if "@sha256:" not in getattr(self, field):
                raise ValueError(f"{field} = {getattr(self, field)}: must be a reference by digest (repo[:tag]@sha256:...)")
        if not _NAME.fullmatch(self.namespace):
            raise ValueError(f"namespace = {self.namespace}: must be at most 63 lower-case letters, digits and hyphens")
        if self.node_port is not None and self.node_port not in NODE_PORTS:
            raise ValueError(f"node_port = {self.node_port}: must be from {NODE_PORTS.start} to {NODE_PORTS.stop - 1}")
        if not self.url and self.node_port is None:
            raise ValueError("url = '' and node_port = None: one must be given, or nobody can reach the server")
        if not _STORAGE.fullmatch(self.storage):
            raise ValueError(f"storage = {self.storage}: must be a size such as 10Gi, or empty")
