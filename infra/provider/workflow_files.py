"""The workflow files of a repository, in one commit, and never over a person's change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.errors import LockgateError
from infra.github.repository import MovedError, RefusedError, Repository
from infra.provider.github_context import GitHubContext
from infra.provider.proposal import find_own, withdraw
from infra.provider.workflow_branch import Seen, look, published_on, texts
from infra.provider.workflow_plan import Own, listed
from infra.provider.workflow_update import Update

ATTEMPTS = 5
FIRST_SECONDS = 0.5
"""GitHub may for a while still show a branch as it was before it moved."""

Values = Mapping[str, Any]


class WorkflowFiles:
    """``lockgate:index:WorkflowFiles``: commits ``files`` (paths to texts) to ``branch`` of ``repository`` (OWNER/NAME).

    Where a person has changed one of them, or has a pull request open that does, or the branch's rules refuse it, a pull
    request of our own takes the commit's place. Inputs besides: ``checks``, which ``files`` publish; ``message``.
    Outputs: ``published``, the checks that the branch publishes now; ``pullRequest``, its number or None; ``commit``, the last
    one that the files are known to be in; ``written``, their hashes there; ``offered``, those that were committed or proposed
    last; ``proposed``, the last commit on our own branch.
    """

    def apply(self, old: Values | None, new: Values, ctx: GitHubContext) -> dict[str, Any]:
        for attempt in range(ATTEMPTS):
            try:
                return Update(old or {}, new, ctx).run()
            except MovedError:
                ctx.say(f"somebody moves {new['branch']} at the same time: looking again")
                ctx.wait(FIRST_SECONDS * 2**attempt)
        raise LockgateError(f"{new['repository']}: {new['branch']} was moved {ATTEMPTS} times at the same time; run again")

    def read(self, state: Values, ctx: GitHubContext) -> dict[str, Any] | None:
        """The files as the branch has them; with our pull request open, as it proposes them."""
        repository = Repository(ctx.github, state["repository"])
        own = Own.of(state)
        seen = look(repository, state["branch"], {*own.paths, *state["files"]})
        if seen is None:
            return None
        pull = find_own(repository, state["branch"])
        known = dict.fromkeys([*state["published"], *state["checks"]])
        last = own.last(seen.theirs)
        commit = state["commit"] if last == own.written else seen.head
        now = {**state, "written": last, "commit": commit, "published": published_on(repository, seen, known)}
        if pull:
            return {**now, "pullRequest": pull["number"]}
        return {**now, "pullRequest": None, "files": texts(repository, seen, state["files"])}

    def delete(self, state: Values, ctx: GitHubContext) -> None:
        """Takes the files away that are still as they were written here."""
        repository = Repository(ctx.github, state["repository"])
        own = Own.of(state)
        seen = look(repository, state["branch"], own.paths)
        if seen is None:
            return
        withdraw(repository, state["branch"], state["proposed"])
        last = own.last(seen.theirs)
        ours = [path for path, blob in last.items() if seen.theirs.get(path) == blob]
        others = seen.theirs.keys() & last.keys() - set(ours)
        if others:
            ctx.warn(f"{state['repository']}: {listed(others)} stay, since somebody else has changed them; remove them by hand")
        if ours:
            _take_away(repository, state["branch"], seen, ours, ctx)


def _take_away(repository: Repository, branch: str, seen: Seen, paths: list[str], ctx: GitHubContext) -> None:
    commit = repository.commit("Remove the workflow files", [seen.head], seen.head, dict.fromkeys(paths))
    try:
        repository.move(branch, commit)
    except (MovedError, RefusedError) as error:
        why = f"{branch} takes no direct commit ({error.said})"
        ctx.warn(f"{repository.name}: {listed(paths)} stay, since {why}; remove them by hand")
