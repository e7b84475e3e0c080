"""What a repository's pipeline is told. The names and defaults are those of the stack's settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from components.workflows.review import Review
from components.workflows.spec import DeploymentEnvironment

ENVIRONMENTS = (
    DeploymentEnvironment(name="development", stack="dev", strategy="rolling"),
    DeploymentEnvironment(name="staging", stack="staging"),
    DeploymentEnvironment(name="production", stack="prod"),
)


@dataclass(frozen=True, kw_only=True)
class Commands:
    """What the workflows run, by bash, at the root of the source. Each gets its values by environment variables.

    ``set_up`` prepares a runner; ``build`` leaves its result in the artifact folder; ``test`` knows ``TEST_KIND`` and
    ``TEST_VARIANT`` (a browser or a load scenario); ``scan`` and ``test`` leave reports in the report folder; ``publish`` pushes
    what was built and writes ``image`` (by digest), ``name`` and ``digest`` to ``GITHUB_OUTPUT``; ``findings`` attaches what the
    scan of a published image found; ``deploy`` writes ``url``.
    ``report`` sums up what the tests of a run have left; ``lockgate`` runs a command of the command line on the stacks.
    ``scan`` and ``report`` leave their counts for the exporter (``infra.run_summary``) in ``summary.json``, if at all.
    """

    set_up: str = "./scripts/cd/environment-setup.sh"
    build: str = "./scripts/ci/build.sh"
    test: str = './scripts/ci/test.sh "$TEST_KIND"'
    report: str = "./scripts/ci/test.sh report"
    scan: str = "./scripts/ci/security-scan.sh"
    quality: str = "./scripts/ci/quality-check.sh"
    analysis: str = "./scripts/ci/quality-check.sh sonarqube"
    debt: str = "./scripts/ci/quality-check.sh debt"
    review: str = "./scripts/ci/quality-check.sh review"
    checklist: str = "./scripts/ci/quality-check.sh checklist"
    publish: str = "./scripts/utils/artifact-management.sh publish"
    findings: str = "./scripts/utils/artifact-management.sh findings"
    release: str = "./scripts/utils/artifact-management.sh release"
    deploy: str = "./scripts/cd/deploy.sh"
    smoke_test: str = "./scripts/cd/smoke-test.sh"
    rollback: str = "./scripts/cd/rollback.sh"
    notify: str = "./scripts/utils/notification.sh"
    lockgate: str = "./scripts/cd/on-stack.sh"

    @classmethod
    def within(cls, folder: str) -> Commands:
        """The standard ones, with the scripts in a folder of the source's root."""
        return cls(**{one.name: str(one.default).replace("./scripts/", f"./{folder}/scripts/") for one in fields(cls)})


@dataclass(frozen=True)
class Platform:
    """The repository that holds Lockgate and the stacks' files, OWNER/NAME, and the ``ref`` of it ("": its default branch).

    Jobs check it out beside the service's source, into ``FOLDER``.
    """

    FOLDER: ClassVar[str] = ".platform"
    repository: str
    ref: str = ""

    @classmethod
    def of(cls, text: str) -> Platform:
        """OWNER/NAME[@REF]. Raises ValueError for another text."""
        found = re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", text)
        if not found:
            raise ValueError(f"platform = {text!r}: must be OWNER/NAME, or OWNER/NAME@REF; correct it")
        return cls(found[1], found[2] or "")


@dataclass(frozen=True, kw_only=True)
class PipelineOptions:
    """The pipeline of one repository. Without any option it is the story's.

    ``environments`` are deployed to in their order. ``integration_branches`` are tested like the default branch, and deployed
    nowhere. ``tests`` are the kinds that always run. ``languages`` are CodeQL's. ``node_version`` "" needs no Node.
    ``secrets`` and ``variables`` are the names of those that a deployment, a preview and the drift check get, from the
    environment or the repository. ``provenance_enabled`` needs a public repository, or GitHub Enterprise Cloud. ``platform`` is
    None where the service's own repository holds Lockgate.
    """

    commands: Commands = field(default_factory=Commands)
    platform: Platform | None = None
    environments: tuple[DeploymentEnvironment, ...] = ENVIRONMENTS
    review: Review = field(default_factory=Review)
    default_branch: str = "main"
    integration_branches: tuple[str, ...] = ("develop",)
    runner_label: str = "ubuntu-latest"
    python_version: str = "3.13"
    node_version: str = "24"
    languages: tuple[str, ...] = ("python", "actions")
    tests: tuple[str, ...] = ("unit", "integration")
    browsers: tuple[str, ...] = ("chromium", "firefox", "webkit")
    load_scenarios: tuple[str, ...] = ("smoke", "load", "stress", "spike")
    artifact_folder: str = "dist"
    report_folder: str = "reports"
    secrets: tuple[str, ...] = ("PULUMI_CONFIG_PASSPHRASE", "KUBE_CONFIG")
    variables: tuple[str, ...] = ("PULUMI_BACKEND_URL",)
    provenance_enabled: bool = True

    registry_url: str = "ghcr.io"
    build_cache_enabled: bool = True
    build_parallel_jobs: int = 4
    build_timeout_minutes: int = 30
    artifact_retention_days: int = 30
    test_parallel_execution: bool = True
    unit_test_timeout_minutes: int = 5
    integration_test_timeout_minutes: int = 10
    test_timeout_minutes: int = 15
    test_coverage_threshold: int = 80
    e2e_test_enabled: bool = True
    performance_test_enabled: bool = True
    performance_test_timeout_minutes: int = 20
    sast_enabled: bool = True
    dependency_scan_enabled: bool = True
    container_scan_enabled: bool = True
    secrets_scan_enabled: bool = True
    security_policy_enforcement: bool = True
    code_quality_enabled: bool = True
    code_coverage_required: bool = True
    coverage_max_drop: int = 2
    linting_enforcement: bool = True
    sonar_qube_url: str = ""
    deployment_timeout_minutes: int = 10
    health_check_timeout_seconds: int = 300
    smoke_test_enabled: bool = True
    rollback_enabled: bool = True
    pipeline_monitoring_enabled: bool = True
    email_notifications_enabled: bool = True
    metrics_export_enabled: bool = True

    @classmethod
    def of(cls, settings: Any, **more: Any) -> PipelineOptions:
        """The options that a stack's ``infra.settings.Settings`` give; ``more`` are others, by name, and win."""
        same = {one.name: getattr(settings, one.name) for one in fields(cls) if hasattr(settings, one.name)}
        same.pop("secrets", None)
        if settings.github__platform:
            same |= {"platform": Platform.of(settings.github__platform), "commands": Commands.within(Platform.FOLDER)}
        return cls(**{**same, "runner_label": settings.github__runner_label, **more})

    def test_minutes(self, kind: str) -> int:
        """How long tests of a kind may take: their own limit, and at most the one of all tests."""
        limits = {"unit": self.unit_test_timeout_minutes, "integration": self.integration_test_timeout_minutes}
        if kind == "performance":
            return self.performance_test_timeout_minutes
        return min(limits.get(kind, self.test_timeout_minutes), self.test_timeout_minutes)

    @property
    def scans(self) -> bool:
        """Whether there is anything to scan besides the source's own vulnerabilities."""
        return self.dependency_scan_enabled or self.container_scan_enabled or self.secrets_scan_enabled
