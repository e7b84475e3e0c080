"""What a stack gets from ``up`` before its first update, and that ``clean`` takes it away again."""

from __future__ import annotations

import pytest
from fake_pulumi import FakePulumi
from states import DIGEST, exported, ledger

from lab.monitoringimages import MonitoringImages
from lab.sonarimages import SonarImages
from operations import backend, clean, images, seed, stackfile
from operations.images import Image
from operations.pulumi_cli import Pulumi

URL = "http://127.0.0.1:16480"
RELEASE = {"image", "note"}
SEALED = "config:\n  lockgate:github.token:\n    secure: v1:x\n"


@pytest.fixture(autouse=True)
def _lab(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "resolve", lambda text: Image(**{**vars(images.split(text)), "digest": DIGEST}))
    monkeypatch.setattr("lab.github_url", lambda: URL)
    monkeypatch.setattr("lab.github_token", lambda: "lab-token")


@pytest.fixture
def ours(fake: FakePulumi) -> FakePulumi:
    fake.project.state.mkdir(parents=True)
    fake.play("stack", "export", out='{"deployment": {}}')
    fake.play("config", "set", "-s", "prod", seals=SEALED)
    return fake


def sealed(fake: FakePulumi) -> list[str]:
    """What was given to be encrypted."""
    return [call["input"] for call in fake.calls if call["argv"][0] == "config"]


@pytest.mark.parametrize("had", [{}, {"image": ""}])
def test_a_stack_without_an_image_gets_the_sample_by_digest(ours: FakePulumi, had: dict[str, str]) -> None:
    stackfile.edit(ours.project.stack_file("prod"), had)
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "image") == f"127.0.0.1:15000/podinfo:1.0.0@{DIGEST}"
    assert ours.project.setting("prod", "version") == "1.0.0"


def test_a_stack_that_has_an_image_keeps_it(ours: FakePulumi) -> None:
    stackfile.edit(ours.project.stack_file("prod"), {"image": "mine"})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "image") == "mine"


@pytest.mark.parametrize("others", [{"kubeContext": "kind"}, {"service": "shop"}])
def test_another_cluster_or_service_waits_for_a_first_release_of_its_own(ours: FakePulumi, others: dict[str, str]) -> None:
    stackfile.edit(ours.project.stack_file("prod"), others)
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "image") is None


def test_a_release_that_is_live_stays_where_the_file_has_lost_it(ours: FakePulumi) -> None:
    ours.play("stack", "export", out=exported(ledger("1.1.0")))
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "image") is None


def test_a_sonarqube_on_the_lab_gets_the_lab_s_images_and_clean_takes_them_away(
    ours: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = SonarImages(server=f"r/sonarqube@{DIGEST}", database=f"r/postgres@{DIGEST}")
    monkeypatch.setattr("lab.ensure_sonar_images", lambda: made)
    stackfile.edit(ours.project.stack_file("prod"), {"sonar.namespace": "quality", "sonar.image": f"mine@{DIGEST}"})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "sonar.image") == f"mine@{DIGEST}"
    assert ours.project.setting("prod", "sonar.databaseImage") == made.database
    seed.forget(ours.project)
    assert ours.project.setting("prod", "sonar.image") == f"mine@{DIGEST}"
    assert ours.project.setting("prod", "sonar.databaseImage") is None


@pytest.mark.parametrize("others", [{}, {"sonar.namespace": "quality", "kubeContext": "kind"}])
def test_no_image_of_sonarqube_is_made_unless_a_stack_on_the_lab_wants_one(
    ours: FakePulumi, others: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.ensure_sonar_images", lambda: pytest.fail("they were made"))
    monkeypatch.setattr("lab.ensure_monitoring_images", lambda: pytest.fail("they were made"))
    stackfile.edit(ours.project.stack_file("prod"), {"image": "mine", **others})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "sonar.image") is None


def test_what_watches_the_pipeline_gets_the_lab_s_images_and_clean_takes_them_away(
    ours: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = MonitoringImages(exporter=f"r/e@{DIGEST}", prometheus=f"r/p@{DIGEST}", alertmanager=f"r/a@{DIGEST}")
    monkeypatch.setattr("lab.ensure_monitoring_images", lambda: made)
    stackfile.edit(ours.project.stack_file("prod"), {"monitoring.namespace": "monitoring"})
    seed.seed(ours.pulumi, "prod")
    given = [ours.project.setting("prod", key) for key in seed.MONITORING_KEYS]
    assert given == [made.exporter, made.prometheus, made.alertmanager]
    seed.forget(ours.project)
    assert [ours.project.setting("prod", key) for key in seed.MONITORING_KEYS] == [None, None, None]


def test_a_stack_on_the_lab_s_github_gets_its_token_encrypted_and_by_standard_input(ours: FakePulumi) -> None:
    stackfile.edit(ours.project.stack_file("prod"), {"github.baseUrl": URL})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "github.token") == {"secure": "v1:x"}
    assert sealed(ours) == ["lab-token"]
    assert not any("lab-token" in argument for call in ours.calls for argument in call["argv"])


