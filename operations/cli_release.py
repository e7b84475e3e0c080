"""The commands ``release`` and ``rollback``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from infra.errors import ReleaseError

if TYPE_CHECKING:
    from operations.pulumi_cli import Pulumi
    from operations.report import Result

STACK = click.option("-s", "--stack", required=True, metavar="STACK", help="The stack: dev, staging, prod or one of yours.")
JSON = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
ALLOW_DELETE = click.option(
    "--allow-delete", "words", multiple=True, metavar="NAME", help="A stateful resource that may be deleted: its name or URN."
)
NOTE = click.option("--note", default="", metavar="TEXT", help="Why; it goes into the ledger.")


def _pairs(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"{text}: must be KEY=VALUE")
        pairs[key] = value
    return pairs


@click.command()
@STACK
@click.option("--image", required=True, metavar="REF", help="repository:tag, or repository[:tag]@sha256:…")
@click.option("--version", default="", metavar="V", help="What the service reports as its version. [default: the image's tag]")
@click.option(
    "--config", multiple=True, callback=_pairs, metavar="KEY=VALUE", help="Environment of the release, on top of the stack's."
)
@click.option("--revision", default="", metavar="SHA", help="The source revision that the image was built from.")
@NOTE
@ALLOW_DELETE
@click.option("--dry-run", is_flag=True, help="Only preview; changes nothing, the stack's config neither.")
@JSON
def release(
    stack: str,
    image: str,
    version: str,
    config: dict[str, str],
    revision: str,
    note: str,
    words: tuple[str, ...],
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make a release live: into the idle slot, through its gates, then the traffic.

    The tag is resolved to a digest first, so that the same image can go from stack to stack. When a gate or the bake
    fails, the old release stays live and the exit code is 1; mend the cause and release again. What the policy denies is not
    begun (`lockgate policy`).

    \b
    Examples:
      lockgate release -s staging --image 127.0.0.1:15000/podinfo:1.1.0
      lockgate release -s prod --image podinfo:1.1.0 --config PODINFO_UI_MESSAGE=hello --note "spring sale"
      lockgate release -s prod --image podinfo:1.1.0 --dry-run
    """
    from operations import release as releasing

    pulumi = open_pulumi()
    keys = releasing.wish(
        pulumi, stack, reference=image, version=version, config=config, note=note, revision=revision
    )  # fmt: skip
    if dry_run:
        releasing.preview(pulumi, stack, keys, words)
        return
    click.echo(f"{stack}: releasing {keys['version']} ({keys['image']})", err=True)
    _finish(pulumi, releasing.release(pulumi, stack, keys, words), as_json)


@click.command()
@STACK
@click.option("--to", "wanted", default="", metavar="ID", help="A release's id, the beginning of one, or its version.")
@NOTE
@JSON
def rollback(stack: str, wanted: str, note: str, as_json: bool) -> None:
    """Go back to the release that was live before, or to a named one, with its config.

    Says first what it will do. Warm, only the traffic moves; cold, the release is deployed again first.

    \b
    Examples:
      lockgate rollback -s prod
      lockgate rollback -s prod --to 1.0.0 --note "errors at checkout"
    """
    from operations import rollback as returning
    from operations import state

    pulumi = open_pulumi()
    before = state.read(pulumi, stack)
    going = returning.plan(before, wanted)
    click.echo(f"{stack}: {going}", err=True)
    returning.check_image(going, before)
    _finish(pulumi, returning.rollback(pulumi, stack, going, before, note), as_json)


def open_pulumi() -> Pulumi:
    """On this project's backend, which must answer."""
    from operations import backend, environment, project
    from operations.pulumi_cli import Pulumi

    found = project.find()
    pulumi = Pulumi(found, environment.child(found))
    backend.demand(found, pulumi.environment)
    return pulumi


def _finish(pulumi: Pulumi, result: Result, as_json: bool) -> None:
    from operations.notify import results

    told = results.tell(pulumi, result)
    if as_json:
        _print({**result.to_dict(), "notified": list(told)})
    if not result.outcome.ok:
        raise ReleaseError(result.failure())
    if not as_json:
        click.echo(result.evidence())


def _print(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
