"""A service's updates, one after the other: each reads the past that the ones before it left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import ResourceOptions
from pydantic import SecretStr
from recording_engine import PROJECT, STACK, Recorder, Registered, run

from components import BlueGreenService, BlueGreenServiceArgs, RollingService, RollingServiceArgs, SmokeTestArgs
from infra.ledger import DEFAULT_LIMIT, Entry, Ledger
from infra.plain import plain
from infra.release import Release

DIGEST = "sha256:" + "a" * 64
KINDS: Mapping[type, tuple[str, str]] = {
    BlueGreenServiceArgs: ("BlueGreenService", "Cutover"),
    RollingServiceArgs: ("RollingService", "Rollout"),
}


def _common(version: str, changes: dict[str, Any]) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "image": f"127.0.0.1:15000/podinfo:{version}@{DIGEST}",
        "version": version,
        "namespace": "podinfo-prod",
        "port": 9898,
        "config": {"COLOR": version},
        "smoke_test": SmokeTestArgs(image="127.0.0.1:15000/tools/smoke:1"),
        "kube_context": "lockgate-lab",
    }
    return {**usual, **changes}


def blue_green(version: str = "1.0.0", **changes: Any) -> BlueGreenServiceArgs:
    return BlueGreenServiceArgs(**_common(version, changes))


def rolling(version: str = "1.0.0", **changes: Any) -> RollingServiceArgs:
    return RollingServiceArgs(**_common(version, changes))


def secrets(**values: str) -> dict[str, SecretStr]:
    return {key: SecretStr(value) for key, value in values.items()}


class Story:
    """A stack's life. ``plan`` shows what an update would register; ``up`` lets it end well, too."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.past: dict[str, Any] = {}

    def plan(self, args: Any, opts: ResourceOptions | None = None) -> Recorder:
        component = BlueGreenService if isinstance(args, BlueGreenServiceArgs) else RollingService
        return run(lambda: component("podinfo", args, opts), self.past)

    def up(self, args: Any) -> Recorder:
        recorder = self.plan(args)
        self.ended_well(recorder, type(args), args.ledger_limit)
        return recorder

    def ended_well(self, recorder: Recorder, args: type, limit: int = DEFAULT_LIMIT) -> None:
        """What a service of ``args``'s kind registered has come to be."""
        component, keeper = KINDS[args]
        made = recorder.registered[f"lockgate:index:{keeper}", "podinfo"]
        inputs = plain(made.inputs)
        self._record(Release.from_dict(inputs["release"]), inputs.get("slot", ""), limit)
        urn = f"urn:pulumi:{STACK}::{PROJECT}::lockgate:index:{component}$lockgate:index:{keeper}::podinfo"
        outputs = {**inputs, "ledger": self.ledger.to_dict(), "pods": self.ledger.pods()}
        self.past = {urn: {"type": f"lockgate:index:{keeper}", "outputs": outputs}}

    def refresh(self, slot: str) -> None:
        """The cluster's traffic is in ``slot``, whatever the ledger says."""
        (resource,) = self.past.values()
        resource["outputs"]["slot"] = slot

    def _record(self, release: Release, slot: str, limit: int) -> None:
        if release.id != self.ledger.live:
            entry = Entry(release=release.id, slot=slot, kind=self.ledger.kind_of(release), at="", previous=self.ledger.live)
            self.ledger = self.ledger.record(release, entry, limit)


def after(*versions: str, **changes: Any) -> Story:
    """A blue-green service after releases of these versions."""
    story = Story()
    for version in versions:
        story.up(blue_green(version, **changes))
    return story


def names(recorder: Recorder, kind: str) -> set[str]:
    return {name for registered, name in recorder.registered if registered.rsplit(":", 1)[-1] == kind}


def find(recorder: Recorder, kind: str, name: str) -> Registered:
    (found,) = (made for (k, n), made in recorder.registered.items() if (k.rsplit(":", 1)[-1], n) == (kind, name))
    return found


def comes_before(recorder: Recorder, first: Registered, then: Registered) -> bool:
    """Whether ``then`` depends on ``first``, at any distance."""
    by_urn = {made.urn: made for made in recorder.registered.values()}
    known, todo = set(), [then.urn]
    while todo:
        for urn in by_urn[todo.pop()].depends_on - known:
            known.add(urn)
            todo.append(urn)
    return first.urn in known
