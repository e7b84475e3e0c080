"""What tests on the GitHub stand-in do again and again, as a client of github.com would."""

from __future__ import annotations

from typing import Any

import httpx2 as httpx

ROOT = "/repos/lab/podinfo"
MAIN = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
PULL_REQUEST = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 0,
    "required_review_thread_resolution": False,
}


def good(answer: httpx.Response) -> Any:
    """The body of an answer that must not be a refusal; None where there is none."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def make_repository(client: httpx.Client, **settings: Any) -> Any:
    """``lab/podinfo``, private, with one commit on ``main``."""
    wanted = {"name": "podinfo", "visibility": "private", "auto_init": True, **settings}
    return good(client.post("/orgs/lab/repos", json=wanted))


def tip(client: httpx.Client, branch: str = "main", root: str = ROOT) -> str:
    return str(good(client.get(f"{root}/git/ref/heads/{branch}"))["object"]["sha"])


def commit(client: httpx.Client, files: dict[str, str], parent: str, root: str = ROOT) -> str:
    """A commit by the Git data API that changes ``files`` (path to text) of ``parent``; no branch has it yet."""
    base = good(client.get(f"{root}/git/commits/{parent}"))["tree"]["sha"]
    entries = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()]
    tree = good(client.post(f"{root}/git/trees", json={"base_tree": base, "tree": entries}))["sha"]
    made = {"message": f"Change {', '.join(files)}", "tree": tree, "parents": [parent]}
    return str(good(client.post(f"{root}/git/commits", json=made))["sha"])


def branch(client: httpx.Client, name: str, files: dict[str, str], start: str | None = None, root: str = ROOT) -> str:
    """A new branch with one commit on top of ``start``, or of ``main``; returns the commit."""
    made = commit(client, files, start or tip(client, root=root), root)
    good(client.post(f"{root}/git/refs", json={"ref": f"refs/heads/{name}", "sha": made}))
    return made


def move(client: httpx.Client, name: str, sha: str, *, force: bool = False, root: str = ROOT) -> httpx.Response:
    return client.patch(f"{root}/git/refs/heads/{name}", json={"sha": sha, "force": force})


def pull(client: httpx.Client, head: str, title: str = "A change", base: str = "main", root: str = ROOT) -> Any:
    return good(client.post(f"{root}/pulls", json={"title": title, "head": head, "base": base}))


def required_checks(*names: str, strict: bool = False) -> dict[str, Any]:
    checks = [{"context": name} for name in names]
    parameters = {"strict_required_status_checks_policy": strict, "required_status_checks": checks}
    return {"type": "required_status_checks", "parameters": parameters}


def ruleset(client: httpx.Client, *rules: dict[str, Any], root: str = ROOT, **settings: Any) -> Any:
    """A ruleset named ``main`` on the default branch; nobody may pass it by."""
    wanted = {"name": "main", "target": "branch", "enforcement": "active", "conditions": MAIN, "rules": list(rules), **settings}
    return good(client.post(f"{root}/rulesets", json=wanted))


def proposal(client: httpx.Client) -> int:
    """A repository with a pull request, whose number it gives."""
    make_repository(client)
    branch(client, "change", {"file": "text"})
    return int(pull(client, "change")["number"])
