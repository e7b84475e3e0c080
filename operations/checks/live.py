"""Asks a live service for its version, as anybody who calls it sees it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from infra.errors import ReleaseError
from operations import state
from operations.pulumi_cli import Pulumi

REQUEST_SECONDS = 5.0
PAUSE_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Expected:
    """``address`` answers JSON, whose ``field`` must be ``version``."""

    address: str
    field: str
    version: str


def expected(pulumi: Pulumi, stack: str, image: str = "") -> Expected:
    """What the stack's live release must answer. With ``image``, its digest must be the live one's. Raises ``ReleaseError``."""
    known = state.read(pulumi, stack)
    live, url = known.ledger.live_release, known.output("url")
    if live is None:
        raise ReleaseError(f"stack {stack}: nothing is live; release something first")
    if not url.startswith("http"):
        raise ReleaseError(f"stack {stack}: it has no address from outside; set nodePort, or ask in the cluster")
    digest = image.rpartition("@")[2]
    if image and not live.image.endswith(f"@{digest}"):
        raise ReleaseError(f"stack {stack}: {live.image} is live, not the image by digest {digest}")
    path, field = (str(pulumi.project.setting(stack, key)) for key in ("smokePath", "smokeField"))
    return Expected(address=url.rstrip("/") + path, field=field, version=live.version)


def check(wanted: Expected, seconds: float, clock: Callable[[], float] = time.monotonic) -> str:
    """One sentence once the version is there. Raises ``ReleaseError`` with the last answer after ``seconds``."""
    end = clock() + seconds
    while True:
        said = _ask(wanted)
        if said == wanted.version:
            return f"{wanted.address} answers {wanted.field} {said}"
        if clock() >= end:
            raise ReleaseError(f"{wanted.address}: {wanted.field} must be {wanted.version}, and is {said}, after {seconds:g} s")
        time.sleep(PAUSE_SECONDS)


def _ask(wanted: Expected) -> str:
    """The field's text, or what came instead."""
    try:
        answer = httpx2.get(wanted.address, timeout=REQUEST_SECONDS, trust_env=False)
        body = answer.json()
    except httpx2.HTTPError as error:
        return f"no answer ({type(error).__name__})"
    except ValueError:
        return f"no JSON (status {answer.status_code})"
    if not answer.is_success or not isinstance(body, dict):
        return f"no version (status {answer.status_code})"
    return str(body.get(wanted.field))
