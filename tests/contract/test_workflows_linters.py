"""What is rendered has no finding from the linters, each of which does find what is planted."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from users_pipeline import extended

from components.workflows.lintconfig import ALLOWED, HOSTED
from components.workflows.standard import PipelineOptions, own, standard
from operations.workflow_linters import findings

GOOD = """\
name: Good
"on":
  pull_request:
    branches: [main]
permissions: {}
concurrency:
  group: good-${{ github.ref }}
  cancel-in-progress: true
jobs:
  good:
    name: Good
    permissions:
      contents: read # check out the source
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - name: Greet
        run: echo hello
"""


def written(root: Path, files: Mapping[str, str]) -> Path:
    """``files`` in a repository of their own, where linters do not find the configuration of another."""
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


SPECS = {"standard": standard(PipelineOptions()), "own": own(), "a user's": extended()}


@pytest.mark.parametrize("name", SPECS)
def test_no_linter_finds_anything(name: str, tmp_path: Path) -> None:
    assert findings(written(tmp_path, SPECS[name].files())) == {}


def test_at_most_three_exceptions_are_listed_and_each_has_its_reason() -> None:
    assert len(ALLOWED) <= 3
    for spec in SPECS.values():
        config = spec.files()[".github/zizmor.yml"]
        assert all(one.reason in config for one in ALLOWED)
        assert not [path for path, text in spec.files().items() if "ignore[" in text], "an exception stands in a file of its own"


@pytest.mark.parametrize("rule", [one.rule for one in ALLOWED])
def test_each_exception_is_needed(rule: str, tmp_path: Path) -> None:
    files = {path: text for path, text in SPECS["standard"].files().items() if not path.endswith("zizmor.yml")}
    assert rule in findings(written(tmp_path, files))["zizmor"]


def test_githubs_own_runners_are_known_to_the_linter(tmp_path: Path) -> None:
    files = {f".github/workflows/{label}.yml": GOOD.replace("ubuntu-latest", label) for label in HOSTED}
    assert findings(written(tmp_path, files)) == {}


@pytest.mark.parametrize(
    ("linter", "good", "bad", "said"),
    [
        ("actionlint", "echo hello", 'echo "${{ github.event.pull_request.title }}"', "untrusted"),
        ("actionlint", "ubuntu-latest", "ubuntu-lastest", "ubuntu-lastest"),
        ("zizmor", "contents: read # check out the source", "contents: write", "undocumented-permissions"),
        ("zizmor", "permissions: {}", "permissions: write-all", "excessive-permissions"),
        ("zizmor", "pull_request:", "pull_request_target:", "dangerous-triggers"),
        ("zizmor", "        run: echo hello", "        uses: actions/checkout@v4", "unpinned-uses"),
        ("schema of workflows", "    steps:", "    stops:", "stops"),
    ],
)
def test_each_linter_finds_what_is_planted(linter: str, good: str, bad: str, said: str, tmp_path: Path) -> None:
    assert good in GOOD
    found = findings(written(tmp_path, {".github/workflows/bad.yml": GOOD.replace(good, bad)}))
    assert said in found[linter]


def test_a_workflow_without_a_fault_has_no_finding(tmp_path: Path) -> None:
    assert findings(written(tmp_path, {".github/workflows/good.yml": GOOD})) == {}


def test_the_actions_schema_finds_what_is_planted(tmp_path: Path) -> None:
    action = "name: Bad\ndescription: Bad\nruns:\n  using: composite\n  stops: []\n"
    found = findings(written(tmp_path, {".github/actions/bad/action.yml": action}))
    assert "stops" in found["schema of actions"]


def test_templates_are_linted_too(tmp_path: Path) -> None:
    found = findings(written(tmp_path, {".github/templates/bad.yml": GOOD.replace("permissions: {}", "permissions: write-all")}))
    assert "excessive-permissions" in found["zizmor"]


def test_a_pull_requests_title_reaches_no_script() -> None:
    files = SPECS["a user's"].files()
    assert "who: ${{ github.event.pull_request.title }}" in files[".github/workflows/ci.yml"]
    assert "run: echo \"Hello, $WHO\"" in files[".github/actions/greet/action.yml"]