def test_jobs_on_the_lab_s_github_get_the_passphrase_of_the_stacks(ours: FakePulumi) -> None:
    ours.project.passphrase.write_text("phrase")
    ours.play("config", "set", "-s", "dev", seals=SEALED + "  lockgate:github.secrets:\n    secure: v1:y\n")
    stackfile.edit(ours.project.stack_file("dev"), {"github.baseUrl": URL, "github.manages": "environment"})
    environment = {**ours.pulumi.environment, "PULUMI_CONFIG_PASSPHRASE_FILE": str(ours.project.passphrase)}
    seed.seed(Pulumi(ours.project, environment), "dev")
    assert ours.project.setting("dev", "github.secrets") == {"secure": "v1:y"}
    assert sealed(ours) == ["lab-token", '{"PULUMI_CONFIG_PASSPHRASE": "phrase"}']


@pytest.mark.parametrize("has", [{"github.token": {"secure": "v1:mine"}}, {"github.appId": "7"}])
def test_a_stack_with_credentials_of_its_own_keeps_them(ours: FakePulumi, has: dict[str, object]) -> None:
    stackfile.edit(ours.project.stack_file("prod"), {"github.baseUrl": URL, **has})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "github.token") == has.get("github.token")


def test_a_stack_on_github_com_gets_no_token_of_the_lab(ours: FakePulumi) -> None:
    stackfile.edit(ours.project.stack_file("prod"), {"github.baseUrl": "https://github.com"})
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "github.token") in (None, "")


def test_clean_gives_back_the_files_as_they_were(ours: FakePulumi) -> None:
    path = ours.project.stack_file("prod")
    stackfile.edit(path, {"github.baseUrl": URL})
    before = path.read_text()
    stackfile.set_top(path, "encryptionsalt", "v1:x")
    seed.seed(ours.pulumi, "prod")
    stackfile.edit(path, {"note": "later", "release": "1.0.0-x", "secrets": {"secure": "v1:y"}, "config": {"A": "b"}})
    clean.restore(ours.project)
    assert path.read_text() == before


def test_a_file_that_lost_its_salt_gets_the_one_of_its_secrets(ours: FakePulumi) -> None:
    path = ours.project.stack_file("prod")
    stackfile.edit(path, {"github.baseUrl": URL, "image": "mine"})
    ours.play("config", "set", "-s", "prod", seals=f"{SEALED}encryptionsalt: v1:new\n")
    seed.seed(ours.pulumi, "prod")
    assert stackfile.top(path, "encryptionsalt") == "v1:new"


OWN = {"config": {"LOG_LEVEL": "debug"}, "note": "ours", "secrets": {"secure": "v1:z"}, "version": "2.0.0"}


def test_clean_leaves_the_parts_of_a_release_that_were_there_before(ours: FakePulumi) -> None:
    path = ours.project.stack_file("prod")
    stackfile.edit(path, OWN)
    before = path.read_text()
    seed.seed(ours.pulumi, "prod")
    assert ours.project.setting("prod", "version") == "2.0.0"
    stackfile.edit(path, {"image": "podinfo:1.1.0", "revision": "abc", "release": "1.0.0-x"})
    clean.restore(ours.project)
    assert path.read_text() == before


def test_clean_leaves_a_salt_that_was_there_before_the_stack(ours: FakePulumi) -> None:
    path = ours.project.stack_file("prod")
    stackfile.set_top(path, "encryptionsalt", "v1:committed")
    before = path.read_text()
    ours.play("stack", "init")
    seed.remember_salt(ours.pulumi, "prod")
    backend.ensure_stack(ours.pulumi, "prod")
    clean.restore(ours.project)
    assert path.read_text() == before


def test_the_salt_of_a_stack_that_was_not_made_to_the_end_is_not_taken_for_an_older_one(ours: FakePulumi) -> None:
    path = ours.project.stack_file("prod")
    before = path.read_text()
    seed.remember_salt(ours.pulumi, "prod")
    stackfile.set_top(path, "encryptionsalt", "v1:killed")
    seed.remember_salt(ours.pulumi, "prod")
    clean.restore(ours.project)
    assert path.read_text() == before


def test_whatever_a_killed_up_has_written_clean_takes_away(ours: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    path = ours.project.stack_file("prod")
    stackfile.edit(path, {"github.baseUrl": URL, "image": "mine"})
    before, edit = path.read_text(), stackfile.edit

    def killed(*given: object) -> None:
        edit(*given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(stackfile, "edit", killed)
    with pytest.raises(KeyboardInterrupt):
        seed.seed(ours.pulumi, "prod")
    monkeypatch.setattr(stackfile, "edit", edit)
    assert path.read_text() != before
    clean.restore(ours.project)
    assert path.read_text() == before


@pytest.mark.parametrize(("line", "taken"), [("prod", RELEASE), ("prod image", RELEASE), ("prod github.token", {"github.token"})])
def test_what_an_older_version_remembered_is_taken_away_too(ours: FakePulumi, line: str, taken: set[str]) -> None:
    (ours.project.data / seed.SEEDED).write_text(f"{line}\n")
    stackfile.edit(ours.project.stack_file("prod"), {"image": "x", "note": "y", "github.token": {"secure": "v1:x"}})
    clean.restore(ours.project)
    left = {key for key in ("image", "note", "github.token") if ours.project.setting("prod", key)}
    assert left == {"image", "note", "github.token"} - taken
