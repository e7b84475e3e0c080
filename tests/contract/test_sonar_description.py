"""SonarQube describes every call that we name; the unit tests hold what they send against the same file."""

from __future__ import annotations

import pytest
from sonar_services import known, paths, problems

INTERNAL = {"api/permissions/groups", "api/permissions/users"}
"""SonarQube tells by no other call who may do what in a project (docs/sonarqube.md, Limits)."""

DEPRECATED = {f"api/users/{action}" for action in ("create", "deactivate", "search", "update")}
"""Since 10.4, for a second version of them that versions before have not; later ones have both (docs/sonarqube.md, Limits)."""


def test_sonarqube_has_every_call_that_we_name_and_no_other_is_kept() -> None:
    assert paths() == set(known())


def test_we_use_nothing_that_is_deprecated_or_internal_but_what_is_known() -> None:
    assert {path for path, call in known().items() if call["internal"]} == INTERNAL
    assert {path for path, call in known().items() if call["deprecated"]} == DEPRECATED
    assert [name for call in known().values() for name, one in call["params"].items() if one["deprecated"]] == []


@pytest.mark.parametrize(
    ("method", "path", "sent", "problem"),
    [
        ("GET", "/api/nothing/here", {}, "is not described"),
        ("GET", "/api/projects/delete", {"project": "x"}, "projects/delete: GET"),
        ("POST", "/api/projects/delete", {"key": "x"}, "key is not a parameter"),
        ("POST", "/api/projects/delete", {}, "project is missing"),
        ("POST", "/api/projects/update_visibility", {"project": "x", "visibility": "secret"}, "visibility = secret"),
    ],
)
def test_a_call_that_the_description_does_not_allow_is_found(method: str, path: str, sent: dict[str, str], problem: str) -> None:
    assert any(problem in one for one in problems(method, path, sent))
