"""What is seen of other people's pull requests, in answers as GitHub gives them."""

from __future__ import annotations

from typing import Any

import httpx2

from infra.github import GitHub, Token
from infra.github.repository import Repository
from infra.provider.proposal import BRANCH
from infra.provider.workflow_branch import others
from infra.provider.workflow_plan import Pull, blob_hash, plan

CI, BUILD = ".github/workflows/ci.yml", ".github/workflows/build.yml"


def seen(user: dict[str, Any] | None, *files: dict[str, Any]) -> list[Pull]:
    """Everybody else's pull requests, where ``user`` has one open that changes ``files``."""
    pull = {"number": 12, "user": user, "head": {"ref": "change", "repo": {"full_name": "o/r"}}}

    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=list(files) if request.url.path.endswith("/files") else [pull])

    github = GitHub("https://github.com", Token("t"), print, transport=httpx2.MockTransport(handle))
    return others(Repository(github, "o/r"), "main", BRANCH)


def test_a_pull_request_that_renames_one_of_our_files_is_not_passed_by() -> None:
    pulls = seen({"login": "alice"}, {"filename": BUILD, "status": "renamed", "previous_filename": CI})
    decision = plan({CI: blob_hash("1")}, {CI: blob_hash("1")}, {CI: blob_hash("2")}, pulls)
    assert (decision.action, decision.reason) == ("propose", f"pull request #12 of alice changes {CI} too")
    assert BUILD in pulls[0].paths


def test_a_pull_request_that_copies_one_of_our_files_leaves_it_as_it_is() -> None:
    (pull,) = seen({"login": "alice"}, {"filename": BUILD, "status": "copied", "previous_filename": CI})
    assert pull.paths == {BUILD}


def test_a_pull_request_of_an_account_that_is_gone_is_a_ghosts() -> None:
    assert seen(None, {"filename": CI, "status": "modified"}) == [Pull(number=12, author="ghost", paths=frozenset({CI}))]
