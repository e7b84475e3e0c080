"""A repository that a destroy would delete is named at every update, unless it is the stand-in's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "components"))
sys.path.insert(0, str(Path(__file__).parents[1] / "infra"))

from recording_engine import run
from settings_factory import model

from stacks.repository import provision

ANSWERS = {
    "github:index/getRepository:getRepository": lambda _: {"fullName": "acme/web"},
    "github:index/getRestApi:getRestApi": lambda _: {"code": 404, "body": "{}"},
}


def warnings(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda text, *_: said.append(text))
    settings = model(github__repository="acme/web", github__manages="repository", **changes)
    run(lambda: provision(settings, []), answers=ANSWERS)
    return [text for text in said if "deletion" in text]


def test_on_a_real_server_it_is_named_with_the_way_to_protect_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings(monkeypatch, github__deletion="allow") == [
        "github.deletion = allow: a destroy deletes acme/web with all that is in it; to protect it, run "
        "`pulumi config rm github.deletion -s prod` and update"
    ]


def test_on_the_stand_in_or_protected_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert warnings(monkeypatch, github__deletion="allow", github__base_url="http://127.0.0.1:16480") == []
    assert warnings(monkeypatch) == []
