"""Valid settings, and what a user reads once something in them is changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from infra.errors import SettingsError
from infra.settings import Settings, load_settings

DIGEST = "sha256:" + "a" * 64
IMAGE = f"127.0.0.1:15000/podinfo:1.2.0@{DIGEST}"
HIDDEN = "hunter2"


def raw(**changes: str | None) -> dict[str, str]:
    """A valid stack as the engine hands it over, with some keys changed, or taken out (None)."""
    texts: dict[str, str | None] = {"image": IMAGE, **changes}
    return {f"lockgate:{name}": text for name, text in texts.items() if text is not None}


def load(secret: Collection[str] = (), /, **changes: str | None) -> Settings:
    return load_settings("prod", raw(**changes), [f"lockgate:{name}" for name in secret])


def errors(secret: Collection[str] = (), /, **changes: str | None) -> list[str]:
    """What the user reads, one line for each fault."""
    with pytest.raises(SettingsError) as caught:
        load(secret, **changes)
    first, *lines = str(caught.value).splitlines()
    assert first.startswith("Pulumi.prod.yaml has "), first
    return [line.removeprefix("  - Pulumi.prod.yaml: lockgate:") for line in lines]


def model(**changes: Any) -> Settings:
    return Settings(**{"image": IMAGE, "version": "1.2.0", "namespace": "podinfo-prod", "github__environment": "prod", **changes})
