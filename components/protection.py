"""Classic branch protection that is left beside a ruleset.

GitHub applies both, so that what the classic one asks for counts too, although no program says it any more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_github as github

PAGE = 100
_SWITCHES = {
    "enforce_admins": "the rules for administrators too",
    "required_signatures": "signed commits",
    "required_linear_history": "a linear history",
    "required_conversation_resolution": "resolved conversations",
    "lock_branch": "no changes at all",
    "block_creations": "no new branches",
}


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """The classic protection of ``branch``, and what it ``adds``."""

    branch: str
    adds: tuple[str, ...]

    def warning(self, full_name: str) -> str:
        """What a person should know of it, in ``full_name`` (OWNER/NAME), and how it goes."""
        return (
            f"{full_name}: branch {self.branch} has classic protection beside the ruleset, which adds "
            f"{', '.join(self.adds) or 'nothing'}; remove it under Settings, Branches, or by "
            f"`gh api -X DELETE repos/{full_name}/branches/{self.branch}/protection`"
        )


def leftover(branch: str, protection: Mapping[str, Any]) -> Leftover:
    """What the classic ``protection`` of a branch asks for, as GitHub's REST API answers it. Pure."""
    adds = [words for key, words in _SWITCHES.items() if (protection.get(key) or {}).get("enabled")]
    checks = protection.get("required_status_checks")
    if checks is not None:
        adds.append("the checks " + (", ".join(f'"{name}"' for name in checks.get("contexts") or []) or "(none)"))
    reviews = protection.get("required_pull_request_reviews")
    if reviews is not None:
        adds.append(f"{reviews.get('required_approving_review_count', 0)} approvals")
    if protection.get("restrictions") is not None:
        adds.append("a list of who may push")
    return Leftover(branch=branch, adds=tuple(adds))


def leftovers(parent: pulumi.Resource, repository: str) -> list[Leftover]:
    """The classic protection in a repository of the provider's owner, said as a warning; none where it is not there yet.

    A look that fails is a warning too: it must not end an update that mends what it was about.
    """
    try:
        full_name = github.get_repository(name=repository, opts=pulumi.InvokeOptions(parent=parent)).full_name
        found = _find(parent, full_name) if full_name else []
    except Exception as error:
        words = " ".join(str(error).split())
        pulumi.log.warn(f"{repository}: classic branch protection could not be looked for: {words}", parent)
        return []
    for each in found:
        pulumi.log.warn(each.warning(full_name), parent)
    return found


def _find(parent: pulumi.Resource, full_name: str) -> list[Leftover]:
    branches = _get(parent, f"repos/{full_name}/branches?protected=true&per_page={PAGE}") or []
    answers = {item["name"]: _get(parent, f"repos/{full_name}/branches/{item['name']}/protection") for item in branches}
    return [leftover(branch, answer) for branch, answer in answers.items() if answer]


def _get(parent: pulumi.Resource, endpoint: str) -> Any:
    answer = github.get_rest_api(endpoint=endpoint, opts=pulumi.InvokeOptions(parent=parent))
    return json.loads(answer.body) if answer.code == 200 else None
