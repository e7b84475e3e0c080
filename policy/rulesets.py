"""Rules on the protection of branches: that it is on, for everyone, and does not quietly become weaker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.plan import Change
from policy.examples import change, plan, ruleset
from policy.model import Case, Hit, Rule
from policy.values import at, items, mapping, texts, truthy

RULESETS = ("github:index/repositoryRuleset:RepositoryRuleset", "github:index/organizationRuleset:OrganizationRuleset")
CLASSIC = (
    "github:index/branchProtection:BranchProtection",
    "github:index/branchProtectionV3:BranchProtectionV3",
)
REPOSITORY = "github:index/repository:Repository"
WRITE = 4
"""The id of the repository role that everyone has who may push."""

OFF = {
    "disabled": "is switched off",
    "evaluate": "only watches, and stops nothing",
}


def _idle(case: Case) -> Iterator[Hit]:
    defaults = _default_branches(case)
    for one, new in case.wanted(*RULESETS):
        enforcement = new.get("enforcement")
        if isinstance(enforcement, str) and enforcement in OFF and defaults & set(texts(_includes(new))):
            yield Hit(
                change=one,
                message=f"enforcement = {enforcement}: the ruleset of the default branch {OFF[enforcement]}",
                remedy="set it to active",
            )


def _includes(new: Mapping[str, Any]) -> Any:
    return at(new, "conditions", "refName", "includes")


def _default_branches(case: Case) -> set[str]:
    """What a ruleset may call the default branch."""
    named = {str(new["defaultBranch"]) for _, new in case.wanted(REPOSITORY) if new.get("defaultBranch")}
    return {"~DEFAULT_BRANCH", "~ALL", *(f"refs/heads/{name}" for name in named or {"main", "master"})}


def _bypass(case: Case) -> Iterator[Hit]:
    for one, new in case.wanted(*RULESETS):
        if any(_is_everyone(actor) for actor in items(new.get("bypassActors"))):
            yield Hit(
                change=one,
                message="bypassActors: names the role write, which everyone has who may push",
                remedy="name a team, an app or the administrators, or nobody",
            )


def _is_everyone(actor: Any) -> bool:
    return at(actor, "actorType") == "RepositoryRole" and _number(at(actor, "actorId")) == WRITE


def _weaker(case: Case) -> Iterator[Hit]:
    for one in case.plan.changes:
        if one.type in RULESETS and one.operation in ("update", "replace") and one.old is not None and one.new is not None:
            yield from (_weakened(one, text) for text in _lost(one.old, one.new))
        elif one.type in (*RULESETS, *CLASSIC) and one.operation == "delete":
            yield _weakened(one, "the whole protection would be deleted")


def _weakened(one: Change, text: str) -> Hit:
    return Hit(change=one, message=text, remedy="look whether it is meant")


def _lost(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = mapping(old.get("rules")), mapping(new.get("rules"))
    for name in sorted(_required(before) - _required(after)):
        yield f"rules.requiredStatusChecks: no longer requires {name}"
    for name, value in before.items():
        if value and value != "false" and after.get(name) in (None, False, "false"):
            yield f"rules.{name}: would be taken away"
    yield from _milder_reviews(mapping(before.get("pullRequest")), mapping(after.get("pullRequest")))
    for name in sorted(set(texts(_includes(old))) - set(texts(_includes(new)))):
        yield f"conditions.refName.includes: no longer names {name}"
    if len(items(new.get("bypassActors"))) > len(items(old.get("bypassActors"))):
        yield "bypassActors: more of them than before"


def _required(rules: Mapping[str, Any]) -> set[str]:
    checks = items(at(rules, "requiredStatusChecks", "requiredChecks"))
    return {name for name in (at(check, "context") for check in checks) if isinstance(name, str)}


def _milder_reviews(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if not after:
        return
    for name, value in before.items():
        now = after.get(name)
        fewer = name == "requiredApprovingReviewCount" and _number(now) < _number(value)
        if fewer or (truthy(value) and not truthy(now)):
            yield f"rules.pullRequest.{name}: goes from {value} to {now}"


def _number(value: Any) -> float:
    return value if isinstance(value, int | float) else 0


def _checks(*names: str) -> dict[str, Any]:
    return {"requiredStatusChecks": {"requiredChecks": [{"context": name} for name in names]}}


def _update(old: Change, new: Change) -> Change:
    return change(new.type, new.name, new.new, "update", old=old.new)


RULES = (
    Rule(
        name="ruleset-active",
        severity="deny",
        why="A ruleset that is there but not enforced looks like protection, and is none.",
        check=_idle,
        good=plan(ruleset(enforcement="active")),
        bad=plan(ruleset(enforcement="evaluate")),
    ),
    Rule(
        name="ruleset-bypass",
        severity="deny",
        why="A rule that everyone may bypass is a wish.",
        check=_bypass,
        good=plan(ruleset(bypassActors=[{"actorType": "Team", "actorId": 7, "bypassMode": "pull_request"}])),
        bad=plan(ruleset(bypassActors=[{"actorType": "RepositoryRole", "actorId": WRITE, "bypassMode": "always"}])),
    ),
    Rule(
        name="weaker-protection",
        severity="warn",
        why="A check that is no longer required, or fewer reviews, is easily missed among other changes.",
        check=_weaker,
        good=plan(_update(ruleset(rules=_checks("test")), ruleset(rules=_checks("test", "lint")))),
        bad=plan(_update(ruleset(rules=_checks("test", "lint")), ruleset(rules=_checks("test")))),
    ),
)
