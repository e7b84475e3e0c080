"""Follows the engine's events of one update: which phase it is in, what it says, and why it failed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

IDLE_STEPS = ("same", "read", "refresh", "read-replacement")
PHASES = {
    "lockgate:index:Preflight": "preflight",
    "kubernetes:apps/v1:Deployment": "deploy",
    "lockgate:index:SlotReady": "ready",
    "lockgate:index:SmokeTest": "smoke",
    "lockgate:index:Cutover": "cutover",
    "lockgate:index:Rollout": "rollout",
}
BAKING = ("baking", "moving the traffic back")
NAMED_PHASE = re.compile(r"^(preflight|deploy|ready|smoke|cutover|bake|rollout|schema): ")
GENERIC = re.compile(
    r"^(update|preview|refresh) (failed|canceled)$|^an unhandled error occurred: program exited with non-zero exit code: \d+$"
)
WRAPPING = re.compile(r"^(?:Exception calling application: |rpc error: code = \w+ desc = |sdk-v2/provider2\.go:\d+: )+")
COLOUR = re.compile(r"<\{%[^%]*%\}>|\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Failure:
    """Why an update failed: the phase that it failed in, and the cause in the words of whoever noticed."""

    phase: str
    cause: str


@dataclass
class Follower:
    """``say`` gets what happens now, ``done`` what is finished; both a phase and a text."""

    say: Callable[[str, str], None]
    done: Callable[[str, str], None]
    failures: list[Failure] = field(default_factory=list)
    changes: Mapping[str, int] = field(default_factory=dict)
    phase: str = ""
    _started: dict[str, float] = field(default_factory=dict)

    def feed(self, event: Mapping[str, Any]) -> None:
        """One engine event, as in Pulumi's event log."""
        if "diagnosticEvent" in event:
            self._diagnose(event["diagnosticEvent"])
        elif "resourcePreEvent" in event:
            self._begin(event["resourcePreEvent"]["metadata"])
        elif "resOutputsEvent" in event:
            self._end(event["resOutputsEvent"]["metadata"])
        elif "summaryEvent" in event:
            changes = event["summaryEvent"].get("resourceChanges") or {}
            self.changes = {kind: count for kind, count in changes.items() if kind not in IDLE_STEPS}

    def _begin(self, step: Mapping[str, Any]) -> None:
        phase = PHASES.get(step["type"])
        if phase and step["op"] not in IDLE_STEPS and not step["op"].startswith("delete"):
            self._started[step["urn"]] = time.monotonic()
            self._tell(phase, "")

    def _tell(self, phase: str, text: str) -> None:
        self.phase = phase
        self.say(phase, text)

    def _end(self, step: Mapping[str, Any]) -> None:
        started = self._started.pop(step["urn"], None)
        if started is not None:
            self.done(PHASES[step["type"]], f"{time.monotonic() - started:.1f} s")

    def _diagnose(self, diagnosis: Mapping[str, Any]) -> None:
        text = COLOUR.sub("", diagnosis.get("message", "")).strip()
        kind = str(diagnosis.get("urn", "")).partition("::")[2].partition("::")[2].partition("::")[0].rpartition("$")[2]
        phase = PHASES.get(kind, "")
        if diagnosis["severity"] == "error":
            self._fail(phase or ("deploy" if kind.startswith("kubernetes:") else "program"), text)
        elif diagnosis["severity"] == "info" and phase and text:
            self._tell("bake" if text.startswith(BAKING) else phase, text)

    def _fail(self, phase: str, text: str) -> None:
        if not text or GENERIC.match(text):
            return
        text = WRAPPING.sub("", text)
        named = NAMED_PHASE.match(text)
        failure = Failure(named[1], text[named.end() :]) if named else Failure(phase, text)
        if failure not in self.failures:
            self.failures.append(failure)
