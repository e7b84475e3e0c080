"""Who signs, and whom a stack believes."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.errors import ReleaseError, UsageError
from operations.artifacts import keys
from operations.artifacts.publish import Facts
from operations.artifacts.verify import require
from operations.images import Image
from operations.project import Project

IMAGE = Image(repository="registry.example/shop", tag="1", digest="sha256:" + "a" * 64)


def configured(project: Project, **settings: str) -> Project:
    lines = "".join(f"  lockgate:{name}: {value}\n" for name, value in settings.items())
    project.stack_file("prod").write_text(f"config:\n{lines}")
    return project


def test_a_stack_believes_the_key_of_its_config(project: Project) -> None:
    (project.root / "cosign.pub").write_text("public")
    believed = keys.trust(IMAGE, None, configured(project, provenanceKey="cosign.pub"), "prod")
    assert believed.key == project.root / "cosign.pub"


def test_a_key_that_is_not_there_is_not_no_key(project: Project) -> None:
    with pytest.raises(UsageError, match="no such file"):
        keys.trust(IMAGE, None, configured(project, provenanceKey="gone.pub"), "prod")


@pytest.mark.parametrize(
    ("server", "issuer"),
    [
        ("https://github.com", "https://token.actions.githubusercontent.com"),
        ("https://git.example", "https://git.example/_services/token"),
    ],
)
def test_without_a_key_it_believes_the_workflows_of_its_repository(project: Project, server: str, issuer: str) -> None:
    named = configured(project, **{"github.repository": "example/shop", "github.baseUrl": server})
    believed = keys.trust(IMAGE, None, named, "prod")
    assert believed.issuer == issuer
    assert believed.identity.replace("\\", "") == f"^{server}/example/shop/.github/workflows/"


def test_without_either_nobody_is_believed(project: Project) -> None:
    with pytest.raises(UsageError, match="nobody to believe"):
        keys.trust(IMAGE, None, project, "prod")


def test_a_job_on_github_signs_without_a_key_and_a_person_needs_one() -> None:
    assert keys.signer(IMAGE, None, {keys.KEYLESS: "https://token"}).key is None
    with pytest.raises(UsageError, match=r"nobody to sign it.*name a key by --key"):
        keys.signer(IMAGE, None, {})


def test_a_passphrase_is_not_printed() -> None:
    assert "hush" not in repr(keys.Signer(key=Path("k"), passphrase="hush"))  # noqa: S106


def test_a_stack_that_does_not_require_provenance_asks_nobody(project: Project) -> None:
    require(project, "prod", IMAGE)
    require(configured(project, provenanceRequired="false"), "prod", IMAGE)


def test_a_stack_that_requires_it_and_believes_nobody_lets_nothing_pass(project: Project) -> None:
    with pytest.raises(ReleaseError, match=r"stack prod: .*nobody to believe.*nothing was changed"):
        require(configured(project, provenanceRequired="true"), "prod", IMAGE)


def test_a_short_commit_is_refused() -> None:
    with pytest.raises(UsageError, match="must be a whole commit"):
        Facts(revision="abc1234")
