"""What a workflow is told of its event is what the conditions in the files read."""

from __future__ import annotations

from operations.pipeline import events

SHA = "a" * 40


def test_a_run_that_follows_a_push_knows_which_one_and_whose() -> None:
    event = events.after(events.push("lab/web", "main", SHA), name="CI", number=7, conclusion="success")
    told = event.document["workflow_run"]
    assert (event.name, told["id"], told["conclusion"], told["head_sha"]) == ("workflow_run", 7, "success", SHA)
    assert (told["event"], told["head_repository"]["full_name"]) == ("push", event.document["repository"]["full_name"])


def test_a_pull_request_is_of_this_repository_and_has_its_own_ref() -> None:
    event = events.pull_request("lab/web", 3, "topic", SHA)
    pull = event.document["pull_request"]
    assert (event.ref, event.document["ref"]) == ("refs/pull/3/merge", "refs/pull/3/merge")
    assert (pull["number"], pull["head"]["repo"]["full_name"]) == (3, event.document["repository"]["full_name"])


def test_what_somebody_starts_has_its_inputs() -> None:
    event = events.by_hand("lab/web", "main", SHA, {"environment": "staging"})
    assert (event.ref, event.document["inputs"]) == ("refs/heads/main", {"environment": "staging"})
