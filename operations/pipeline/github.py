"""What the lab's GitHub has of a repository: its workflow files, and what jobs get of its secrets and variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

import lab
from infra.github.client import GitHub
from infra.github.credentials import Token
from infra.github.repository import Repository

FILES = ".github/"


class Hosted:
    """``name`` is OWNER/NAME."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.github = GitHub(lab.github_url(), Token(lab.github_token()))
        self._path = f"/repos/{name}"

    def workflow_files(self) -> Mapping[str, str]:
        """The files below ``.github`` of the branch main, as the stack's update has committed them."""
        repository = Repository(self.github, self.name)
        tree = self.github.get(f"{self._path}/git/trees/{repository.head('main')}", recursive="1")["tree"]
        found = {one["path"]: one["sha"] for one in tree if one["type"] == "blob" and one["path"].startswith(FILES)}
        return {path: repository.text(blob) for path, blob in found.items()}

    def variables(self) -> Mapping[str, str]:
        """Those of the repository and of its environments: act knows one set for all jobs."""
        return {str(one["name"]): str(one["value"]) for place in self._places() for one in self._all(f"{place}/variables")}

    def secrets(self) -> Mapping[str, str]:
        """Likewise, in plain text, and the token that GitHub gives to each job."""
        found = {"GITHUB_TOKEN": lab.github_token()}
        for place, environment in self._places().items():
            for one in self._all(f"{place}/secrets"):
                found[one["name"]] = self._opened(one["name"], environment)
        return found

    def propose(self, branch: str) -> int:
        """Opens a pull request with one file more from ``branch``, unless it is open; gives its number."""
        repository = Repository(self.github, self.name)
        for pull in repository.pulls("main"):
            if pull["head"]["ref"] == branch:
                return int(pull["number"])
        base = str(repository.head("main"))
        repository.create(branch, repository.commit("A proposal", [base], base, {"PROPOSAL.md": "# A proposal\n"}))
        asked = {"title": "A proposal", "head": branch, "base": "main", "body": ""}
        return int(self.github.post(f"{self._path}/pulls", asked)["number"])

    def comments(self, pull: int) -> list[str]:
        """What was said on a pull request."""
        return [str(one["body"]) for one in self._all(f"{self._path}/issues/{pull}/comments")]

    def reviewers(self, environment: str) -> list[str]:
        """The people and teams of whom one must approve a deployment; none where the environment asks nobody."""
        found = self.github.get(f"{self._path}/environments/{environment}")
        rules = [rule for rule in found.get("protection_rules") or [] if rule["type"] == "required_reviewers"]
        people = [one["reviewer"] for rule in rules for one in rule["reviewers"]]
        return [str(one.get("login") or one.get("slug")) for one in people]

    def tell(self, run: Mapping[str, Any]) -> None:
        """Of a run that has ended: github.com knows of those that it starts."""
        self._lab("POST", "runs", json=run)

    def _places(self) -> Mapping[str, str]:
        """Where secrets and variables are, and the name of the environment there."""
        names = [str(one["name"]) for one in self._all(f"{self._path}/environments")]
        return {f"{self._path}/actions": "", **{f"{self._path}/environments/{name}": name for name in names}}

    def _all(self, path: str) -> list[Mapping[str, Any]]:
        return list(self.github.pages(path))

    def _opened(self, name: str, environment: str) -> str:
        """The lab's GitHub tells what github.com never does."""
        asked = {"repository": self.name, "name": name, "environment": environment}
        return str(self._lab("GET", "secret", params=asked)["value"])

    def _lab(self, method: str, name: str, **asked: Any) -> Any:
        headers = {"authorization": f"Bearer {lab.github_token()}"}
        with httpx2.Client(trust_env=False, headers=headers) as client:
            return client.request(method, f"{lab.github_url()}/_lab/{name}", **asked).raise_for_status().json()
