"""Which images go. That they are gone then is shown on a real registry."""

from __future__ import annotations

import pytest
from artifact_factory import NOW, artifact, digest, hold

from operations.artifacts.model import BACK, LIVE, WANTED, Artifact
from operations.artifacts.pruning import delete, judge


def verdict(*artifacts: Artifact, days: int = 30) -> dict[str, tuple[bool, str]]:
    return {one.artifact.digest[7]: (one.goes, one.why) for one in judge(artifacts, NOW, days)}


class Deleted:
    """A repository that only remembers what it was told to delete."""

    def __init__(self) -> None:
        self.digests: list[str] = []

    def delete(self, which: str) -> None:
        self.digests.append(which)


def test_an_old_image_that_nobody_holds_goes() -> None:
    assert verdict(artifact("a", 31)) == {"a": (True, "31 days old, and no stack holds it")}


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (artifact("a", 400, holds=hold("prod", LIVE)), "live in prod"),
        (artifact("a", 400, holds=hold("prod", BACK)), "prod can go back to it"),
        (artifact("a", 400, holds=hold("dev", WANTED)), "wanted in dev"),
        (artifact("a", 400, releases=("1.0.0",)), "signed as release 1.0.0"),
        (artifact("a", 29), "29 days old, and 30 are kept"),
        (artifact("a", None), "nobody knows how old it is: neither its config nor a provenance says when it was made"),
    ],
)
def test_an_image_stays_for_one_reason(image: Artifact, why: str) -> None:
    assert verdict(image) == {"a": (False, why)}


def test_what_is_left_of_an_image_that_is_gone_goes_too_unless_a_stack_wants_it_back() -> None:
    gone, wanted = artifact("a", None, present=False), artifact("b", None, present=False, holds=hold("prod", BACK))
    assert verdict(gone, wanted) == {"a": (True, "its image is gone"), "b": (False, "prod can go back to it")}


def test_a_platforms_image_stays_with_an_index_that_stays() -> None:
    index = artifact("a", 5, children=(digest("b"),))
    assert verdict(index, artifact("b", 99))["b"] == (False, f"belongs to {digest('a')[:19]}, which stays")


def test_an_index_stays_with_a_platforms_image_that_a_stack_holds() -> None:
    index = artifact("a", 99, children=(digest("b"),))
    assert verdict(index, artifact("b", 99, holds=hold("prod", LIVE)))["a"] == (False, f"holds {digest('b')[:19]}")


def test_an_image_goes_before_its_signature_and_an_index_with_its_images() -> None:
    signed = artifact("a", 99, children=(digest("b"), digest("c")))
    old = [one for one in judge([signed], NOW, 30) if one.goes]
    asked = Deleted()
    delete(asked, old, {digest("c"): ()})  # type: ignore[arg-type]
    assert asked.digests == [digest("a"), digest("b")]


def test_what_two_indexes_share_stays_with_the_one_that_stays() -> None:
    old, young = artifact("a", 99, children=(digest("c"),)), artifact("b", 1, children=(digest("c"),))
    asked = Deleted()
    delete(asked, judge([old, young], NOW, 30), {})  # type: ignore[arg-type]
    assert asked.digests == [digest("a")]
