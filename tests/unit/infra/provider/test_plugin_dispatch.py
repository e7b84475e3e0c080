"""How the engine's calls reach the resources, and how values and errors travel."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import grpc
import pulumi  # noqa: F401 - before the plugin's modules, which make do with less of it in their own process
import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import LockgateError, ReleaseError
from infra.provider import protocol as wire
from infra.provider import serve
from infra.provider.kinds import KINDS
from infra.provider.plugin import Plugin, find_step, kind_of
from infra.provider.serve import Servicer

URN = "urn:pulumi:prod::lockgate::lockgate:index:BlueGreenService$lockgate:index:{}::podinfo"
HIDDEN = "hunter2"
VALUES = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


class AbortedError(Exception):
    """What gRPC raises when a call is aborted."""


class Call:
    """A gRPC call that remembers how it ended."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        self.code, self.details = code, details
        raise AbortedError


class Echo:
    """A step that gives its inputs back, or does what it is told."""

    def __init__(self, act: Callable[[], Any] = lambda: None) -> None:
        self.act = act
        self.seen: list[Any] = []

    def apply(self, old: Any, new: Any, ctx: Any) -> dict[str, Any]:
        self.seen.append((old, new, ctx))
        self.act()
        return {**new, "ledger": {"live": "1.0.0-aaaaaaaa", "count": 3}}

    def read(self, state: Any, _: Any) -> dict[str, Any]:
        return {**state, "slot": "green"}


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.kubernetes.Cluster", lambda context: f"cluster of {context}")


def secret(value: Any) -> dict[str, Any]:
    return {wire.SIGNATURE: wire.SECRET, "value": value}


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def servicer(step: Any) -> Servicer:
    return Servicer(Plugin(lambda *_: None, lambda _: step))


def create(step: Any, **values: Any) -> tuple[Any, Call]:
    call = Call()
    request = wire.provider_pb2.CreateRequest(urn=URN.format("Cutover"), properties=struct(values))
    try:
        return servicer(step).Create(request, call), call
    except AbortedError:
        return None, call


@given(st.dictionaries(st.text(), VALUES))
def test_values_come_back_from_the_wire_as_they_went(values: dict[str, Any]) -> None:
    assert wire.from_struct(wire.to_struct(values, set())) == values


@given(st.dictionaries(st.text(min_size=1), VALUES, min_size=1), st.data())
def test_secrets_come_back_from_the_wire_as_secrets(values: dict[str, Any], data: Any) -> None:
    hidden = data.draw(st.sets(st.sampled_from(sorted(values))))
    sent = wire.to_struct(values, hidden)
    assert wire.secret_keys(sent) == hidden
    assert wire.from_struct(sent) == values


def test_a_secret_deep_inside_a_property_makes_it_one() -> None:
    sent = struct({"config": {"list": [{"token": secret(HIDDEN)}]}, "plain": {"a": 1}})
    assert wire.secret_keys(sent) == {"config"}
    assert wire.from_struct(sent)["config"] == {"list": [{"token": HIDDEN}]}


def test_whole_numbers_are_ints_and_what_a_preview_does_not_know_is_none() -> None:
    values = wire.from_struct(struct({"port": 9898, "rate": 0.5, "on": True, "later": wire.UNKNOWN, "none": None}))
    assert values == {"port": 9898, "rate": 0.5, "on": True, "later": None, "none": None}
    assert isinstance(values["port"], int)


def test_a_created_resource_keeps_its_secrets_and_its_name() -> None:
    answer, _ = create(Echo(), secrets=secret({"s": {"TOKEN": HIDDEN}}), slot="blue")
    assert answer.id == "podinfo"
    assert wire.secret_keys(answer.properties) == {"secrets"}
    assert wire.from_struct(answer.properties)["secrets"] == {"s": {"TOKEN": HIDDEN}}
    assert wire.from_struct(answer.properties)["ledger"] == {"live": "1.0.0-aaaaaaaa", "count": 3}


def test_an_update_knows_the_old_state_and_keeps_secrets() -> None:
    step = Echo()
    request = wire.provider_pb2.UpdateRequest(
        urn=URN.format("Cutover"), olds=struct({"slot": "blue"}), news=struct({"slot": "green", "secrets": secret(HIDDEN)})
    )
    answer = servicer(step).Update(request, Call())
    assert step.seen[0][:2] == ({"slot": "blue"}, {"slot": "green", "secrets": HIDDEN})
    assert wire.secret_keys(answer.properties) == {"secrets"}


def test_a_refresh_reads_the_cluster_and_keeps_secrets() -> None:
    request = wire.provider_pb2.ReadRequest(
        id="podinfo", urn=URN.format("Cutover"), properties=struct({"slot": "blue", "secrets": secret(HIDDEN)})
    )
    answer = servicer(Echo()).Read(request, Call())
    assert wire.from_struct(answer.properties)["slot"] == "green"
    assert wire.secret_keys(answer.properties) == {"secrets"}


def test_an_error_of_ours_reaches_the_user_as_its_message_alone() -> None:
    def fail() -> None:
        raise ReleaseError("smoke: no answer\nlive is still 1.0.0 in blue.")

    _, call = create(Echo(fail))
    assert (call.code, call.details) == (grpc.StatusCode.UNKNOWN, "smoke: no answer\nlive is still 1.0.0 in blue.")


