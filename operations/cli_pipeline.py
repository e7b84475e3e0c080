"""The command ``lockgate pipeline``."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.errors import ReleaseError

if TYPE_CHECKING:
    from operations.pipeline.gates import Approve


@click.command()
@click.option("--yes", "-y", is_flag=True, help="Approve deployments by yourself, as a reviewer of the environment.")
@click.option("--runners", type=click.IntRange(1, 16), default=2, show_default=True, help="Jobs that run at once.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write the tables here too, as Markdown.")
@click.option("--remove", is_flag=True, help="Only take away what earlier runs have made: the stacks, and the folder.")
@click.option("--json", "as_json", is_flag=True, help="Print the runs as JSON.")
def pipeline(yes: bool, runners: int, output: Path | None, remove: bool, as_json: bool) -> None:
    """Run the workflows of the sample service on this machine: from a push to a live release, and back.

    Stacks of its own are brought up on the lab; their update commits the workflow files, and act runs these files. Then: a push
    without caches through ci and cd, a push with them, a pull request's preview, the daily scan, the drift check, and a rollback
    of production. What is made stays in .lockgate/pipeline, for the next run.

    \b
    Examples:
      lockgate pipeline --yes
      lockgate pipeline --yes --json | jq '.chapters[].runs[] | {file, ok}'
    """
    from operations import project
    from operations.pipeline import story, view

    _forget_stacks()
    found = project.find()
    place = story.open_place(found.data / "pipeline", "shortlinks")
    if remove:
        place.remove()
        return
    place.provision(found.root, found.root / "examples" / "service")
    place.forget_caches()
    teller = story.Teller(place, runners=runners, approve=_approving(yes), told=view.show_job)
    teller.tell()
    if output:
        output.write_text(view.markdown(teller.story))
    if as_json:
        click.echo(json.dumps(view.to_dict(teller.story), indent=2))
    else:
        view.show(teller.story)
    for run, job in teller.story.failures[:1]:
        raise ReleaseError(f"{run.name}: {job.name} failed ({', '.join(job.failed) or job.result}); its log: {run.log}")


def _forget_stacks() -> None:
    """The stacks are this command's own, whatever a shell of ``lockgate env`` works on."""
    for name in [name for name in os.environ if name.startswith(("PULUMI_", "LOCKGATE_PROJECT"))]:
        del os.environ[name]


def _approving(yes: bool) -> Approve:
    from infra.progress import note

    def approve(environment: str, reviewers: Sequence[str]) -> str:
        if not yes and sys.stdin.isatty() and not click.confirm(f"Deploy to {environment}, as {reviewers[0]}?", err=True):
            return ""
        note(f"  {environment}: approved, as {reviewers[0]}")
        return reviewers[0]

    return approve
