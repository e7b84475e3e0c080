"""What a pull request gets that GitHub gives no secrets."""

from __future__ import annotations

from components.workflows.steps import Run, Step
from components.workflows.values import Expr

WITHOUT_SECRETS = (
    "github.event_name == 'pull_request' && (github.event.pull_request.head.repo.full_name != github.repository "
    "|| github.event.pull_request.user.login == 'dependabot[bot]')"
)
"""GitHub gives no secrets to a pull request from a fork, or by Dependabot."""


def no_secrets(what: str) -> Step:
    """Says in the job's summary that ``what`` is left out, and what to do."""
    sentence = (
        f"GitHub gives no secrets to a pull request from a fork or by Dependabot, so {what}. "
        f"Somebody who may write here can push the branch to this repository to have it done."
    )
    return Run(
        name="Say what is left out",
        when=Expr(WITHOUT_SECRETS),
        script='echo "$SENTENCE" >> "$GITHUB_STEP_SUMMARY"',
        env={"SENTENCE": sentence},
    )


def with_secrets() -> Expr:
    """The condition of a step that needs secrets."""
    return Expr(f"!({WITHOUT_SECRETS})")
