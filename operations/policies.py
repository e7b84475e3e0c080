"""The policy before an update: what it denies ends the command before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from infra.errors import ReleaseError
from infra.plan import Plan
from infra.progress import note
from operations.project import Project
from policy import Context, Finding, check


def findings(project: Project, plan: Plan, words: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What the policy says of a stack's preview. ``words`` are the URNs or names of stateful resources that may go."""
    owner, _, _ = str(project.setting(plan.stack, "github.repository") or "").partition("/")
    context = Context(registry=str(project.setting(plan.stack, "registryUrl") or ""), owner=owner)
    return check(plan, words, context)


def is_enforced(project: Project, stack: str) -> bool:
    """Whether a denial ends an update of the stack: its setting securityPolicyEnforcement."""
    return project.setting(stack, "securityPolicyEnforcement") not in (False, "false")


def enforce(project: Project, plans: Sequence[Plan], words: Sequence[str] = ()) -> None:
    """Says what the policy warns of. Raises ``ReleaseError`` with the denials of all the stacks at once.

    A stack whose preview failed counts as denied, since nobody knows what its update would do.
    """
    denied: list[str] = []
    for plan in plans:
        enforced = is_enforced(project, plan.stack)
        for severity, text in _sayings(project, plan, words):
            if severity == "deny" and enforced:
                denied.append(f"{plan.stack}: {text}")
            else:
                note(f"{plan.stack}: {'denied, but not enforced' if severity == 'deny' else 'warning'}: {text}")
    if denied:
        lines = "\n".join(f"  - {one}" for one in denied)
        raise ReleaseError(f"the policy denies this; nothing was changed (docs/policy.md tells why each rule is there):\n{lines}")


def _sayings(project: Project, plan: Plan, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    if plan.error:
        yield "deny", f"the preview failed, so that the policy cannot tell what would change: {plan.error}"
    for finding in findings(project, plan, words):
        yield finding.severity, str(finding)
