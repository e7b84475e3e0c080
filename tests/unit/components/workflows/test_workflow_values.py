"""Expressions are a type: no plain string becomes one, and none gets into a script."""

from __future__ import annotations

import pytest
from workflow_factory import job

from components.workflows import Concurrency, Expr, Run, Text, Use, checkout, literal

TITLE = "${{ github.event.pull_request.title }}"


def test_an_expression_renders_between_its_marks() -> None:
    assert str(Expr("github.sha")) == "${{ github.sha }}"


@pytest.mark.parametrize("source", ["", "  ", "${{ github.sha }}", "a }} b", "a\nb"])
def test_what_is_not_one_expression_does_not_construct(source: str) -> None:
    with pytest.raises(ValueError, match="must be one line without the marks"):
        Expr(source)


def test_words_and_expressions_join_to_a_text() -> None:
    text = "ci-" + Expr("github.ref") + "-" + Expr("github.run_id")
    assert text == Text.of("ci-", Expr("github.ref"), "-", Expr("github.run_id"))
    assert str(text) == "ci-${{ github.ref }}-${{ github.run_id }}"


def test_a_quote_cannot_end_a_literal() -> None:
    assert literal("it's") == "'it''s'"


def test_a_script_with_an_expression_does_not_construct() -> None:
    with pytest.raises(ValueError, match="a value in a script is run as part of it") as caught:
        Run(name="Greet", script=f"echo {TITLE}")
    assert "env" in str(caught.value)


def test_a_script_gets_an_untrusted_value_by_its_environment() -> None:
    step = Run(name="Greet", script='echo "$TITLE"', env={"TITLE": Expr("github.event.pull_request.title")})
    assert "${{" not in step.script


@pytest.mark.parametrize(
    "make",
    [
        lambda: Run(name="Greet", script="true", env={"A": TITLE}),
        lambda: Use(name="Use", action="actions/cache", inputs={"path": TITLE}),
        lambda: Run(name=TITLE, script="true"),
        lambda: job(TITLE, id="build"),
        lambda: job(runs_on=TITLE),
        lambda: job(env={"A": TITLE}),
        lambda: Concurrency(group=TITLE),
        lambda: Text.of(TITLE),
    ],
)
def test_a_plain_string_never_becomes_an_expression(make: object) -> None:
    with pytest.raises(ValueError, match="makes an expression of a plain string"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("name", ["A B", "1A", "A=B", ""])
def test_a_variable_that_a_shell_cannot_hold_does_not_construct(name: str) -> None:
    with pytest.raises(ValueError, match="must be letters, digits"):
        Run(name="Greet", script="true", env={name: "x"})


def test_a_script_loses_its_margin_and_keeps_its_shape() -> None:
    assert Run(name="Greet", script="\n    if true; then\n      echo\n    fi\n").script == "if true; then\n  echo\nfi"


@pytest.mark.parametrize("script", ["", "  \n ", "echo \x1b[31m"])
def test_a_script_that_cannot_be_a_block_does_not_construct(script: str) -> None:
    with pytest.raises(ValueError, match="must be lines of printable characters"):
        Run(name="Greet", script=script)


def test_a_checkout_leaves_no_token_behind() -> None:
    assert checkout(ref=Expr("github.sha")).inputs["persist-credentials"] is False
    with pytest.raises(ValueError, match="every later step can read the token"):
        Use(name="Check out", action="actions/checkout")
