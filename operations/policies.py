"""The policy before an update: what it denies ends the command before anything is touched."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape

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


def denials(project: Project, stack: str, found: Sequence[Finding], error: str = "") -> list[str]:
    """Why the stack must not be updated; what is only warned of is said.

    ``error`` is why its preview failed, which denies too: nobody knows what the update would do.
    """
    unknown = [("deny", f"the preview failed, so that nobody can tell what would change: {error}")] if error else []
    enforced, denied = is_enforced(project, stack), []
    for severity, text in [*unknown, *((finding.severity, str(finding)) for finding in found)]:
        if severity == "deny" and enforced:
            denied.append(text)
        else:
            what = "denied, but not enforced" if severity == "deny" else "warning"
            note(escape(f"{stack}: {what}: {text}"))
    return denied


def enforce(project: Project, plans: Sequence[Plan], words: Sequence[str] = ()) -> None:
    """Raises ``ReleaseError`` with all that speaks against updating the stacks of ``plans``, at once."""
    denied = [
        f"  - {plan.stack}: {text}"
        for plan in plans
        for text in denials(project, plan.stack, findings(project, plan, words), plan.error)
    ]
    if denied:
        lines = "\n".join(denied)
        raise ReleaseError(f"the policy denies this; nothing was changed (docs/policy.md tells why each rule is there):\n{lines}")
