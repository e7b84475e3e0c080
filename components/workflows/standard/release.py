"""Release: gives a commit of the default branch a version, a tag, and a release on GitHub with what was built from it."""

from __future__ import annotations

from components.workflows.jobs import Concurrency, Job
from components.workflows.permissions import Permissions, writes
from components.workflows.standard.common import GITHUB_TOKEN, alert, prepared, upload
from components.workflows.standard.options import PipelineOptions
from components.workflows.steps import Run, Use
from components.workflows.triggers import Dispatch, Input
from components.workflows.values import Expr
from components.workflows.workflow import Workflow

NAME = "Release"
CHECK = r"""
if [ "$BRANCH" != "$DEFAULT_BRANCH" ]; then
  printf 'error: branch = %q: only %s is released; start the workflow there\n' "$BRANCH" "$DEFAULT_BRANCH" >&2
  exit 1
fi
if ! [[ "$VERSION" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]; then
  printf 'error: version = %q: must be MAJOR.MINOR.PATCH, such as 1.4.0; start the workflow again\n' "$VERSION" >&2
  exit 1
fi
"""
VERSION = {"VERSION": Expr("inputs.version")}


def release(options: PipelineOptions) -> Workflow:
    """Somebody starts it, with the version."""
    jobs = (_release(options),)
    return Workflow(
        file="release",
        name=NAME,
        on=(Dispatch(inputs={"version": Input(description="Version to release, such as 1.4.0", required=True)}),),
        concurrency=Concurrency(group="release"),
        jobs=(*jobs, *alert(options, NAME, jobs)),
    )


def _release(options: PipelineOptions) -> Job:
    attest = Use(name="Sign where it is from", action="actions/attest", inputs={"subject-path": f"{options.artifact_folder}/*"})
    return Job(
        id="release",
        name="Release",
        permissions=_permissions(options),
        runs_on=options.runner_label,
        timeout_minutes=options.build_timeout_minutes,
        steps=(
            Run(
                name="Check what is asked for",
                script=CHECK,
                env={**VERSION, "BRANCH": Expr("github.ref_name"), "DEFAULT_BRANCH": options.default_branch},
            ),
            *prepared(options, cached=False, whole_history=True),
            Run(name="Build", script=options.commands.build, env=VERSION),
            *((attest,) if options.provenance_enabled else ()),
            upload("release", options.artifact_folder, options.artifact_retention_days, needed=True),
            Run(
                name="Make the tag and the release",
                script=options.commands.release,
                env={**VERSION, "GITHUB_TOKEN": GITHUB_TOKEN, "REVISION": Expr("github.sha")},
            ),
        ),
    )


def _permissions(options: PipelineOptions) -> Permissions:
    needed = writes("contents", "make the tag and the release")
    if not options.provenance_enabled:
        return needed
    return needed | writes("id-token", "get a certificate to sign with") | writes("attestations", "keep the signature")
