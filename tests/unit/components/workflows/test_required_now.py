"""What a branch may require while its workflow files change."""

from __future__ import annotations

from components.workflows.checks import required_now


def test_a_branch_without_workflow_files_requires_all_at_once() -> None:
    assert required_now(["Build", "Tests"], None) == (("Build", "Tests"), ())


def test_a_check_that_is_new_waits_for_the_next_update() -> None:
    assert required_now(["Build", "Licences"], ["Build", "Tests"]) == (("Build",), ("Licences",))


def test_a_branch_whose_files_publish_nothing_requires_nothing_yet() -> None:
    assert required_now(["Build"], []) == ((), ("Build",))
