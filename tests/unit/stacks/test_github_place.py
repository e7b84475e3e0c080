"""A stack that has something on GitHub stays with that repository and that server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))

from settings_factory import model

from infra.errors import LockgateError
from stacks.github import demand_place

URN = "urn:pulumi:dev::lockgate::"
PROVIDER = f"{URN}pulumi:providers:github::github"
REPOSITORY = f"{URN}lockgate:index:Repository$github:index/repository:Repository::web"
ENVIRONMENT = f"{URN}lockgate:index:Environments$github:index/repositoryEnvironment:RepositoryEnvironment::web-dev"
LAB, GITHUB = "http://127.0.0.1:16480", "https://github.com"


def past(*, owner: str = "lab", url: str = LAB, **resources: Any) -> dict[str, Any]:
    """The last state: its provider, and the outputs of its ``repository`` and its ``environment`` where they are given."""
    urns = {"repository": REPOSITORY, "environment": ENVIRONMENT}
    made = {urns[kind]: {"outputs": outputs} for kind, outputs in resources.items()}
    return {PROVIDER: {"outputs": {"owner": owner, "baseUrl": url}}, **made}


def refusal(last: dict[str, Any], repository: str, url: str = LAB) -> str:
    with pytest.raises(LockgateError) as caught:
        demand_place(model(github__repository=repository, github__base_url=url), "dev", last)
    return str(caught.value)


@pytest.mark.parametrize("last", [{}, past()], ids=["a first update", "one that made nothing yet"])
def test_a_stack_that_has_nothing_there_may_go_anywhere(last: dict[str, Any]) -> None:
    demand_place(model(github__repository="acme/web"), "dev", last)
    demand_place(model(), "dev", last)


def test_another_owner_is_refused_with_the_way_out() -> None:
    assert refusal(past(repository={"name": "web"}), "acme/web") == (
        f"github.repository = {LAB}/acme/web: must stay {LAB}/lab/web while stack dev has something there; set it back, "
        "update, and take that away first (docs/github.md, Moving a stack), or make a new stack"
    )


@pytest.mark.parametrize("kept", [{"repository": {"name": "web"}}, {"environment": {"repository": "web"}}])
def test_another_name_or_server_is_refused_whatever_the_stack_owns(kept: dict[str, Any]) -> None:
    assert f"must stay {LAB}/lab/web" in refusal(past(**kept), "lab/shop")
    assert f"= {GITHUB}/lab/web: must stay {LAB}/lab/web" in refusal(past(**kept), "lab/web", GITHUB)
    at_github = past(url="https://api.github.com/", **kept)
    assert f"must stay {GITHUB}/lab/web" in refusal(at_github, "lab/web", LAB)
    demand_place(model(github__repository="Lab/web", github__base_url=GITHUB), "dev", at_github)


def test_no_repository_at_all_is_refused_while_something_is_there() -> None:
    assert "github.repository = (not set): must stay" in refusal(past(environment={"repository": "web"}), "")


def test_a_repository_that_somebody_renamed_by_hand_can_be_put_right() -> None:
    last = past(repository={"name": "renamed"}, environment={"repository": "web"})
    demand_place(model(github__repository="lab/web", github__base_url=LAB), "dev", last)
