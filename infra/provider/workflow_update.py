"""One update of the workflow files: look, decide, act once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from infra.errors import LockgateError
from infra.github.repository import RefusedError, Repository
from infra.provider.github_context import GitHubContext
from infra.provider.proposal import BRANCH, Proposal, propose, withdraw
from infra.provider.workflow_branch import Seen, look, others, published_on
from infra.provider.workflow_plan import Decision, Own, changes, hashes, plan


class Update:
    """From the state ``old`` ({} where there is none) to the inputs ``new``."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any], ctx: GitHubContext) -> None:
        self._old = old
        self._new = new
        self._ctx = ctx
        self._branch: str = new["branch"]
        self._repository = Repository(ctx.github, new["repository"])
        self._wanted = hashes(new["files"])
        self._own = Own.of(old)
        self._paths = {*self._own.paths, *self._wanted}

    def run(self) -> dict[str, Any]:
        """The new state. Raises ``MovedError`` where somebody else moves the branch in between."""
        seen = self._look()
        last = self._own.last(seen.theirs)
        if any(self._old.get(key) != self._new[key] for key in ("repository", "branch")):
            last = {path: blob for path, blob in last.items() if path in seen.theirs}
        changed = changes(last, seen.theirs, self._wanted)
        pulls = others(self._repository, self._branch, BRANCH) if changed else []
        decision = plan(last, seen.theirs, self._wanted, pulls)
        if decision.action == "keep":
            return self._done(self._old["commit"] if self._own.written == self._wanted else seen.head)
        return self._commit(seen, decision, last) if decision.action == "commit" else self._propose(seen, decision, last)

    def _look(self) -> Seen:
        seen = look(self._repository, self._branch, self._paths)
        if seen is None:
            raise LockgateError(
                f"{self._new['repository']} has no branch {self._branch} with a commit in it that the token may see; "
                "check both names, or make a first commit"
            )
        return seen

    def _commit(self, seen: Seen, decision: Decision, last: Mapping[str, str]) -> dict[str, Any]:
        commit = self._repository.commit(self._new["message"], [seen.head], seen.head, self._files(decision))
        try:
            self._repository.move(self._branch, commit)
        except RefusedError as error:
            reason = f"the rules of {self._branch} refuse a direct commit ({error.said})"
            return self._propose(seen, replace(decision, reason=reason), last)
        self._ctx.say(f"committed {commit[:7]} to {self._branch}")
        return self._done(commit)

    def _propose(self, seen: Seen, decision: Decision, last: Mapping[str, str]) -> dict[str, Any]:
        why = self._why(decision)
        proposal = Proposal(
            base=self._branch,
            head=seen.head,
            files=self._files(decision),
            whole={path: (self._wanted if path in decision.changed else seen.theirs).get(path) for path in self._paths},
            message=self._new["message"],
            why=f"Because {why}.",
        )
        opened = propose(self._repository, proposal, self._old.get("proposed") or "")
        self._ctx.warn(
            f"{self._repository.name}: {why}. The workflow files are proposed in pull request #{opened.number} instead; "
            f"merge it, and the next update goes on from there{f'. But {opened.kept}' if opened.kept else ''}"
        )
        known = dict.fromkeys([*(self._old.get("published") or []), *self._new["checks"]])
        return {
            **self._new,
            "written": last,
            "offered": self._own.offered if opened.kept else self._wanted,
            "published": published_on(self._repository, seen, known),
            "pullRequest": opened.number,
            "commit": self._old.get("commit") or "",
            "proposed": opened.commit,
        }

    def _done(self, commit: str) -> dict[str, Any]:
        """The state once the branch has what is wanted; a pull request of ours has nothing left to say then."""
        withdraw(self._repository, self._branch, self._old.get("proposed") or "")
        published = {"published": list(self._new["checks"]), "pullRequest": None}
        own = {"written": self._wanted, "offered": self._wanted}
        return {**self._new, **published, **own, "commit": commit, "proposed": ""}

    def _files(self, decision: Decision) -> dict[str, str | None]:
        return {path: self._new["files"].get(path) for path in sorted(decision.changed)}

    def _why(self, decision: Decision) -> str:
        """The reason, with who it was."""
        if not decision.edited:
            return decision.reason
        found = (f"{path} ({self._repository.last_change(self._branch, path)})" for path in decision.edited[:3])
        return f"{decision.reason}: {', '.join(found)}"
