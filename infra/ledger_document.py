"""A ledger as a stack publishes it in the cluster: when which release went live, and of no release its config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

DOCUMENT = "ledger.json"
"""The key in a ConfigMap with the label ``infra.labels.LEDGER``."""


def document(stack: str, service: str, ledger: Mapping[str, Any]) -> str:
    """The text of a ledger (``Ledger.to_dict``), the same for the same ledger."""
    releases = {key: {name: one.get(name, "") for name in ("version", "revision")} for key, one in ledger["releases"].items()}
    history = [{name: entry[name] for name in ("release", "kind", "at", "previous")} for entry in ledger["history"]]
    return json.dumps({"stack": stack, "service": service, "releases": releases, "history": history}, sort_keys=True)
