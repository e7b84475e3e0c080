"""The sample service on a real SonarQube, by the real scanner: as it is it passes, and each bad change fails by one condition."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gate_program import gate_program, want
from github_calls import branch, make_repository, pull
from github_lab import GitHubLab
from github_program import Program
from sonar_lab import Sonar

pytestmark = pytest.mark.lab
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "service"
SCRIPT = ROOT / "scripts" / "ci" / "quality-check.sh"
KEY, GATE = "samples", "Gate of the samples"
CONDITIONS = {"bugs", "vulnerabilities", "code smells", "coverage", "duplicated lines"}


@dataclass(frozen=True)
class Service:
    """A copy of the sample in a repository of its own, and what a job has to analyse it with."""

    folder: Path
    environment: dict[str, str]

    def analyse(self, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, **self.environment, **more}
        command = ["bash", str(SCRIPT), "sonarqube"]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=400)

    def add(self, path: str, text: str) -> None:
        (self.folder / path).write_text(text)
        self.git("add", "-A")
        self.git("-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", f"Change {path}")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample with the reports of its unit tests, whose coverage every analysis here takes."""
    folder = tmp_path_factory.mktemp("tested") / "service"
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("reports", "node_modules", ".ruff_cache", ".pytest_cache"))
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=folder, check=True)
    unit = ["bash", str(ROOT / "scripts" / "ci" / "test.sh"), "unit"]
    done = subprocess.run(unit, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def program(tmp_path: Path, github: GitHubLab, sonar: Sonar) -> Iterator[Program]:
    """The gate with the story's conditions, by the component."""
    with github.client() as client:
        make_repository(client)
    made = gate_program(tmp_path / "program", github, sonar.url, sonar.token)
    want(made, project=KEY, gate=GATE, repository="podinfo", url=sonar.url, pull_requests=True).up()
    yield made
    made.run("destroy", "--yes", "--skip-preview")
    for key in (KEY, f"{KEY}-pull-requests"):
        sonar.post("projects/delete", project=key)


@pytest.fixture
def service(tmp_path: Path, tested: Path, program: Program, github: GitHubLab, sonar: Sonar) -> Service:  # noqa: ARG001
    folder = tmp_path / "service"
    shutil.copytree(tested, folder, symlinks=True)
    tokens = {name: github.secret("lab/podinfo", name) for name in ("SONAR_TOKEN", "SONAR_PULL_REQUEST_TOKEN")}
    made = Service(folder, {"SONAR_QUBE_URL": sonar.url, "SONAR_PROJECT_KEY": KEY, "CI": "true", **tokens})
    made.add(".gitattributes", "")
    return made


def bug(service: Service) -> None:
    service.add("shortlinks/same.py", "def same(value: int) -> bool:\n    return value == value\n")


def vulnerability(service: Service) -> None:
    text = "import ssl\n\n\ndef context() -> ssl.SSLContext:\n    return ssl.SSLContext(ssl.PROTOCOL_SSLv3)\n"
    service.add("shortlinks/open.py", text)


def smells(service: Service) -> None:
    lines = "".join(f"    left_{number} = {number}\n" for number in range(6))
    service.add("shortlinks/unused.py", f"def unused() -> None:\n{lines}")


def untested(service: Service) -> None:
    parts = (f"def step_{n}(value: int) -> int:\n    scaled = value * {n + 2}\n    return scaled - {n}\n" for n in range(40))
    service.add("shortlinks/untested.py", "\n\n".join(parts))


def copied(service: Service) -> None:
    """The copy counts as tested as the original: it is not what is judged here."""
    report = service.folder / "reports" / "coverage.xml"
    text = report.read_text()
    whole = re.search(r'<class name="store\.py".*?</class>', text, re.DOTALL)
    assert whole is not None
    report.write_text(text.replace(whole[0], whole[0] + whole[0].replace("store.py", "storage.py")))
    service.add("shortlinks/storage.py", (service.folder / "shortlinks" / "store.py").read_text())


BAD: dict[str, Callable[[Service], None]] = {
    "bugs": bug,
    "vulnerabilities": vulnerability,
    "code smells": smells,
    "coverage": untested,
    "duplicated lines": copied,
}


def failed(said: str) -> set[str]:
    """The conditions that the script names as failed."""
    return {name for name in CONDITIONS if f"quality gate: {name} is " in said}


def test_the_sample_passes(service: Service, sonar: Sonar) -> None:
    done = service.analyse()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "## Code quality: passed" in done.stdout
    for name in CONDITIONS:
        assert re.search(rf"\| {name} \| [\d.]+ \| [≤≥] \d+ \| ✓ \|", done.stdout), name
    assert service.environment["SONAR_TOKEN"] not in done.stdout + done.stderr
    assert sonar.get("qualitygates/project_status", projectKey=KEY)["projectStatus"]["status"] == "OK"


@pytest.mark.parametrize("condition", BAD)
def test_a_bad_change_fails_by_the_condition_that_is_meant_to(service: Service, condition: str) -> None:
    BAD[condition](service)
    done = service.analyse()
    assert done.returncode == 1, done.stdout + done.stderr
    assert failed(done.stderr) == {condition}
    assert f"## Code quality: failed: {condition}\n" in done.stdout


def test_a_pull_request_is_judged_beside_the_project_and_has_one_comment(
    service: Service, github: GitHubLab, sonar: Sonar
) -> None:
    with github.client() as client:
        branch(client, "change", {"shortlinks/same.py": "x"})
        number = str(pull(client, "change")["number"])
    service.git("checkout", "-qb", "change")
    bug(service)
    more = {"PULL_REQUEST": number, "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "change", "GITHUB_ACTIONS": "true"}
    where = {"GITHUB_TOKEN": github.token, "GITHUB_API_URL": github.api, "GITHUB_REPOSITORY": "lab/podinfo"}
    first, second = (service.analyse(**more, **where, RUN_URL="https://github.example/run") for _ in range(2))
    assert (first.returncode, second.returncode) == (1, 1), first.stderr + second.stderr
    with github.client() as client:
        (comment,) = client.get(f"repos/lab/podinfo/issues/{number}/comments").json()
    assert "## Code quality: failed: bugs" in comment["body"]
    assert "shortlinks/same.py:2" in comment["body"]
    assert "shortlinks/cache.py" not in comment["body"]
    assert "::error file=shortlinks/same.py,line=2,title=SonarQube python%3AS1764::" in first.stdout
    analyses = {key: sonar.get("project_analyses/search", project=key)["analyses"] for key in (KEY, f"{KEY}-pull-requests")}
    assert (len(analyses[KEY]), len(analyses[f"{KEY}-pull-requests"])) == (0, 2)


def test_a_token_that_is_wrong_is_said_and_not_shown(service: Service) -> None:
    wrong = "sqp_" + "1" * 40
    done = service.analyse(SONAR_TOKEN=wrong)
    assert done.returncode == 1
    assert "sonar-scanner ended with" in done.stderr
    assert wrong not in done.stdout + done.stderr
