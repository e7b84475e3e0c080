"""The GitHub stand-in as a server: who is let in, what survives, what fails when it is told to."""

from __future__ import annotations

import time

import jwt
import pytest
from github_calls import ROOT, good, make_repository, tip
from github_lab import GitHubLab


def test_nobody_gets_in_without_a_token_that_was_given(github: GitHubLab) -> None:
    with github.client("") as client:
        refused = client.get("/user")
        assert (refused.status_code, refused.json()["message"]) == (401, "Requires authentication")
        assert client.get(f"{github.url}/_lab/requests").status_code == 401
    with github.client("ghp_unknown") as client:
        refused = client.get("/user")
        assert (refused.status_code, refused.json()["message"]) == (401, "Bad credentials")
        assert client.post(f"{github.url}/_lab/tokens", json={"login": "alice"}).status_code == 401


def test_the_token_is_for_its_owner_only(github: GitHubLab) -> None:
    modes = {name: (github.folder / name).stat().st_mode & 0o777 for name in ("token", "app.pem", "state.json")}
    assert modes == {"token": 0o600, "app.pem": 0o600, "state.json": 0o600}
    assert github.token not in (github.folder / "state.json").read_text()


def test_everybody_is_who_they_are(github: GitHubLab) -> None:
    for login in ("lockgate-bot", "alice", "bob"):
        with github.client(github.token_of(login)) as client:
            assert good(client.get("/user"))["login"] == login


def test_a_restart_changes_nothing(github: GitHubLab) -> None:
    with github.client() as client:
        made, token = make_repository(client), github.token
        good(client.put(f"{ROOT}/environments/dev", json={"wait_timer": 5}))
        before = tip(client)
        github.restart()
        assert github.token == token
        found = good(client.get(ROOT))
        assert (found["id"], found["node_id"]) == (made["id"], made["node_id"])
        assert tip(client) == before
        assert good(client.get(f"{ROOT}/environments/dev"))["protection_rules"][0]["wait_timer"] == 5
        assert make_repository(client, name="other")["id"] > made["id"]


def test_a_kill_loses_the_last_moment_at_most(github: GitHubLab) -> None:
    state = github.folder / "state.json"
    with github.client() as client:
        make_repository(client)
        deadline = time.monotonic() + 10
        while "lab/podinfo" not in state.read_text():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        github.restart(kill=True)
        good(client.get(ROOT))


@pytest.mark.parametrize("broken", ["", "{", '{"something": "else"}'])
def test_a_memory_that_cannot_be_read_is_an_error_and_not_a_new_beginning(github: GitHubLab, broken: str) -> None:
    state = github.folder / "state.json"
    github.stop()
    whole = state.read_text()
    state.write_text(broken)
    with pytest.raises(AssertionError, match=r"state\.json cannot be read .*: put a copy back, or remove it"):
        github.start()
    assert state.read_text() == broken
    state.write_text(whole)
    github.start()


def test_what_was_not_changed_is_not_sent_again(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        tag = client.get(ROOT).headers["etag"]
        assert client.get(ROOT, headers={"if-none-match": tag}).status_code == 304
        good(client.patch(ROOT, json={"description": "new"}))
        assert client.get(ROOT, headers={"if-none-match": tag}).status_code == 200


def test_limits_and_gateways_fail_as_they_do_at_github(github: GitHubLab) -> None:
    with github.client() as client:
        with github.fault("rate_limit", reset_seconds=60):
            limited = client.get("/user")
            assert (limited.status_code, limited.headers["x-ratelimit-remaining"]) == (403, "0")
            assert 0 < int(limited.headers["x-ratelimit-reset"]) - time.time() <= 60
        with github.fault("rate_limit", status=429):
            assert client.get("/user").status_code == 429
        with github.fault("secondary_rate_limit", retry_after=7):
            limited = client.get("/user")
            assert (limited.status_code, limited.headers["retry-after"]) == (403, "7")
            assert "secondary rate limit" in limited.json()["message"]
        with github.fault("bad_gateway"):
            assert client.get("/user").status_code == 502
        with github.fault("forbidden"):
            assert client.get("/user").json()["message"] == "Resource not accessible by personal access token"
        good(client.get("/user"))


def test_a_fault_hits_only_the_requests_it_is_for(github: GitHubLab) -> None:
    with github.client() as client, github.fault("bad_gateway", times=2, method="POST", path="^/orgs/lab/repos$") as fault:
        good(client.get("/orgs/lab"))
        statuses = [client.post("/orgs/lab/repos", json={"name": "podinfo"}).status_code for _ in range(3)]
        assert statuses == [502, 502, 201]
        assert fault.hits == 2
        assert [one["fault"] for one in github.requests("POST") if "fault" in one] == ["bad_gateway", "bad_gateway"]


def test_a_gateway_can_fail_after_the_work_was_done(github: GitHubLab) -> None:
    with github.client() as client:
        with github.fault("bad_gateway", after=True, times=1):
            assert client.post("/orgs/lab/repos", json={"name": "podinfo"}).status_code == 502
        good(client.get(ROOT))


def test_requests_are_told_without_secrets(github: GitHubLab) -> None:
    with github.client() as client:
        make_repository(client)
        good(client.get("/user"))
    told = github.requests()
    assert [(one["method"], one["path"], one["status"], one["user"]) for one in told] == [
        ("POST", "/orgs/lab/repos", 201, "lockgate-bot"),
        ("GET", "/user", 200, "lockgate-bot"),
    ]
    assert told[0]["body"]["name"] == "podinfo"
    assert github.token not in str(told)
    github.forget_requests()
    assert github.requests() == []


def test_an_app_gets_in_by_its_key(github: GitHubLab) -> None:
    claims = {"iss": "1000", "iat": int(time.time()) - 10, "exp": int(time.time()) + 60}
    word = jwt.encode(claims, (github.folder / "app.pem").read_text(), algorithm="RS256")
    with github.client(word) as app:
        token = good(app.post("/app/installations/2000/access_tokens", json={}))["token"]
    with github.client(token) as client:
        make_repository(client)
        good(client.put(f"{ROOT}/environments/dev", json={}))
    assert [one["user"] for one in github.requests("PUT")] == ["lockgate-lab[bot]"]
