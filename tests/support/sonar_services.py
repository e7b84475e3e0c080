"""SonarQube's own description of the calls that Lockgate makes, kept as a file; made anew from a server that runs:

SONAR_HOST_URL=http://127.0.0.1:30900 SONAR_TOKEN=... python tests/support/sonar_services.py
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx

ROOT = Path(__file__).parents[2]
DESCRIPTION = ROOT / "tests" / "contract" / "sonarqube-10.7.json"


def paths() -> set[str]:
    """The calls that our sources name."""
    texts = [file.read_text() for file in [*(ROOT / "infra").rglob("sonar_*.py"), ROOT / "infra/sonarqube/client.py"]]
    found = {path for text in texts for path in re.findall(r'"/(api/[a-z_]+/[a-z_{}]+)"', text)}
    kinds = {path: ("group", "user") for path in found if "{kind}" in path} | {
        path: ("groups", "users") for path in found if "{kinds}" in path
    }
    made = {re.sub(r"\{kinds?\}", kind, path) for path, each in kinds.items() for kind in each}
    return (found - kinds.keys()) | made


def described(body: Mapping[str, Any], wanted: set[str]) -> dict[str, Any]:
    """What the answer of ``/api/webservices/list`` says of the ``wanted`` paths."""
    every = {f"{service['path']}/{action['key']}": action for service in body["webServices"] for action in service["actions"]}
    return {path: _short(every[path]) for path in sorted(wanted) if path in every}


def known() -> dict[str, Any]:
    """The description that is kept."""
    return dict(json.loads(DESCRIPTION.read_text()))


def problems(method: str, path: str, sent: Mapping[str, str]) -> list[str]:
    """What of a call the description does not allow."""
    call = known().get(path.strip("/"))
    if call is None:
        return [f"{path} is not described"]
    params: Mapping[str, Any] = call["params"]
    found = [] if method == ("POST" if call["post"] else "GET") else [f"{path}: {method}"]
    found += [f"{path}: {name} is not a parameter" for name in sent.keys() - params.keys()]
    found += [f"{path}: {name} is missing" for name, one in params.items() if one["required"] and name not in sent]
    limited = ((name, params[name].get("values")) for name in sent.keys() & params.keys())
    return found + [f"{path}: {name} = {sent[name]}" for name, values in limited if values and sent[name] not in values]


def _short(action: Mapping[str, Any]) -> dict[str, Any]:
    params = {one["key"]: _param(one) for one in action.get("params", [])}
    deprecated = action.get("deprecatedSince", "")
    return {"post": action["post"], "internal": action["internal"], "deprecated": deprecated, "params": params}


def _param(one: Mapping[str, Any]) -> dict[str, Any]:
    values = {"values": one["possibleValues"]} if "possibleValues" in one else {}
    return {"required": one["required"], "deprecated": one.get("deprecatedSince", ""), **values}


if __name__ == "__main__":
    url, login = os.environ["SONAR_HOST_URL"].rstrip("/"), (os.environ["SONAR_TOKEN"], "")
    answer = httpx.get(f"{url}/api/webservices/list", params={"include_internals": "true"}, auth=login, timeout=60)
    made = described(answer.raise_for_status().json(), paths())
    DESCRIPTION.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")
    sys.stdout.write(f"{len(made)} calls in {DESCRIPTION.relative_to(ROOT)}\n")
