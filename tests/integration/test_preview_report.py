"""``lockgate preview-report`` on real stacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from github_calls import branch, good, make_repository, pull
from github_lab import GitHubLab

from benchmarks.rig import Done, Factory, Rig, Stack

pytestmark = pytest.mark.lab

SECRET = "planted-hunter2-4711"  # noqa: S105
LINES = "planted key begins\nplanted-line-0001\nplanted-line-0002\nplanted key ends"
TELLING = """
import base64, json, pulumi
secrets = json.loads(pulumi.Config("lockgate").require("secrets"))
for value in secrets.values():
    print(value)
    pulumi.log.warn(f"see {base64.b64encode(value.encode()).decode()}")
raise ValueError(f"refused: {secrets}")
"""


def report(*stacks: Stack, options: tuple[str, ...] = ()) -> tuple[Done, dict[str, Any]]:
    """The command's end, and its report by stack."""
    first, *others = stacks
    path = first.folder / f"{first.name}.json"
    named = [part for stack in others for part in ("-s", stack.name)]
    done = first.lockgate("preview-report", "--output", str(path), *options, *named)
    assert path.is_file(), done.output
    return done, {one["stack"]: one for one in json.loads(path.read_text())["stacks"]}


def files(stack: Stack) -> dict[str, str]:
    """The stacks' settings and states, as they lie on disk."""
    states = stack.folder / ".lockgate" / "state"
    found = [*stack.folder.glob("Pulumi.*.yaml"), *(path for path in states.rglob("*") if path.is_file())]
    return {str(path): path.read_text(errors="replace") for path in found}


def unknown(known: Stack, rig: Rig, **settings: Any) -> Stack:
    """A stack with settings of its own and the release of ``known``, of which the backend knows nothing."""
    name = f"{known.name}-new"
    config = yaml.safe_load((known.folder / f"Pulumi.{known.name}.yaml").read_text())["config"]
    wanted = {key: config[key] for key in ("lockgate:image", "lockgate:version")}
    own = {f"lockgate:{key}": value for key, value in {"namespace": name, **settings}.items()}
    (known.folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump({"config": {**wanted, **own}}))
    return Stack(name, known.folder, rig.environment, known.observer, "")


def test_a_release_into_the_idle_slot_a_roll_and_a_new_stack_are_told_at_once(make_stack: Factory, rig: Rig) -> None:
    slots, rolling = make_stack(bakeSeconds=0), make_stack(strategy="rolling")
    for stack in (slots, rolling):
        stack.release("1.0.0").good()
        stack.want("1.1.0", cpuRequest="50m", costCpuMonth="20", costMemoryGiBMonth="4")
    new = unknown(slots, rig)
    before = files(slots)
    done, told = report(slots, rolling, new)
    done.good()
    assert files(slots) == before, "nothing of the user's is written: no salt, no stack, no state"
    [deploy], [roll], [first] = (told[stack.name]["effects"] for stack in (slots, rolling, new))
    live = slots.ledger().live
    assert (deploy["kind"], deploy["slot"], deploy["live"], deploy["wayBack"]) == ("deploy", "green", live, "warm")
    assert "pod.containers[0].resources.requests.cpu" in [one["path"] for one in deploy["differences"]]
    assert (roll["kind"], roll["live"], roll["wayBack"]) == ("roll", rolling.ledger().live, "cold")
    assert (first["kind"], told[new.name]["exists"], told[new.name]["counts"]["update"]) == ("first", False, 0)
    assert told[slots.name]["cost"] == {"cpu": 0.1, "memory": 0.125, "month": 2.5, "unknown": []}
    assert told[rolling.name]["cost"]["cpu"] == 0.05
    assert f"lockgate rollback -s {slots.name}" in done.output


