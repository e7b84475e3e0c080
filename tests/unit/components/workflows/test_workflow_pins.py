"""Third-party actions are used by one commit each."""

from __future__ import annotations

import pytest

from components.workflows import PINS, Pin, Use

SHA = "a" * 40


def test_every_pin_names_a_full_commit_and_a_release() -> None:
    assert PINS
    for action, pin in PINS.items():
        assert action == pin.action
        assert pin.version.count(".") == 2, f"{action}: {pin.version} can be moved; name the release"


def test_no_two_actions_share_a_commit() -> None:
    assert len({pin.sha for pin in PINS.values()}) == len(PINS)


def test_an_action_in_a_folder_has_its_repositorys_commit() -> None:
    pin = Use(name="Analyse", action="github/codeql-action/init").pin
    assert pin is not None
    assert pin.reference == f"github/codeql-action/init@{PINS['github/codeql-action'].sha}"


def test_an_action_without_a_pin_does_not_construct() -> None:
    with pytest.raises(ValueError, match="has no pin") as caught:
        Use(name="Use", action="someone/thing/folder")
    assert "Pin('someone/thing', SHA, VERSION)" in str(caught.value)


def test_a_user_pins_an_action_of_their_own() -> None:
    assert Use(name="Use", action=Pin("someone/thing", SHA, "v1.2.3")).pin == Pin("someone/thing", SHA, "v1.2.3")


@pytest.mark.parametrize(
    ("action", "sha", "version", "rule"),
    [
        ("thing", SHA, "v1", "must be OWNER/NAME"),
        ("some/thing", "v4", "v4", "must be a full commit SHA"),
        ("some/thing", SHA[:7], "v4", "must be a full commit SHA"),
        ("some/thing", SHA, "main", "must be the release of the SHA"),
    ],
)
def test_a_pin_that_can_be_moved_does_not_construct(action: str, sha: str, version: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        Pin(action, sha, version)
