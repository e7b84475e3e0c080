"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from fake_pulumi import FakePulumi
from states import DIGEST, exported, ledger

from infra.errors import LockgateError
from operations import images
from operations.cli import cli
from operations.images import Image
from operations.project import Project

COMMANDS = (  # noqa: SIM905
    "up|clean|lab|lab up|lab down|lab status|doctor|env|release|rollback|status|policy|preview-report|drift|workflows"
).split("|")


@pytest.fixture
def live(fake: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> FakePulumi:
    """A stack with 1.1.0 live in green and 1.0.0 in blue, a backend, and a registry that has every image."""
    known = fake.pulumi.state_file("prod")
    assert known is not None
    known.parent.mkdir(parents=True)
    known.touch()
    fake.play("stack", "export", out=exported(ledger("1.0.0", "1.1.0")))
    fake.play("up")
    fake.play("preview")
    monkeypatch.setattr(images, "resolve", lambda text: Image(**{**vars(images.split(text)), "digest": DIGEST}))
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def config(project: Project) -> str:
    return project.stack_file("prod").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    shown = run(*command.split(), "--help")
    assert shown.exit_code == 0
    assert "Examples:\n" in shown.output


def test_help_comes_at_once() -> None:
    """It loads neither Pulumi's SDK nor a client of Kubernetes."""
    loaded = "import sys; import operations.cli; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout.split()
    assert {"rich", "lightkube", "httpx2", "pulumi", "yaml", "pydantic"} & set(modules) == set()


def test_a_release_writes_the_wish_with_the_digest_and_takes_the_pin_away(live: FakePulumi) -> None:
    live.project.stack_file("prod").write_text(f"{config(live.project)}  lockgate:release: old\n  lockgate:revision: abc\n")
    done = run("release", "-s", "prod", "--image", "podinfo:1.2.0", "--config", "A=b=c", "--note", "why", "--json")
    assert done.exit_code == 0
    assert config(live.project) == (
        "config:\n  lockgate:nodePort: 30083\n"
        f'  lockgate:image: "podinfo:1.2.0@{DIGEST}"\n  lockgate:version: "1.2.0"\n'
        '  lockgate:config: {"A": "b=c"}\n  lockgate:note: "why"\n'
    )


@pytest.mark.usefixtures("live")
def test_a_release_that_is_live_already_says_so() -> None:
    done = run("release", "-s", "prod", "--image", "podinfo:1.1.0")
    assert "was live already" in done.stdout
    assert "releasing 1.1.0" in done.stderr


def test_a_failed_release_keeps_the_wish_and_reports_phase_cause_and_what_is_live(live: FakePulumi) -> None:
    error = {"diagnosticEvent": {"severity": "error", "message": "smoke: /version says 1.2.0, not 1.3.0"}}
    live.play("up", code=255, events=[error])
    done = run("release", "-s", "prod", "--image", "podinfo:1.3.0", "--json")
    assert isinstance(done.exception, LockgateError)
    text = str(done.exception)
    assert "failed in the phase smoke" in text
    assert "/version says 1.2.0, not 1.3.0" in text
    assert f"{ledger('1.0.0', '1.1.0').live} in green" in text
    assert "still wants 1.3.0" in text
    assert "podinfo:1.3.0" in config(live.project)
    said = json.loads(done.stdout)
    assert (said["ok"], said["changed"], said["failures"][0]["phase"]) == (False, False, "smoke")


def test_a_preview_changes_nothing_in_the_stacks_file(live: FakePulumi) -> None:
    before = config(live.project)
    assert run("release", "-s", "prod", "--image", "podinfo:1.2.0", "--dry-run").exit_code == 0
    assert config(live.project) == before
    assert "up" not in {call["argv"][0] for call in live.calls}


def test_a_rollback_reads_the_state_once_before_it_updates(live: FakePulumi) -> None:
    done = run("rollback", "-s", "prod", "--note", "errors")
    assert done.exit_code == 0
    assert "warm: it still runs in blue" in done.stderr
    assert [call["argv"][0] for call in live.calls] == ["stack", "up", "stack"]
    assert f'lockgate:release: "{ledger("1.0.0").live}"' in config(live.project)


def test_a_rollback_that_cannot_be_done_touches_nothing(live: FakePulumi) -> None:
    before = config(live.project)
    assert isinstance(run("rollback", "-s", "prod", "--to", "9.9").exception, LockgateError)
    assert config(live.project) == before
    assert [call["argv"][0] for call in live.calls] == ["stack"]


@pytest.mark.usefixtures("live")
def test_status_tolerates_a_cluster_that_cannot_be_reached() -> None:
    shown = run("status", "-s", "prod")
    assert shown.exit_code == 0
    assert f"{ledger('1.0.0', '1.1.0').live} in green" in shown.output
    assert "the cluster was not asked" in shown.output
    said = json.loads(run("status", "-s", "prod", "--json").stdout)
    assert said["live"]["version"] == "1.1.0"
    assert said["rollback"] == {"release": ledger("1.0.0").live, "warm": True}


def test_a_stack_without_a_release_says_so_and_what_makes_the_first(live: FakePulumi) -> None:
    live.play("stack", "export", out='{"deployment": {}}')
    shown = run("status", "-s", "prod")
    assert shown.exit_code == 0
    assert "nothing is live; `lockgate release -s prod --image …` makes the first release" in shown.stdout
    assert json.loads(run("status", "-s", "prod", "--json").stdout)["live"] is None
    refused = run("rollback", "-s", "prod")
    assert (refused.exit_code, "nothing is live yet" in str(refused.exception)) == (1, True)


@pytest.mark.parametrize("command", [["status", "-s", "prod"], ["rollback", "-s", "prod"]])
def test_without_a_backend_it_names_make_up(project: Project, command: list[str]) -> None:
    assert project.root == Path.cwd()
    assert "make up" in str(run(*command).exception)


WRONG = ["release -s prod", "release -s prod --image a:1 --config A", "nonsense", "status"]


@pytest.mark.parametrize("arguments", WRONG)
def test_a_wrong_call_exits_with_2(arguments: str) -> None:
    assert run(*arguments.split()).exit_code == 2


@pytest.mark.parametrize(("where", "code"), [(".", 1), ("..", 2)])
def test_an_error_is_one_sentence_on_standard_error(project: Project, where: str, code: int) -> None:
    command = [sys.executable, "-c", "from operations.cli import main; main()", "status", "-s", "prod"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    done = subprocess.run(command, cwd=project.root / where, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr.startswith("error: ")
    assert done.stdout == ""
    assert "\x1b" not in done.stderr
