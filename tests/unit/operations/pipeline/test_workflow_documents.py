"""What starts a workflow, read from its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.workflows.standard import PipelineOptions, standard
from infra.errors import UsageError
from operations.pipeline.documents import Document, read


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Document]:
    root = tmp_path_factory.mktemp("service")
    for path, text in standard(PipelineOptions()).files().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return dict(read(root))


@pytest.mark.parametrize(
    ("branch", "files"), [("main", ["ci.yml", "quality.yml"]), ("develop", ["ci.yml"]), ("topic", [])]
)  # fmt: skip
def test_a_push_starts_what_names_its_branch(documents: dict[str, Document], branch: str, files: list[str]) -> None:
    assert [file for file, one in documents.items() if one.on_push(branch)] == files


def test_a_deployment_follows_ci_of_main_and_nothing_else(documents: dict[str, Document]) -> None:
    after = {branch: _followers(documents, branch) for branch in ("main", "develop")}
    assert after == {"main": ["cd.yml"], "develop": []}
    assert not any(one.after("Code Quality", "main") for one in documents.values())


def test_each_job_that_deploys_asks_at_its_environments_gate(documents: dict[str, Document]) -> None:
    assert documents["cd.yml"].guarded({}) == {
        "Continuous Deployment/deploy-development": "development",
        "Continuous Deployment/deploy-staging": "staging",
        "Continuous Deployment/deploy-production": "production",
    }


def test_a_rollback_asks_at_the_gate_of_the_environment_that_is_given(documents: dict[str, Document]) -> None:
    assert documents["rollback.yml"].guarded({"environment": "staging"}) == {"Rollback/rollback": "staging"}


def test_the_jobs_of_a_matrix_have_githubs_names(documents: dict[str, Document]) -> None:
    names = [f"End-to-End Tests ({name})" for name in ("chromium", "firefox", "webkit")]
    assert documents["ci.yml"].checks("e2e") == names


def test_a_plain_on_is_the_key_and_not_true(tmp_path: Path) -> None:
    file = tmp_path / ".github" / "workflows" / "a.yml"
    file.parent.mkdir(parents=True)
    file.write_text("name: A\non:\n  push:\njobs: {}\n")
    assert read(tmp_path)["a.yml"].on_push("any")


@pytest.mark.parametrize(("text", "said"), [("name: [", "not YAML"), ("name: A\n", "has name, on and jobs")])
def test_a_file_that_is_no_workflow_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / ".github" / "workflows" / "a.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    with pytest.raises(UsageError, match=said) as caught:
        read(tmp_path)
    assert str(file) in str(caught.value)


def test_a_folder_without_workflows_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no workflow is there"):
        read(tmp_path)


def _followers(documents: dict[str, Document], branch: str) -> list[str]:
    return [file for file, one in documents.items() if one.after("Continuous Integration", branch)]
