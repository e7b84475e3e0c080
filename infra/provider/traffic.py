"""Which traffic moves."""

from __future__ import annotations

from dataclasses import dataclass

from infra.labels import NAME, SLOT


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """The Service whose traffic moves, and when it is said to have moved."""

    namespace: str
    service: str
    preview: str
    port: int
    path: str
    readinessPath: str  # noqa: N815 - the inputs' own names
    replicas: int
    seconds: float
    bakeSeconds: float  # noqa: N815
    moveBack: bool  # noqa: N815

    def selector(self, slot: str) -> dict[str, str]:
        return {NAME: self.service, SLOT: slot}
