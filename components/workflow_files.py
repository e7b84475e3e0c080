"""The workflow files of a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import pulumi
from pulumi import ResourceOptions

from infra.provider.resources import WorkflowFiles as Files
from infra.state import read_outputs


@dataclass(frozen=True, kw_only=True)
class WorkflowFilesArgs:
    """``files`` (paths from the root, and texts) on ``branch`` of ``repository`` (OWNER/NAME); ``published`` are the checks that
    they publish. The first line of ``message`` is the commit's title, and the title of a pull request."""

    repository: pulumi.Input[str]
    branch: pulumi.Input[str] = "main"
    files: Mapping[str, str]
    published: Sequence[str] = ()
    message: str = "Update the workflow files"

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("files = {}: name at least one; to have none, leave the component out")
        outside = [path for path in self.files if str(PurePosixPath(path)) != path or ".." in path.split("/") or path[0] == "/"]
        if outside:
            raise ValueError(f"files: {', '.join(outside)}: must be a path from the root, such as .github/dependabot.yml")
        if not self.message.partition("\n")[0].strip():
            raise ValueError("message: its first line is empty; it is the commit's title")


class WorkflowFiles(pulumi.ComponentResource):
    """Keeps the files on the branch as they are here, in one commit for each change.

    A person's change is never overwritten: where somebody has changed one of the files, or has a pull request open that does,
    or the branch's rules take no direct commit, a pull request from ``lockgate/workflows`` is opened instead, and kept up to
    date. ``published`` are the checks that the branch publishes now, ``pull_request`` the number of the open one or None,
    ``commit`` the commit on the branch that the files are in.
    """

    published: pulumi.Output[list[str]]
    pull_request: pulumi.Output[int | None]
    commit: pulumi.Output[str]

    def __init__(self, name: str, args: WorkflowFilesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("lockgate:index:Workflows", name, None, opts)
        props = {
            "repository": args.repository,
            "branch": args.branch,
            "files": dict(args.files),
            "checks": list(args.published),
            "message": args.message,
        }
        files = Files(name, props, ResourceOptions(parent=self))
        self.published = files.published
        self.pull_request = files.pullRequest
        self.commit = files.commit
        self.register_outputs({"published": self.published, "pullRequest": self.pull_request, "commit": self.commit})


def published_before(name: str) -> list[str] | None:
    """The checks that the branch published after the last update, of the component ``name``; None where there was none yet."""
    outputs = read_outputs(Files.kind, name)
    return None if outputs is None else list(outputs.get("published") or [])
