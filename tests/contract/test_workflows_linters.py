"""What is rendered has no finding from the linters, each of which does find what is planted."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from components.workflows import (
    CHECKOUT,
    Action,
    ActionInput,
    Call,
    Concurrency,
    Dispatch,
    Environment,
    Expr,
    Input,
    Job,
    Matrix,
    Pin,
    PipelineSpec,
    Run,
    Service,
    Use,
    Workflow,
    WorkflowCall,
    checkout,
    local,
    reads,
    secret,
)
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


def extended() -> PipelineSpec:
    """A user's own: a job in our ci, a workflow that is called, a workflow of theirs, an action, and a pin."""
    database = Service(image=f"postgres:17@sha256:{'a' * 64}", env={"POSTGRES_PASSWORD": "test"}, ports=("5432:5432",))
    licences = Job(
        id="licences",
        name="Licences",
        permissions=CHECKOUT,
        required=True,
        formerly=("License check",),
        needs=("build",),
        matrix=Matrix({"language": ("python", "node")}),
        services={"database": database},
        outputs={"count": Expr("steps.count.outputs.count")},
        timeout_minutes=10,
        steps=(
            checkout(whole_history=True),
            Use(name="Set up Java", action=Pin("actions/setup-java", "b" * 40, "v5.0.0"), inputs={"distribution": "temurin"}),
            local("greet", "Greet", who=Expr("github.event.pull_request.title")),
            Run(name="Count", id="count", script='echo "count=$KIND" >> "$GITHUB_OUTPUT"', env={"KIND": Expr("matrix.language")}),
        ),
    )
    greet = Action(
        name="greet",
        title="Greet",
        description="Greets somebody",
        inputs={"who": ActionInput(description="Whom to greet")},
        steps=(Run(name="Greet", script='echo "Hello, $WHO"', env={"WHO": Expr("inputs.who")}),),
    )
    site = Job(
        id="site",
        name="Site",
        permissions=CHECKOUT | reads("packages", "fetch the theme"),
        environment=Environment(name=Expr("inputs.environment")),
        timeout_minutes=10,
        steps=(checkout(), Run(name="Publish", script="make site", env={"TOKEN": secret("SITE_TOKEN")})),
    )
    inputs = {"environment": Input(description="Where", required=True)}
    publish = Workflow(
        file="publish-site",
        name="Publish the site",
        on=(WorkflowCall(inputs=inputs, secrets=("SITE_TOKEN",)),),
        concurrency=Concurrency(group="publish-" + Expr("github.run_id")),
        jobs=(site,),
    )
    call = Call(
        id="publish",
        name="Publish",
        permissions=CHECKOUT | reads("packages", "fetch the theme"),
        workflow="publish-site",
        inputs={"environment": "staging"},
        secrets={"SITE_TOKEN": secret("SITE_TOKEN")},
    )
    by_hand = Workflow(file="site", name="Site", on=(Dispatch(),), concurrency=Concurrency(group="site"), jobs=(call,))
    return standard(PipelineOptions(runner_label="lockgate-runners")).extended(
        jobs={"ci": (licences,)}, workflows=(publish, by_hand), actions=(greet,)
    )


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
