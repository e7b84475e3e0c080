"""A password that is made once."""

from __future__ import annotations

from infra.provider.password import LENGTH, SORTS, Password, make
from infra.provider.plugin import find_step


def test_it_has_every_sort_of_characters_and_begins_with_a_letter() -> None:
    for password in (make() for _ in range(50)):
        assert len(password) == LENGTH
        assert password[0].isalpha()
        assert all(set(sort) & set(password) for sort in SORTS)


def test_no_two_are_the_same() -> None:
    assert len({make() for _ in range(50)}) == 50


def test_it_stays_through_every_update() -> None:
    step = find_step("Password")
    assert isinstance(step, Password)
    first = step.apply(None, {}, None)
    assert step.apply(first, {}, None) == first
