"""What a reviewer reads: short, the most dangerous first, and nothing where nothing changes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from reports import CONFIG, DEPLOYMENT, REPOSITORY, change, finding, in_order, rendered, report, stack
from rich.console import Console

from infra.plan import SECRET, UNKNOWN
from operations.preview import differing, markdown, text
from operations.preview.effect import CUTOVER, Effect
from operations.preview.model import Drift, Report
from operations.preview.values import Difference

QUIET = stack("dev", change("same"))


def printed(made: Report) -> str:
    output = io.StringIO()
    text.show(made, Console(file=output, width=200))
    assert "\x1b" not in output.getvalue()
    return output.getvalue()


def both(made: Report) -> list[str]:
    """As a comment and on a terminal."""
    return [markdown.comment(made), printed(made)]


def test_a_preview_without_a_change_is_one_line() -> None:
    made = report(QUIET, stack("staging"), stack("prod"))
    assert markdown.comment(made) == "**Preview:** no change in dev, staging and prod\n"
    assert printed(made) == "Preview: no change in dev, staging and prod\n"


def test_replacements_and_deletions_come_first_and_stacks_by_their_danger() -> None:
    calm = stack("dev", change("create", "new"))
    wild = stack("prod", change("create", "c"), change("update", "u"), change("delete", "d"), change("replace", "r"))
    for document in both(report(calm, QUIET, wild)):
        assert in_order(document, "1 to replace, 1 to delete, 1 to update, 2 to create", "prod: 1 to replace", "dev: 1 to create")
    assert in_order(markdown.comment(report(calm, wild)), "±\u00a0replace", "−\u00a0delete", "~\u00a0update", "+\u00a0create")
    assert "No change in dev." in printed(report(QUIET, wild))


def test_an_update_says_what_becomes_what_and_a_replacement_what_forces_it() -> None:
    made = stack(
        "prod", change("update", "u", old={"replicas": 2}, new={"replicas": 3}, keys=("replicas",)), change("replace", "r")
    )
    comment = markdown.comment(report(made))
    assert "<code>replicas</code>: <code>2</code> → <code>3</code>" in comment
    assert "<code>size</code>: <code>1</code> → <code>2</code> (forces the replacement)" in comment
    assert "replicas: 2 → 3" in printed(report(made))


def test_many_differences_are_counted_and_are_all_in_the_full_report() -> None:
    sides = {side: {f"key{number}": side for number in range(9)} for side in ("old", "new")}
    made = stack("prod", change("update", **sides, keys=tuple(sides["old"])))
    assert "and 6 more" in markdown.comment(report(made))
    assert "key8" not in markdown.comment(report(made))
    assert "key8" in markdown.full(report(made))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (SECRET, "a secret"),
        (UNKNOWN, "known after the update"),
        (None, "`null`"),
        ("", '`""`'),
        ({"a": [1]}, '`{"a": [1]}`'),
        ("a`b", "`a'b`"),
        ("x" * 100, f"`{'x' * 40}…{'x' * 20}`"),
        (f"podinfo@sha256:{'a' * 64}", f"`podinfo@sha256:{'a' * 12}`"),
    ],
)
def test_a_value_is_short_and_says_when_it_is_not_known(found: Any, said: str) -> None:
    assert differing.value(found) == said
    assert differing.sentence(Difference("p", 1, found)) == f"`p`: `1` → {said}"


def test_a_text_of_several_lines_says_which_lines_go_and_come() -> None:
    old, new = "a: 1\nb: 2\nc: 3\n", "a: 1\nb: 5\nx: 6\nc: 3\n"
    assert differing.sentence(Difference("file", old, new)) == "`file`: 1 line (`b: 2`) → 2 lines (`b: 5`, …)"
    assert differing.sentence(Difference("file", old, new), long=True) == "`file`: 1 line (`b: 2`) → 2 lines (`b: 5`, `x: 6`)"
    assert differing.sentence(Difference("file", old, old.strip())) == "`file`: other line breaks"


def test_what_is_lost_for_ever_is_said_before_all_else() -> None:
    made = stack("prod", change("update", "u"), change("delete", "label"), change("delete", "podinfo", REPOSITORY))
    comment = markdown.comment(report(made))
    assert in_order(comment, "[!CAUTION]", "deleting Repository <code>podinfo</code> loses its code", "−\u00a0delete")
    assert comment.index("| <code>podinfo</code> |") < comment.index("| <code>label</code> |")
    assert "cannot be undone: podinfo loses its code" in printed(report(made))
    assert made.undo == "lost"


def test_a_failed_preview_has_its_cause_and_the_others_are_reported() -> None:
    made = report(stack("prod", change("create"), error="Deployment web: forbidden"), stack("dev", change("update", "kept")))
    for document in both(made):
        assert in_order(
            document, "prod failed", "prod: the preview failed", "Deployment web: forbidden", "dev: 1 to update", "kept"
        )
    assert not made.ok
    assert "to create" not in markdown.comment(made), "what a failed preview had seen says nothing"


def test_a_stack_that_does_not_exist_yet_says_so() -> None:
    for document in both(report(stack("prod", change("create"), exists=False))):
        assert "the stack does not exist yet, so that everything is new" in document


def test_findings_stand_with_their_remedy_and_only_a_denial_fails() -> None:
    denied, warned = (stack("prod", change("create"), findings=(finding(severity),)) for severity in ("deny", "warn"))
    for document in both(report(denied)):
        assert in_order(
            document, "prod denied by the policy", "unpinned-image", "runs an image by its tag; name it by its digest"
        )
    assert (report(denied).ok, report(warned).ok) == (False, True)
    assert "denied by the policy" not in markdown.comment(report(warned))


def test_drift_says_what_is_live_and_what_is_gone() -> None:
    moved = change("update", "web-blue", DEPLOYMENT, old={"replicas": 2}, new={"replicas": 3}, keys=("replicas",))
    gone = change("delete", "budget", keys=())
    for document in both(report(stack("prod", drift=Drift(changes=(moved, gone))))):
        assert in_order(document.replace("<code>", "").replace("</code>", ""), "prod drifted", "web-blue", "replicas: 2 → 3")
        assert "gone" in document
    for document in both(report(stack("prod", drift=Drift(error="the stack is locked")))):
        assert "the stack is locked" in document


def test_a_fork_is_told_why_and_what_a_maintainer_can_do() -> None:
    one = stack("prod")
    made = report(type(one)(plan=one.plan, withheld="its settings hold secrets (github.token)"), fork=True)
    for document in both(made):
        assert in_order(document, "no preview of prod", "Made without secrets", "gh pr checkout", "its settings hold secrets")
    assert made.ok


def test_a_release_says_where_it_goes_against_what_and_how_it_comes_back() -> None:
    one = stack("prod", change("update", "web", CUTOVER, keys=("release",), old={"release": {}}, new={"release": {"image": "b"}}))
    differing = (Difference("image", "a", "b"),)
    effect = Effect(service="web", kind="deploy", release="2-x", slot="green", live="1-x", active="blue", differences=differing)
    for document in both(report(type(one)(plan=one.plan, effects=(effect,)))):
        told = document.replace("<code>", "").replace("</code>", "")
        assert in_order(told, "deploys 2-x into green (idle)", "image: a → b", "lockgate rollback -s prod moves the traffic back")
        assert told.count("a → b") == 1, "the step of the release does not say it again"


def test_notes_and_outputs_of_the_program_are_told() -> None:
    made = stack("prod", notes=("warning: old check",))
    assert "- **Note:** warning: old check" in markdown.comment(report(made))


def test_nothing_from_a_resource_leaks_out_of_its_place() -> None:
    nasty = "x|</details></code>\n```<img src=x>@octocat"
    made = stack("prod", change("delete", nasty), change("update", nasty, old={nasty: nasty}, new={}, keys=()), error="")
    document = rendered(markdown.comment(report(made, stack(nasty, change("create"), notes=(nasty,)))))
    assert document.count("<img") == 0
    assert document.count("</details>") == document.count("<details>")


def test_a_terminal_has_colour_and_a_pipe_has_none() -> None:
    output = io.StringIO()
    text.show(report(stack("prod", change("delete"))), Console(file=output, force_terminal=True, width=100))
    assert "\x1b[" in output.getvalue()
    assert CONFIG not in printed(report(stack("prod", change("delete"))))