def test_a_warm_return_and_then_nothing_is_told(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    for tag in ("1.0.0", "1.1.0"):
        stack.release(tag).good()
    done, told = report(stack)
    assert f"Preview: no change in {stack.name}\n" in done.good().output
    assert told[stack.name]["effects"] == []
    stack.want("1.0.0")
    _, told = report(stack)
    assert (told[stack.name]["effects"][0]["kind"], told[stack.name]["undo"]) == ("warm return", "warm")


def test_a_failing_stack_says_why_and_the_other_is_told_too(make_stack: Factory) -> None:
    good, bad = make_stack(), make_stack(replicas=0)
    for stack in (good, bad):
        stack.want("1.0.0")
    done, told = report(bad, good)
    assert done.code == 1
    assert "lockgate:replicas = 0: must be a whole number from 1" in told[bad.name]["error"]
    assert "Traceback" not in told[bad.name]["error"]
    assert told[good.name]["effects"][0]["kind"] == "first"


def test_what_was_changed_by_hand_is_told_as_drift(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.release("1.0.0").good()
    stack.observer.kubectl("scale", "deployment", "podinfo-blue", "--replicas=3")
    stack.observer.kubectl("delete", "poddisruptionbudget", "podinfo-blue")
    done, told = report(stack, options=("--drift",))
    drift = told[stack.name]["drift"]
    done.good()
    assert {(one["type"].rpartition(":")[2], one["operation"]) for one in drift["changes"]} == {
        ("Deployment", "update"),
        ("PodDisruptionBudget", "delete"),
    }
    [scaled] = [one["differences"] for one in drift["changes"] if one["operation"] == "update"]
    assert scaled == [{"path": "spec.replicas", "old": 2, "new": 3}]


def test_an_edited_selector_fails_the_preview_and_shows_as_drift(make_stack: Factory) -> None:
    stack = make_stack(bakeSeconds=0)
    stack.release("1.0.0").good()
    stack.observer.select({"version": "green"})
    done, told = report(stack, options=("--drift",))
    assert done.code == 1
    assert "sends the traffic to" in told[stack.name]["error"]
    [moved] = told[stack.name]["drift"]["changes"]
    assert moved["differences"] == [{"path": "slot", "old": "blue", "new": "green"}]


def test_what_the_policy_denies_exits_with_1(make_stack: Factory) -> None:
    stack = make_stack(image=f"docker.io/library/nginx:1.0@sha256:{'a' * 64}", version="1.0")
    done, told = report(stack)
    assert done.code == 1
    assert "public-registry" in [one["rule"] for one in told[stack.name]["findings"] if one["severity"] == "deny"]


def test_a_program_that_tells_its_secrets_gives_none_away(make_stack: Factory, tmp_path: Path) -> None:
    stack = make_stack()
    stack.want("1.0.0")
    stack.set_path("secrets.PASSWORD", SECRET, secret=True)
    stack.set_path("secrets.KEY", LINES, secret=True)
    program = stack.folder / "__main__.py"
    kept = program.read_text()
    try:
        for text in (kept, TELLING):
            program.write_text(text)
            said = [report(stack, options=("--markdown",))[0].output, stack.lockgate("preview-report").output]
            full = tmp_path / "full.md"
            stack.lockgate("preview-report", "--output", str(full), "--json")
            said += [full.read_text(), (stack.folder / f"{stack.name}.json").read_text()]
            told = "".join(said)
            assert [line for line in (SECRET, "cGxhbnRlZC1odW50ZXIyLTQ3MTE=", *LINES.splitlines()) if line in told] == []
        assert "refused: " in told
    finally:
        program.write_text(kept)


def test_one_comment_follows_the_stack(make_stack: Factory, github: GitHubLab) -> None:
    client = github.client()
    make_repository(client)
    branch(client, "change", {"file": "text"})
    number = str(pull(client, "change")["number"])
    stack = make_stack(**{"github.baseUrl": github.url})
    token = {"GITHUB_TOKEN": github.token, "GITHUB_SERVER_URL": github.url}
    stack.environment = {**stack.environment, **token, "GITHUB_REPOSITORY": "lab/podinfo"}
    said = []
    for tag in ("1.0.0", "1.1.0"):
        stack.want(tag)
        said.append(stack.lockgate("preview-report", "--comment", number).good().output)
    assert ["The comment is created" in said[0], "The comment is updated" in said[1]] == [True, True]
    [comment] = good(client.get(f"/repos/lab/podinfo/issues/{number}/comments"))
    assert "<code>1.1.0-" in comment["body"]


def test_ctrl_c_ends_every_preview_and_leaves_nothing_running(make_stack: Factory) -> None:
    stacks = [make_stack() for _ in range(3)]
    for stack in stacks:
        stack.want("1.0.0")
    first = stacks[0]
    running = first.start("lockgate", "preview-report", *(part for stack in stacks for part in ("-s", stack.name)))
    engines = len(stacks)
    running.until(lambda: _engines(first.folder) == engines, "all previews run")
    running.interrupt()
    done = running.wait()
    assert done.code == 1
    assert "stopped before its end; nothing was changed" in done.output
    assert _engines(first.folder) == 0


def _engines(folder: Path) -> int:
    """The previews of this project that run."""
    found = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            found += words[:2] == [b"pulumi", b"preview"] and str((process / "cwd").readlink()) == str(folder)
        except OSError:
            continue
    return found
