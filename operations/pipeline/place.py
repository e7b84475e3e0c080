"""The folder in which a pipeline runs: a platform's repository, a service's, and what stands for GitHub's server.

The platform's repository is what a team has: this program, with stacks of its own. The service's has the sample, and the workflow
files that the update of those stacks has committed on the lab's GitHub.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lab
import toolchain
from infra.progress import step
from lab import actions, trivy_database
from operations import backend, environment, seed, stackfile, up
from operations.pipeline import git, stacks
from operations.pipeline.github import Hosted
from operations.project import STACKS, Project
from operations.pulumi_cli import Pulumi
from operations.sealing import sealed

OWNER = "lab"
CHANGES = "CHANGES.md"
OWN = (".github/", CHANGES)
"""What the service's repository has, and the service's folder has not."""
TOOLS = ("act", "gitleaks", "semgrep", "trivy", "checkov", "hadolint", "k6", "cosign", "syft", "sonar-scanner")
"""What jobs would get for themselves, each: they are there before, as on a runner of one's own."""
BUILDER = "buildah"
"""Of hosted runners' images, and a package of Debian and Ubuntu."""


class Place:
    """``root`` holds it all; ``name`` is the service's, and its repository's on the lab's GitHub.

    The stacks serve on the node ports from ``port`` on.
    """

    def __init__(self, root: Path, name: str, port: int = 30091) -> None:
        self.root, self.name, self.port = root, name, port
        self.platform = Project(root / "platform")
        self.service = root / "service"
        self.runner = root / "runner"
        self.cache = root / "cache"

    @property
    def hosted(self) -> Hosted:
        return Hosted(f"{OWNER}/{self.name}")

    def provision(
        self, program: Path, service: Path, more: Mapping[str, Any] | None = None, secrets: Mapping[str, str] | None = None
    ) -> None:
        """Makes the repositories, brings the stacks up, and copies the service.

        ``more`` are settings of all stacks, ``secrets`` secret ones. What is there already is kept: stacks, releases, history.
        """
        toolchain.ensure((*toolchain.PULUMI, *TOOLS))
        if shutil.which(BUILDER) is None:
            toolchain.install_packages([BUILDER])
        self._make_runner()
        self._make_platform(program, more or {}, secrets or {})
        up.up(self.platform)
        self._publish(self.platform.root, "platform", "Lockgate, and the stacks")
        git.ensure(self.service)
        git.mirror(git.tracked(service), service, self.service, OWN)

    def push(self, message: str) -> str:
        """Commits what the service's folder has, with the workflow files that are on GitHub, and pushes it; gives the commit."""
        for path, text in self.hosted.workflow_files().items():
            file = self.service / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        return self._publish(self.service, self.name, message)

    def head(self) -> str:
        return git.git(self.service, "rev-parse", "HEAD").strip()

    def next_number(self) -> int:
        """Of the next run: one more than the last."""
        return 1 + max((int(one.name) for one in (self.runner / "runs").iterdir()), default=0)

    def environment(self) -> Mapping[str, str]:
        """Of the runners: where each has its caches, Trivy's data, and no terminal: act gives its jobs one, GitHub does not."""
        return {
            "LOCKGATE_CACHES": str(self.cache),
            "LOCKGATE_TOOLS": str(toolchain.cache_root()),
            "TERM": "dumb",
            "TTY_COMPATIBLE": "0",
            "TTY_INTERACTIVE": "0",
            "TRIVY_CACHE_DIR": str(self.runner / "trivy"),
            "TRIVY_SKIP_DB_UPDATE": "true",
        }

    def forget_caches(self) -> None:
        """As on a new runner: what earlier jobs downloaded is gone. The tools stay, which a runner's image has."""
        for folder in (self.cache, self.runner / "caches"):
            shutil.rmtree(folder, ignore_errors=True)
        self._make_runner()

    def remove(self) -> None:
        """Takes the stacks away, with all that they made, and the folder."""
        if self.platform.state.is_dir():
            pulumi = Pulumi(self.platform, environment.child(self.platform))
            for stack in reversed(STACKS):
                with step(f"Destroying {stack} of {self.name}"):
                    pulumi.run("destroy", "-s", stack, "--yes", "--skip-preview")
        shutil.rmtree(self.root, ignore_errors=True)

    def _make_runner(self) -> None:
        for name in ("repositories", "artifacts", "caches", "gates", "logs", "runs"):
            (self.runner / name).mkdir(parents=True, exist_ok=True)
        for name in ("actions", "jobs"):
            shutil.rmtree(self.runner / name, ignore_errors=True)
            (self.runner / name).mkdir()
        actions.write(self.runner / "actions")
        if not (self.runner / "trivy").is_dir():
            trivy_database.write(self.runner / "trivy", trivy_database.SAMPLE)

    def _make_platform(self, program: Path, more: Mapping[str, Any], secrets: Mapping[str, str]) -> None:
        git.ensure(self.platform.root)
        git.mirror(git.tracked(program), program, self.platform.root, [f"Pulumi.{stack}.yaml" for stack in STACKS])
        pulumi = Pulumi(self.platform, environment.child(self.platform))
        backend.ensure(self.platform, pulumi.environment)
        base = lab.ensure_base_image()
        variables = {
            "BASE_IMAGE": base.reference,
            "IMAGE_PYTHON": base.python,
            "PULUMI_BACKEND_URL": pulumi.environment["PULUMI_BACKEND_URL"],
        }
        sonar = self._sonar()
        for port, stack in enumerate(STACKS, self.port):
            path = self.platform.stack_file(stack)
            if not path.exists():
                path.write_text("config: {}\n")
            given = stacks.settings(stack, self.name, OWNER, lab.status().registry, variables, sonar)
            stackfile.edit(path, {**given, "nodePort": port, **more})
            backend.ensure_stack(pulumi, stack)
            self._give_secrets(pulumi, stack, secrets)

    def _sonar(self) -> Mapping[str, Any]:
        """Settings of the SonarQube that judges the service, on the node port after those of the stacks."""
        images = lab.ensure_sonar_images()
        return {
            "sonar.namespace": f"{self.name}-sonar",
            "sonar.image": images.server,
            "sonar.databaseImage": images.database,
            "sonar.nodePort": self.port + len(STACKS),
            "sonar.project": self.name,
        }

    def _give_secrets(self, pulumi: Pulumi, stack: str, secrets: Mapping[str, str]) -> None:
        """Those given, and what jobs need to reach the stacks; encrypted once, since each encryption is another text."""
        jobs = json.dumps({"PULUMI_CONFIG_PASSPHRASE": seed.passphrase(pulumi), "KUBE_CONFIG": lab.kubeconfig().read_text()})
        managing = {"github.repositorySecrets": jobs} if stack == "dev" else {}
        for key, text in {**secrets, "github.secrets": jobs, **managing}.items():
            if not self.platform.setting(stack, key):
                stackfile.edit(self.platform.stack_file(stack), {key: sealed(pulumi, stack, key, text)})

    def _publish(self, folder: Path, name: str, message: str) -> str:
        sha = git.commit(folder, message)
        git.push(folder, self.runner / "repositories" / OWNER / f"{name}.git")
        return sha
