"""The project, its environment, its backend, and leaving them as they were."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from fake_pulumi import FakePulumi
from hypothesis import given
from hypothesis import strategies as st

from infra.errors import StateError, UsageError
from operations import backend, clean, environment, project, stackfile
from operations.project import Project

NAMES = st.from_regex(r"[A-Z]{1,8}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
OURS = ("PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_HOME")


def test_the_nearest_project_upwards_is_taken(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    below = project.root / "components" / "deep"
    below.mkdir(parents=True)
    (below / "Pulumi.yaml").write_text("name: another\nruntime: python\n")
    monkeypatch.chdir(below)
    assert find() == project


def test_a_named_project_wins_and_must_be_one(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOCKGATE_PROJECT", str(project.root))
    assert find() == project
    monkeypatch.setenv("LOCKGATE_PROJECT", str(tmp_path))
    with pytest.raises(UsageError, match="LOCKGATE_PROJECT"):
        find()


def find() -> Project:
    return project.find()


def test_a_setting_of_the_stack_wins_over_the_default(project: Project) -> None:
    assert project.setting("prod", "port") == 9898
    stackfile.edit(project.stack_file("prod"), {"port": 8080})
    assert project.setting("prod", "port") == 8080
    assert project.setting("prod", "image") is None


def test_the_backend_and_its_passphrase_are_the_projects_own(project: Project) -> None:
    built = environment.build(project, {"PATH": "/usr/bin"})
    assert [built[name] for name in OURS] == [
        f"file://{project.state}", str(project.passphrase), str(project.pulumi_home)
    ]  # fmt: skip


def test_what_the_user_set_himself_wins(project: Project) -> None:
    own = {"PULUMI_BACKEND_URL": "s3://state", "PULUMI_CONFIG_PASSPHRASE": "mine", "PULUMI_HOME": "/own"}
    built = environment.build(project, {"PATH": "/usr/bin", **own})
    assert built["PULUMI_BACKEND_URL"] == "s3://state"
    assert built["PULUMI_HOME"] == "/own"
    assert {"PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_IGNORE_AMBIENT_PLUGINS"} & set(built) == set()


def test_a_shell_that_has_the_environment_gets_the_same_again(project: Project) -> None:
    once = environment.build(project, {"PATH": "/usr/bin", "HOME": "/nobody"})
    assert environment.build(project, {**once, "HOME": "/nobody"}) == once


def test_the_users_own_clusters_stay_reachable_behind_the_lab(project: Project) -> None:
    own = project.root / "kubeconfig"
    own.write_text("{}")
    built = environment.build(project, {"PATH": "/usr/bin", "KUBECONFIG": f"{own}:/not/there"})
    assert built["KUBECONFIG"].split(":")[1:] == [str(own)]


@given(
    st.dictionaries(st.from_regex(r"[A-Z_]{1,8}", fullmatch=True), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
)
def test_a_shell_reads_every_value_back(variables: dict[str, str]) -> None:
    names = list(variables)
    lines = environment.export_lines({f"T_{name}": variables[name] for name in names})
    script = lines + "".join(f'printf "%s\\0" "$T_{name}"\n' for name in names)
    printed = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    assert printed.decode().split("\0")[:-1] == [variables[name] for name in names]


def test_the_passphrase_is_made_once_for_its_owner_only(project: Project) -> None:
    backend.ensure(project, environment.child(project))
    first = project.passphrase.read_text()
    assert len(first) >= 32
    assert project.passphrase.stat().st_mode & 0o777 == 0o600
    backend.ensure(project, environment.child(project))
    assert project.passphrase.read_text() == first


def test_a_lost_passphrase_is_not_replaced_while_stacks_need_it(project: Project) -> None:
    stacks = project.state / ".pulumi" / "stacks" / "lockgate"
    stacks.mkdir(parents=True)
    (stacks / "prod.json").write_text("{}")
    with pytest.raises(StateError, match="passphrase is gone"):
        backend.ensure(project, environment.child(project))
    assert not project.passphrase.exists()


def test_a_provider_that_is_found_as_its_own_link_is_left_alone(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a shell with our environment, PULUMI_HOME leads the search for the plugin to our own link."""
    real = tmp_path / "pulumi-resource-kubernetes"
    real.write_text("")
    link = project.pulumi_home / "plugins" / "resource-kubernetes-v4.25.0" / real.name
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    monkeypatch.setattr(backend, "_target", lambda name, _scripts: link if name == real.name else None)
    backend.link_plugins(project, tmp_path)
    assert link.readlink() == real


def test_an_initialised_stack_adds_its_salt_to_the_file_and_nothing_else(fake: FakePulumi) -> None:
    """Pulumi itself moves comments and quotes numbers when it adds the salt."""
    path = fake.project.stack_file("prod")
    path.write_text("# mine\nconfig:\n  lockgate:nodePort: 30083   # fixed\n")
    before = path.read_text()
    fake.play("stack", "init", rewrites={str(path): 'config:\n  lockgate:nodePort: "30083"\nencryptionsalt: v1:x\n'})
    assert backend.ensure_stack(fake.pulumi, "prod")
    assert path.read_text() == f"{before}encryptionsalt: v1:x\n"


def test_a_stack_that_is_there_is_not_initialised(fake: FakePulumi) -> None:
    state = fake.project.state / ".pulumi" / "stacks" / "lockgate" / "prod.json"
    state.parent.mkdir(parents=True)
    state.write_text("{}")
    assert not backend.ensure_stack(fake.pulumi, "prod")
    assert fake.calls == []


def test_a_state_whose_write_was_killed_can_be_read_again(fake: FakePulumi) -> None:
    """Pulumi says "failed to load checkpoint: EOF" for as long as the empty file is there."""
    state = fake.project.state / ".pulumi" / "stacks" / "lockgate" / "prod.json"
    state.parent.mkdir(parents=True)
    torn, whole = state.with_name("prod.json.attrs"), state.with_name("dev.json.attrs")
    for file, text in ((state, "{}"), (torn, ""), (whole, '{"user.cache_control":""}')):
        file.write_text(text)
    backend.demand(fake.project, environment.child(fake.project))
    assert sorted(state.parent.iterdir()) == [whole, state]


def test_clean_leaves_an_image_that_the_team_chose(project: Project) -> None:
    project.state.mkdir(parents=True)
    path = project.stack_file("prod")
    stackfile.edit(path, {"image": "podinfo:1.0.0"})
    before = path.read_text()
    stackfile.set_top(path, "encryptionsalt", "v1:x")
    clean.restore(project)
    assert path.read_text() == before


def test_an_object_in_a_stack_file_is_read_by_its_dotted_keys(project: Project) -> None:
    project.stack_file("prod").write_text("config:\n  lockgate:github:\n    repository: acme/web\n")
    assert project.setting("prod", "github.repository") == "acme/web"
