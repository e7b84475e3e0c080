"""The command ``artifacts``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from operations.cli_publish import publish, scanned, sign
from operations.cli_release import JSON, open_pulumi
from operations.cli_release import release as release_command

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PUBLIC = click.option("--key", type=FILE, help="The public key to believe. [default: what the stack's config says, or the lab's]")


@click.group()
def artifacts() -> None:
    """The images of a repository: what is known of them, and what may become of them.

    \b
    Examples:
      lockgate artifacts list 127.0.0.1:15000/podinfo
      lockgate artifacts verify ghcr.io/example/podinfo:1.2.0 -s prod
      lockgate artifacts promote ghcr.io/example/podinfo:1.2.0 --to prod
      lockgate artifacts prune ghcr.io/example/podinfo --dry-run
    """


@artifacts.command("list")
@click.argument("repository")
@JSON
def list_(repository: str, as_json: bool) -> None:
    """Show the images of a repository, and which stacks hold them. What is attached is shown, not verified.

    \b
    Examples:
      lockgate artifacts list 127.0.0.1:15000/podinfo
      lockgate artifacts list ghcr.io/example/podinfo --json | jq -r '.images[] | select(.stacks == []) | .image'
    """
    from operations.artifacts import holders, view
    from operations.artifacts.inventory import Inventory
    from operations.artifacts.registry import Repository
    from operations.tables import wide_console

    inventory = Inventory(Repository(repository))
    held = holders.read(open_pulumi())
    found = inventory.artifacts(held)
    if as_json:
        _print({"images": [one.to_dict() for one in found], "unreadable": dict(held.unreadable)})
        return
    wide_console().print(view.artifacts(found))
    for reason in held.unreadable.values():
        click.echo(f"not known: {reason}", err=True)


@artifacts.command()
@click.argument("image")
@click.option("-s", "--stack", default="", metavar="STACK", help="Expect what this stack expects: its key, and its repository.")
@click.option("--revision", default="", metavar="SHA", help="The source revision that it must be built from.")
@PUBLIC
def verify(image: str, stack: str, revision: str, key: Path | None) -> None:
    """Check signature and provenance. Exit code 1, and one sentence, where something does not hold.

    \b
    Examples:
      lockgate artifacts verify ghcr.io/example/podinfo:1.2.0 --key cosign.pub
      lockgate artifacts verify ghcr.io/example/podinfo@sha256:... -s prod --revision "$(git rev-parse HEAD)"
    """
    from operations import images, project
    from operations.artifacts import keys
    from operations.artifacts import verify as verifying
    from operations.artifacts.provenance import Expected

    found = images.resolve(image)
    home = project.find() if stack else None
    wanted = verifying.expected(home, stack, found, revision) if home else Expected(digest=found.digest, revision=revision)
    believed = keys.trust(found, key, home, stack)
    verifying.verify(found, believed, wanted)
    click.echo(f"{found}: signed by {believed}, and from where it is expected")


@artifacts.command()
@click.argument("image")
@click.option("--to", "stack", required=True, metavar="STACK", help="The stack that it shall go to.")
@click.option("--release", "run", is_flag=True, help="Release it there, when it may.")
@PUBLIC
@click.pass_context
def promote(context: click.Context, image: str, stack: str, run: bool, key: Path | None) -> None:
    """Check that an image may go to a stack: its origin is proven, and the stack before has had this digest live.

    Changes nothing; says the command that releases it, or runs that.

    \b
    Examples:
      lockgate artifacts promote ghcr.io/example/podinfo:1.2.0 --to staging
      lockgate artifacts promote ghcr.io/example/podinfo:1.2.0 --to prod --release
    """
    from operations import images
    from operations.artifacts import keys
    from operations.artifacts import promote as promoting

    pulumi, found = open_pulumi(), images.resolve(image)
    going = promoting.promote(pulumi, stack, found, keys.trust(found, key, pulumi.project, stack))
    if not run:
        click.echo(going.command())
        return
    given = {"version": going.version, "revision": going.revision, "note": going.note}
    plain: dict[str, Any] = {"config": {}, "words": (), "dry_run": False, "as_json": False}
    context.invoke(release_command, stack=stack, image=str(going.image), **given, **plain)


@artifacts.command()
@click.argument("repository")
@click.option("--dry-run", is_flag=True, help="Only show what would go; deletes nothing.")
@JSON
def prune(repository: str, dry_run: bool, as_json: bool) -> None:
    """Delete images older than artifactRetentionDays, with what is attached to them.

    Stays what any stack's state or config names, what is signed as a release, and what nobody knows the age of. Deletes nothing
    where a stack cannot be read.

    \b
    Examples:
      lockgate artifacts prune ghcr.io/example/podinfo --dry-run
    """
    from operations.artifacts import pruning, view
    from operations.tables import wide_console

    verdicts = pruning.prune(open_pulumi(), repository, dry_run=dry_run)
    if as_json:
        _print([one.to_dict() for one in verdicts])
        return
    wide_console().print(view.verdicts(verdicts, "would go" if dry_run else "deleted"))


for command in (publish, scanned, sign):
    artifacts.add_command(command)


def _print(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
