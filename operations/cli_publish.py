"""The commands ``artifacts publish``, ``scanned`` and ``sign``: what a pipeline says of its own images."""

from __future__ import annotations

import os
from pathlib import Path

import click

from infra.errors import UsageError

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PRIVATE = click.option(
    "--key", type=FILE, envvar="LOCKGATE_SIGNING_KEY", show_envvar=True,
    help="The key to sign with; $COSIGN_PASSWORD is its passphrase. [default: the GitHub job's identity, or the lab's key]",
)  # fmt: skip
SCANS = click.option("--scan", "scans", type=FILE, multiple=True, help="A scanner's report in SARIF; may be given again.")


@click.command()
@click.argument("image")
@click.option("--revision", required=True, metavar="SHA", help="The commit that it was built from, whole.")
@click.option("--sbom", type=FILE, help="What it contains, in SPDX's JSON. [default: syft looks]")
@SCANS
@PRIVATE
def publish(image: str, revision: str, sbom: Path | None, scans: tuple[Path, ...], key: Path | None) -> None:
    """Attach contents, findings and origin to an image that was pushed, and sign it.

    \b
    Examples:
      lockgate artifacts publish 127.0.0.1:15000/podinfo:1.2.0 --revision "$(git rev-parse HEAD)"
      lockgate artifacts publish ghcr.io/example/podinfo:1.2.0 --revision "$SHA" --scan reports/security/image.sarif
    """
    from operations import images
    from operations.artifacts import keys
    from operations.artifacts import publish as publishing

    facts = publishing.Facts(revision=revision, sbom=sbom, scans=scans)
    found = images.resolve(image)
    publishing.publish(found, facts, keys.signer(found, key, os.environ), os.environ)
    click.echo(str(found))


@click.command()
@click.argument("image")
@SCANS
@PRIVATE
def scanned(image: str, scans: tuple[Path, ...], key: Path | None) -> None:
    """Attach a newer scan's findings to an image, instead of those of the one before.

    \b
    Examples:
      lockgate artifacts scanned ghcr.io/example/podinfo:1.2.0 --scan reports/security/image.sarif
    """
    from operations import images
    from operations.artifacts import keys
    from operations.artifacts import publish as publishing

    if not scans:
        raise UsageError("--scan: no report is named; name a scanner's output in SARIF")
    found = images.resolve(image)
    publishing.attach_scans(found, scans, keys.signer(found, key, os.environ))
    click.echo(str(found))


@click.command()
@click.argument("image")
@click.option("--release", "version", required=True, metavar="V", help="The version that it is released as.")
@PRIVATE
def sign(image: str, version: str, key: Path | None) -> None:
    """Sign an image as a release, which is never pruned.

    \b
    Examples:
      lockgate artifacts sign ghcr.io/example/podinfo:1.2.0 --release 1.2.0
    """
    from operations import images
    from operations.artifacts import keys
    from operations.artifacts import publish as publishing

    found = images.resolve(image)
    publishing.sign_release(found, version, keys.signer(found, key, os.environ))
    click.echo(str(found))
