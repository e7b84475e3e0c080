"""Where an image is from, as SLSA's provenance v1 says it, and whether that is what one expects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from operations.artifacts import attached

BY_HAND = "https://lockgate.dev/builders/by-hand"
GITHUB_TYPE = "https://actions.github.io/buildtypes/workflow/v1"
HAND_TYPE = "https://lockgate.dev/buildtypes/by-hand/v1"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """``builder`` is what its address begins with, ``revision`` what the commit begins with; "" is any. ``refs`` are patterns of
    the branches and tags whose workflow may have built it, such as ``refs/heads/main``; none is any."""

    digest: str
    builder: str = ""
    revision: str = ""
    refs: tuple[str, ...] = ()


def predicate(revision: str, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """What this job, or this person, built from ``revision``. ``environment`` is the job's own."""
    repository = environment.get("GITHUB_REPOSITORY", "")
    server = environment.get("GITHUB_SERVER_URL", "https://github.com")
    source = {"digest": {"gitCommit": revision}}
    if not repository:
        return _whole(HAND_TYPE, {}, source, BY_HAND, "", now)
    branch = environment.get("GITHUB_REF", "")
    # Not every runner says the workflow's file; its name does then.
    named = f"{repository}/.github/workflows/{environment.get('GITHUB_WORKFLOW', '')}@{branch}"
    workflow = environment.get("GITHUB_WORKFLOW_REF") or named
    path = workflow.partition("@")[0].removeprefix(f"{repository}/")
    run = f"{server}/{repository}/actions/runs/{environment.get('GITHUB_RUN_ID', '')}"
    outside = {"workflow": {"ref": branch, "repository": f"{server}/{repository}", "path": path}}
    return _whole(
        GITHUB_TYPE, outside, {"uri": f"git+{server}/{repository}@{branch}", **source}, f"{server}/{workflow}", run, now
    )


def breach(statements: Iterable[Mapping[str, Any]], expected: Expected) -> str:
    """What does not hold, in words; "" where one of the statements says all that is expected."""
    found = [_breach(one, expected) for one in statements]
    return "" if "" in found else next(iter(found), "there is no provenance")


def _breach(statement: Mapping[str, Any], expected: Expected) -> str:
    digests = [f"sha256:{(item.get('digest') or {}).get('sha256')}" for item in statement.get("subject") or []]
    made = statement.get("predicate") or {}
    builder = str(((made.get("runDetails") or {}).get("builder") or {}).get("id", ""))
    revision = attached.revision(made)
    if expected.digest not in digests:
        return f"its provenance is of {', '.join(digests) or 'nothing'}, not of this digest"
    if statement.get("predicateType") != attached.PROVENANCE:
        return f"its provenance is of the type {statement.get('predicateType')}, not {attached.PROVENANCE}"
    if not builder.startswith(expected.builder):
        return f"its provenance says that {builder or 'nobody'} built it, not one of {expected.builder}"
    ref = builder.partition("@")[2]
    if expected.refs and not any(_fits(ref, pattern) for pattern in expected.refs):
        return f"its provenance says that a workflow of {ref or 'no branch'} built it, not of {' or '.join(expected.refs)}"
    if not revision.startswith(expected.revision):
        return f"its provenance says that it was built from {revision or 'no commit'}, not from {expected.revision}"
    return ""


def _fits(ref: str, pattern: str) -> bool:
    """As GitHub reads a pattern: ``*`` is anything up to the next slash."""
    return re.fullmatch("[^/]*".join(map(re.escape, pattern.split("*"))), ref) is not None


def _whole(
    kind: str, outside: Mapping[str, Any], source: Mapping[str, Any], builder: str, run: str, now: datetime
) -> dict[str, Any]:
    return {
        "buildDefinition": {
            "buildType": kind,
            "externalParameters": outside,
            "internalParameters": {},
            "resolvedDependencies": [source],
        },
        "runDetails": {
            "builder": {"id": builder},
            "metadata": {"invocationId": run, "finishedOn": now.astimezone(UTC).isoformat(timespec="seconds")},
        },
    }