def test_any_other_error_is_named_and_its_traceback_kept_for_the_log(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise RuntimeError("boom")

    _, call = create(Echo(fail))
    assert call.details == "RuntimeError: boom"
    assert "Traceback" in capfd.readouterr().err


def test_a_preflight_stops_a_preview_but_not_a_refresh_which_is_the_remedy() -> None:
    def fail() -> None:
        raise ReleaseError("preflight: stop")

    call = Call()
    urn = URN.format("Preflight")
    with pytest.raises(AbortedError):
        servicer(Echo(fail)).Check(wire.provider_pb2.CheckRequest(urn=urn, news=struct({})), call)
    assert call.details == "preflight: stop"
    servicer(Echo(fail)).Diff(wire.provider_pb2.DiffRequest(urn=urn, olds=struct({}), news=struct({})), Call())


def test_only_a_preflight_looks_at_the_cluster_in_a_check() -> None:
    def fail() -> None:
        raise AssertionError

    request = wire.provider_pb2.CheckRequest(urn=URN.format("Cutover"), news=struct({"slot": "blue"}))
    assert servicer(Echo(fail)).Check(request, Call()).inputs == request.news


@pytest.mark.parametrize(
    ("kind", "old", "new", "changed"),
    [
        ("Preflight", {"slot": "blue"}, {"slot": "green"}, []),
        ("SlotReady", {"release": "a", "live": "x"}, {"release": "a", "live": "y"}, []),
        ("SlotReady", {"release": "a"}, {"release": "b"}, ["release"]),
        ("SmokeTest", {"release": "a", "slot": "blue", "live": "x"}, {"release": "a", "slot": "blue", "live": "y"}, []),
        ("SmokeTest", {"release": "a", "slot": "blue"}, {"release": "a", "slot": "green"}, ["slot"]),
        ("Cutover", {"slot": "blue", "ledger": {"live": "a"}}, {"slot": "blue", "release": {"id": "a"}, "note": "n"}, []),
        ("Cutover", {"slot": "green", "ledger": {"live": "a"}}, {"slot": "blue", "release": {"id": "a"}}, ["slot"]),
        (
            "Cutover",
            {"slot": "blue", "ledger": {"live": "a"}},
            {"slot": "green", "release": {"id": "b"}},
            ["release", "slot"],
        ),
        ("Rollout", {"ledger": {"live": "a"}}, {"release": {"id": "a"}, "secrets": {}}, []),
        ("Rollout", {"ledger": {"live": "a"}}, {"release": {"id": "b"}}, ["release"]),
        ("Rollout", {}, {"release": {"id": "b"}}, ["release"]),
    ],
)
def test_a_resource_runs_again_only_for_what_it_is_about(kind: str, old: Any, new: Any, changed: list[str]) -> None:
    request = wire.provider_pb2.DiffRequest(urn=URN.format(kind), olds=struct(old), news=struct(new))
    answer = servicer(Echo()).Diff(request, Call())
    assert list(answer.diffs) == changed
    some, none = wire.provider_pb2.DiffResponse.DIFF_SOME, wire.provider_pb2.DiffResponse.DIFF_NONE
    assert answer.changes == (some if changed else none)
    assert not answer.replaces


def test_a_cluster_is_looked_for_once_and_only_when_it_is_needed() -> None:
    step = Echo()
    plugin = Plugin(lambda *_: None, lambda _: step)
    plugin.configure({"context": "lockgate-lab", "timeoutMinutes": 10})
    old = {"slot": "blue", "ledger": {"live": "a"}}
    assert plugin.diff(URN.format("Cutover"), old, {"slot": "blue", "release": {"id": "a"}}) == []
    assert plugin._cluster is None
    plugin.apply(URN.format("Cutover"), None, {})
    plugin.apply(URN.format("Cutover"), None, {})
    assert {seen[2].cluster for seen in step.seen} == {"cluster of lockgate-lab"}


def test_cancel_stops_the_work_under_way() -> None:
    step = Echo()
    made = servicer(step)
    made.Cancel(None, None)
    made.Create(wire.provider_pb2.CreateRequest(urn=URN.format("Cutover"), properties=struct({})), Call())
    assert step.seen[0][2].stop.is_set()


def test_an_unknown_input_of_the_provider_is_given_back_as_it_came() -> None:
    news = struct({"context": wire.UNKNOWN})
    answer = servicer(Echo()).CheckConfig(wire.provider_pb2.CheckRequest(news=news), Call())
    assert json_format.MessageToDict(answer.inputs) == json_format.MessageToDict(news)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_resource_has_its_step(kind: str) -> None:
    assert type(find_step(kind)).__name__ == kind
    assert kind_of(URN.format(kind)) == kind


def test_a_kind_that_this_version_does_not_know_says_what_to_do() -> None:
    with pytest.raises(LockgateError, match=r"^lockgate:index:Canary is not a resource of this provider; upgrade it together"):
        find_step("Canary")


def test_a_person_who_starts_the_plugin_is_told_who_should() -> None:
    code = f"import {serve.__name__} as serve, sys; sys.argv = ['x']; serve.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "pulumi-resource-lockgate is a plugin: the Pulumi engine starts it with its own address\n"
