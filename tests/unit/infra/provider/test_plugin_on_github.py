"""How the engine's calls reach resources that are on GitHub and not on a cluster."""

from __future__ import annotations

from typing import Any

import pulumi  # noqa: F401 - before the plugin's modules, which make do with less of it in their own process
import pytest
from google.protobuf import struct_pb2

from infra.errors import LockgateError
from infra.github import App, Token
from infra.provider import protocol as wire
from infra.provider.github_context import base_url, sign_in
from infra.provider.plugin import Plugin
from infra.provider.serve import Servicer

URN = "urn:pulumi:dev::lockgate::lockgate:index:Workflows$lockgate:index:{}::podinfo"
SECRET = "ghp_hunter2"  # noqa: S105 - planted
ROOT = {"repository": "o/r", "branch": "main", "checks": []}


class Step:
    """Remembers what it was called with; ``found`` is what a refresh finds."""

    def __init__(self, found: dict[str, Any] | None = None) -> None:
        self.found = found
        self.seen: list[Any] = []

    def apply(self, old: Any, new: Any, ctx: Any) -> dict[str, Any]:
        self.seen.append((old, new, ctx))
        return dict(new)

    def read(self, state: Any, ctx: Any) -> dict[str, Any] | None:
        self.seen.append((state, ctx))
        return self.found

    def delete(self, state: Any, ctx: Any) -> None:
        self.seen.append((state, ctx))


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the environment, and no cluster: looking for one fails."""
    monkeypatch.setattr("infra.kubernetes.Cluster", None)
    monkeypatch.setenv("GITHUB_TOKEN", SECRET)


def struct(values: dict[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def servicer(step: Any) -> Servicer:
    return Servicer(Plugin(lambda *_: None, lambda _: step))


def difference(old: dict[str, Any], new: dict[str, Any]) -> Any:
    request = wire.provider_pb2.DiffRequest(urn=URN.format("WorkflowFiles"), olds=struct(old), news=struct(new))
    return servicer(Step()).Diff(request, None)


def test_a_difference_names_the_files_and_what_becomes_of_each() -> None:
    old = {**ROOT, "files": {"a.yml": "1", "b.yml": "1", "same.yml": "1"}}
    answer = difference(old, {**ROOT, "files": {"a.yml": "2", "c.yml": "1", "same.yml": "1"}})
    kinds = wire.provider_pb2.PropertyDiff
    found = {path: one.kind for path, one in answer.detailedDiff.items()}
    assert found == {'files["a.yml"]': kinds.UPDATE, 'files["b.yml"]': kinds.DELETE, 'files["c.yml"]': kinds.ADD}
    assert list(answer.diffs) == ["files"]
    assert not answer.replaces


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"checks": ["Tests"]}, "checks"), ({"branch": "next"}, "branch"), ({"repository": "o/other"}, "repository")],
)
def test_what_else_the_files_are_about_is_a_difference(changes: dict[str, Any], path: str) -> None:
    assert list(difference({**ROOT, "files": {}}, {**ROOT, "files": {}, **changes}).detailedDiff) == [path]


def test_another_message_alone_is_no_difference() -> None:
    assert not difference({**ROOT, "files": {}, "message": "a"}, {**ROOT, "files": {}, "message": "b"}).diffs


def test_an_open_pull_request_is_looked_at_in_each_update() -> None:
    (one,) = difference({**ROOT, "files": {}, "pullRequest": 3}, {**ROOT, "files": {}}).detailedDiff.values()
    assert not one.inputDiff


def test_a_resource_that_is_gone_leaves_the_state_in_a_refresh() -> None:
    request = wire.provider_pb2.ReadRequest(id="podinfo", urn=URN.format("WorkflowFiles"), properties=struct({"commit": "0"}))
    assert servicer(Step(None)).Read(request, None).id == ""
    assert servicer(Step({"commit": "1"})).Read(request, None).id == "podinfo"


def test_only_what_is_on_github_is_taken_back_when_it_is_deleted() -> None:
    step = Step()
    for kind in ("Cutover", "WorkflowFiles"):
        servicer(step).Delete(wire.provider_pb2.DeleteRequest(urn=URN.format(kind), properties=struct({"a": 1})), None)
    ((state, ctx),) = step.seen
    assert state == {"a": 1}
    assert ctx.github.api == "https://api.github.com"


def test_the_server_is_the_one_that_the_provider_was_given() -> None:
    step = Step()
    plugin = Plugin(lambda *_: None, lambda _: step)
    plugin.configure({"githubUrl": "https://github.example.com", "githubToken": SECRET})
    plugin.apply(URN.format("WorkflowFiles"), None, {})
    assert step.seen[0][2].github.api == "https://github.example.com/api/v3"


def test_a_warning_is_said_beside_its_resource() -> None:
    step, heard = Step(), []
    plugin = Plugin(lambda *_: None, lambda _: step, lambda *words: heard.append(words))
    plugin.apply(URN.format("WorkflowFiles"), None, {})
    step.seen[0][2].warn("look")
    assert heard == [(URN.format("WorkflowFiles"), "look")]


def test_a_changed_config_of_the_provider_is_named_by_its_keys() -> None:
    olds = struct({"githubUrl": "a", "githubToken": {wire.SIGNATURE: wire.SECRET, "value": SECRET}})
    news = struct({"githubUrl": "a", "githubToken": {wire.SIGNATURE: wire.SECRET, "value": "other"}})
    answer = servicer(Step()).DiffConfig(wire.provider_pb2.DiffRequest(olds=olds, news=news), None)
    assert list(answer.diffs) == ["githubToken"]
    assert not servicer(Step()).DiffConfig(wire.provider_pb2.DiffRequest(olds=olds, news=olds), None).diffs


def test_a_token_of_the_config_comes_before_the_environments() -> None:
    environment = {"GITHUB_TOKEN": "other"}
    assert sign_in({"githubToken": SECRET}, environment) == Token(SECRET)
    assert sign_in({}, environment) == Token("other")
    app = {"githubAppId": "1", "githubAppInstallationId": "2", "githubAppPrivateKey": SECRET}
    found = sign_in(app, environment)
    assert isinstance(found, App)
    assert (found.app_id, found.installation_id, found.private_key) == ("1", "2", SECRET)


def test_without_anything_to_sign_in_with_the_user_is_told_what_to_give() -> None:
    with pytest.raises(LockgateError, match="GitHub: nothing to sign in with: give the provider a githubToken"):
        sign_in({"githubToken": None}, {})


def test_the_server_is_found_as_the_github_provider_finds_it() -> None:
    environment = {"GITHUB_BASE_URL": "https://github.example.com/"}
    assert base_url({"githubUrl": "https://github.com"}, environment) == "https://github.com"
    assert base_url({}, environment) == "https://github.example.com/"
    assert base_url({}, {}) == "https://github.com"
