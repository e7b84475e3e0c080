"""An engine that records what a program registers, and answers with what it is told of the past.

It proves which resources are registered, with which inputs, parents, providers and dependencies. It does not prove what a
provider makes of them, nor hooks, transforms, or anything about a preview: those are tested on the real engine.
"""

from __future__ import annotations

import contextvars
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import json_format
from pulumi.runtime import mocks, rpc

from infra.state import READ, read_resources

PROJECT, STACK = "lockgate", "prod"
Answer = Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Registered:
    """One registration; ``inputs`` are plain, ``raw`` has the marks of secrets, ``wire`` is its text."""

    kind: str
    name: str
    urn: str
    parent: str
    provider: str
    depends_on: frozenset[str]
    inputs: Mapping[str, Any]
    raw: Mapping[str, Any]
    wire: str
    options: Mapping[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


class Refused(grpc.RpcError):
    """What a provider's function answers with when it fails."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return str(self.args[0])


class _Monitor(mocks.MockMonitor):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__(recorder)
        self.recorder = recorder

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802
        if request.type != "pulumi:pulumi:Stack":
            self.recorder.add(self.make_urn(request.parent, request.type, request.name), request)
        return super().RegisterResource(request)


class Recorder(mocks.Mocks):
    """``past`` is what the stack's last state holds: resources' outputs by URN.

    ``answers`` are the providers' functions that may be called, by token; ``outputs`` what a provider adds to a resource's
    inputs, by type.
    """

    def __init__(self, past: Mapping[str, Any], answers: Mapping[str, Answer], outputs: Mapping[str, Mapping[str, Any]]) -> None:
        self.past, self.answers, self.outputs = past, answers, outputs
        self.registered: dict[tuple[str, str], Registered] = {}

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token in self.answers:
            return dict(self.answers[args.token](args.args))
        if args.token != READ:
            raise AssertionError(f"nobody expected a call of {args.token}")
        assert args.args == {"stackName": f"organization/{PROJECT}/{STACK}"}
        return {"outputs": self.past}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        return f"{args.name}-id", {**args.inputs, **self.outputs.get(args.typ, {})}

    def add(self, urn: str, request: Any) -> None:
        made = Registered(
            kind=request.type,
            name=request.name,
            urn=urn,
            parent=request.parent,
            provider=request.provider,
            depends_on=frozenset(request.dependencies),
            inputs=_opened(rpc.deserialize_properties(request.object, keep_unknowns=True)),
            raw=json_format.MessageToDict(request.object),
            wire=json.dumps(json_format.MessageToDict(request.object), sort_keys=True),
            options={
                "protect": request.protect,
                "deletedWith": request.deletedWith,
                "retainOnDelete": request.retainOnDelete,
                "ignoreChanges": sorted(request.ignoreChanges),
            },
        )
        assert made.key not in self.registered, f"{made.key} is registered twice"
        self.registered[made.key] = made


def _opened(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return _opened(rpc.unwrap_rpc_secret(value))
    if isinstance(value, dict):
        return {key: _opened(item) for key, item in value.items()}
    return [_opened(item) for item in value] if isinstance(value, list) else value


def run(
    program: Callable[[], Any],
    past: Mapping[str, Any] | None = None,
    *,
    answers: Mapping[str, Answer] | None = None,
    outputs: Mapping[str, Mapping[str, Any]] | None = None,
) -> Recorder:
    """What ``program`` registers in a stack whose last state was ``past``."""
    recorder = Recorder(past or {}, answers or {}, outputs or {})

    read_resources.cache_clear()

    def update() -> None:
        mocks.set_mocks(recorder, PROJECT, STACK, preview=False, monitor=_Monitor(recorder), organization="organization")
        mocks.test(lambda: program() and None)()

    contextvars.copy_context().run(update)
    return recorder
