"""What ``make up`` does before and around the stacks. The stacks themselves come up on the lab."""

from __future__ import annotations

import json

import pytest
from fake_pulumi import FakePulumi
from rich.console import Console
from states import known, ledger

from infra.errors import LabError, ReleaseError
from infra.ledger import Ledger
from lab import Missing
from operations import doctor, stackfile, up, up_view
from operations.project import Project
from operations.state import StackState
from toolchain import Found

Calls = list[str]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A machine with everything; what was done to it, in order."""
    done: Calls = []
    monkeypatch.setattr("lab.check", list)
    monkeypatch.setattr("toolchain.find", lambda _name: None)
    monkeypatch.setattr("toolchain.ensure", lambda names: done.append(f"tools {'kubelet' in names}"))
    monkeypatch.setattr("lab.up", lambda: done.append("lab"))
    monkeypatch.setattr("lab.ensure_images", lambda: done.append("images"))
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    return done


def test_tools_come_before_the_lab_and_the_lab_before_its_images(machine: Calls) -> None:
    up.prepare(uses_lab=True)
    assert machine == ["tools True", "lab", "images"]


def test_another_cluster_needs_neither_the_lab_nor_its_tools(machine: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.check", lambda: [Missing(what="root's rights", remedy="run as root")])
    up.prepare(uses_lab=False)
    assert machine == ["tools False"]


def test_all_that_is_missing_is_named_at_once_before_anything_is_done(machine: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    lacks = [Missing(what="root's rights", remedy="run as root"), Missing(what="cgroups", remedy="mount them")]
    monkeypatch.setattr("lab.check", lambda: lacks)
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(LabError) as refused:
        up.prepare(uses_lab=True)
    assert all(text in str(refused.value) for text in ("root's rights; run as root", "cgroups; mount them", "https://go.dev/dl"))
    assert machine == []


def test_the_stack_that_makes_the_repository_goes_before_the_others(fake: FakePulumi) -> None:
    stackfile.edit(fake.project.stack_file("staging"), {"github.repository": "lab/podinfo", "github.manages": "repository"})
    fake.play("stack", "export", out='{"deployment": {}}')
    fake.play("stack", "init")
    fake.play("preview")
    fake.play("up")
    fake.play("up", "-s", "staging", code=1, err="error: no")
    outcomes = {outcome.stack: outcome.ok for outcome in up._update_in_order(fake.pulumi)}
    assert outcomes == {"staging": False}


def test_a_preview_that_is_stopped_says_which_stack_is_updated_already(fake: FakePulumi) -> None:
    stackfile.edit(fake.project.stack_file("staging"), {"github.repository": "lab/podinfo", "github.manages": "repository"})
    fake.play("stack", "export", out='{"deployment": {}}')
    fake.play("stack", "init")
    fake.play("preview", seconds=30)
    fake.play("preview", "-s", "staging")
    fake.play("up")
    fake.interrupted_at("preview", "-s", "prod")
    with pytest.raises(ReleaseError, match="stopped before its end; nothing was changed by it; updated before it: staging"):
        up._update_in_order(fake.pulumi)
    assert [call["argv"][2] for call in fake.calls if call["argv"][0] == "up"] == ["staging"]


def test_a_repository_that_is_there_lets_all_stacks_go_at_once(fake: FakePulumi) -> None:
    stackfile.edit(fake.project.stack_file("staging"), {"github.repository": "lab/podinfo", "github.manages": "repository"})
    made = json.dumps({"deployment": {"resources": [{"urn": "urn:a", "type": up.REPOSITORY}]}})
    fake.play("stack", "export", out=made)
    fake.play("stack", "init")
    fake.play("preview")
    fake.play("up")
    fake.play("up", "-s", "staging", code=1, err="error: no")
    outcomes = {outcome.stack: outcome.ok for outcome in up._update_in_order(fake.pulumi)}
    assert outcomes == {"dev": True, "staging": False, "prod": True}


def test_one_stack_that_fails_does_not_stop_the_others(fake: FakePulumi) -> None:
    fake.play("stack", "export", out='{"deployment": {}}')
    fake.play("stack", "init")
    fake.play("preview")
    fake.play("up")
    fake.play("up", "-s", "staging", code=1, err="error: no")
    outcomes = {outcome.stack: outcome.ok for outcome in up._update(fake.pulumi, ["dev", "staging", "prod"])}
    assert outcomes == {"dev": True, "staging": False, "prod": True}


DELETION = {
    "resourcePreEvent": {
        "metadata": {
            "op": "delete",
            "urn": "urn:pulumi:staging::lockgate::kubernetes:core/v1:Namespace::web",
            "type": "kubernetes:core/v1:Namespace",
            "old": {"inputs": {}},
        }
    }
}


def test_a_stack_that_the_policy_denies_is_not_begun_and_does_not_stop_the_others(fake: FakePulumi) -> None:
    fake.play("stack", "export", out='{"deployment": {}}')
    fake.play("stack", "init")
    fake.play("preview")
    fake.play("preview", "-s", "staging", events=[DELETION])
    fake.play("up")
    outcomes = {outcome.stack: outcome for outcome in up._update(fake.pulumi, ["dev", "staging", "prod"])}
    assert {stack: outcome.ok for stack, outcome in outcomes.items()} == {"dev": True, "staging": False, "prod": True}
    assert [(failure.phase, "stateful-deletion: web" in failure.cause) for failure in outcomes["staging"].failures] == [
        ("policy", True)
    ]
    assert ["-s", "staging"] not in [call["argv"][1:3] for call in fake.calls if call["argv"][0] == "up"]
    assert all(outcome.ok for outcome in up._update(fake.pulumi, ["dev", "staging", "prod"], ["web"]))


def test_what_up_ends_with_names_a_stack_that_waits_for_its_first_release(capsys: pytest.CaptureFixture[str]) -> None:
    up_view.show([("dev", StackState(outputs={}, ledger=Ledger())), ("prod", known(ledger("1.0.0")))], Console(width=200))
    shown = capsys.readouterr().out
    assert "dev: nothing is live; `lockgate release -s dev --image …` makes the first release" in shown
    assert "prod: nothing is live" not in shown


def test_the_doctor_names_missing_tools_and_every_way_to_a_cluster(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.check", lambda: [Missing(what="root's rights", remedy="run as root")])
    monkeypatch.setattr("shutil.which", lambda _name: None)
    own = project.root / "kubeconfig"
    own.write_text("contexts: [{name: work, context: {}}]\n")
    monkeypatch.setenv("KUBECONFIG", str(own))
    findings = {one.name: one for one in doctor.examine(project)}
    assert (findings["pulumi"].ok, "make up" in findings["pulumi"].detail) == (False, True)
    assert (findings["lab"].ok, findings["lab"].detail) == (False, "root's rights; run as root")
    assert "lockgate:kubeContext" in findings["context work"].detail
    assert {name: findings[name].ok for name in ("kind", "k3d", "context work")} == {
        "kind": False, "k3d": False, "context work": True
    }  # fmt: skip
    assert not doctor.is_fit(list(findings.values()))


def test_what_only_an_analysis_needs_makes_no_machine_unfit(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Found("any", project.root, "1", "path")
    monkeypatch.setattr("toolchain.find", lambda name: None if name == "sonar-scanner" else here)
    monkeypatch.setattr("lab.check", list)
    findings = doctor.examine(project)
    (scanner,) = [one for one in findings if one.name == "sonar-scanner"]
    assert (scanner.ok, scanner.kind, scanner.detail) == (False, "later", doctor.LATER)
    assert doctor.is_fit(findings)
