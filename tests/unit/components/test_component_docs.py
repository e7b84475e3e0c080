"""docs/components.md says what the components take, and its examples are programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pydantic import SecretStr
from recording_engine import PROJECT, run

import components
from infra.provider.resources import Provider, SonarAccess

DOCS = (Path(__file__).parents[3] / "docs" / "components.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", DOCS, re.DOTALL)
DOCUMENTED = re.findall(r"^\| `(\w+)` \| default \| meaning \|$", DOCS, re.MULTILINE)
ELSEWHERE = {"BlueGreenServiceArgs", "RollingServiceArgs", "ServiceArgs", "SmokeTestArgs", "WorkflowFilesArgs"}
ECR = {"repositoryUrl": "1.dkr.ecr.eu-west-1.amazonaws.com/podinfo", "arn": "arn:aws:ecr:eu-west-1:1:repository/podinfo"}
IMAGES = ("runner", "sonar", "postgres", "exporter", "alertmanager", "prometheus")
ANSWERS = {
    "github:index/getRepository:getRepository": lambda _: {"fullName": "lab/theirs"},
    "github:index/getRestApi:getRestApi": lambda _: {"code": 404, "body": "{}"},
    "github:index/getTeam:getTeam": lambda _: {"id": "21"},
}


def rows(name: str) -> Iterator[tuple[str, str]]:
    """Name and default of each row of the table of ``name``."""
    table = DOCS.split(f"| `{name}` | default | meaning |\n| --- | --- | --- |\n")[1].split("\n\n")[0]
    for line in table.splitlines():
        first, default, *_ = (cell.strip() for cell in line.strip("|").split(" |"))
        yield first.strip("`"), default.strip("`")


def default_of(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return repr(field.default_factory())
    return "" if field.default is MISSING else repr(field.default)


@pytest.mark.parametrize("name", DOCUMENTED)
def test_a_table_has_the_args_and_their_defaults(name: str) -> None:
    assert list(rows(name)) == [(field.name, default_of(field)) for field in fields(getattr(components, name))]


def test_all_args_have_a_table() -> None:
    args = {name for name in components.__all__ if name.endswith("Args") or name == "BypassActor"}
    assert args - ELSEWHERE <= set(DOCUMENTED)


def test_the_examples_are_programs() -> None:
    needed = {"Provider": Provider, "SonarAccess": SonarAccess, "SecretStr": SecretStr, "pulumi": pulumi, "ledger": {}}
    known = {**needed, **{name: getattr(components, name) for name in components.__all__}}

    def program() -> None:
        images = {f"{name}Image": f"ghcr.io/lab/{name}@sha256:{'a' * 64}" for name in IMAGES}
        config = {"databaseUrl": "postgres://x", "githubToken": "hunter2", **images}
        pulumi.runtime.set_all_config({f"{PROJECT}:{key}": value for key, value in config.items()}, [f"{PROJECT}:databaseUrl"])
        for example in EXAMPLES:
            exec(compile(example, "docs/components.md", "exec"), known)  # noqa: S102

    recorder = run(program, answers=ANSWERS, outputs={"aws:ecr/repository:Repository": ECR})
    made = {kind.rpartition(":")[2] for kind, _ in recorder.registered if kind.startswith("lockgate:")}
    assert made >= {"Repository", "Environments", "BranchRules", "OidcTrust", "RunnerScaleSet", "Registry"}
    assert made >= {"SonarServer", "QualityGate"}
    assert "postgres://x" not in json.dumps([each.raw for each in recorder.registered.values() if "Secret" not in each.kind])


def test_every_name_can_be_imported_and_no_other() -> None:
    for name in components.__all__:
        assert getattr(components, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        _ = components.Nothing
