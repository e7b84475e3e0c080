"""The commands ``exporter …``: the pipeline's metrics for Prometheus."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from history.service import Exporter

RATE = re.compile(r"([^\s=]+)=([0-9]+(?:\.[0-9]+)?)")
STORE = click.option(
    "--store",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    envvar="LOCKGATE_HISTORY",
    help="The file that keeps the history. [$LOCKGATE_HISTORY]",
)
RATES = click.option(
    "--rate",
    "rates",
    multiple=True,
    metavar="LABEL=PRICE",
    envvar="LOCKGATE_RUNNER_RATES",
    help="What a minute of a runner with this label costs. May be repeated. [$LOCKGATE_RUNNER_RATES]",
)
SOURCES = (
    click.option(
        "--repository",
        "repositories",
        multiple=True,
        metavar="OWNER/NAME",
        envvar="LOCKGATE_REPOSITORIES",
        help="Whose runs are collected. May be repeated. [$LOCKGATE_REPOSITORIES]",
    ),
    click.option("--github", "url", default="https://github.com", show_default=True, envvar="LOCKGATE_GITHUB", metavar="URL"),
    click.option("--days", default=90, show_default=True, type=click.IntRange(1, 400), help="How far back to go at first."),
    click.option(
        "--ledgers",
        "namespace",
        default="",
        envvar="LOCKGATE_LEDGERS",
        metavar="NAMESPACE",
        help="Where stacks publish their ledgers, in the cluster that this runs in. [$LOCKGATE_LEDGERS]",
    ),
    click.option("--sonar", default="", envvar="LOCKGATE_SONAR", metavar="URL", help="A SonarQube. [$LOCKGATE_SONAR]"),
    click.option(
        "--sonar-project",
        "projects",
        multiple=True,
        metavar="KEY",
        envvar="LOCKGATE_SONAR_PROJECTS",
        help="Whose gate is collected from it. May be repeated. [$LOCKGATE_SONAR_PROJECTS]",
    ),
)


def sources(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is collected."""
    return reduce(lambda made, option: option(made), reversed(SOURCES), command)


@click.group()
def exporter() -> None:
    """The pipeline's metrics for Prometheus: runs, tests, scans, deployments and DORA's figures.

    The token for GitHub is GITHUB_TOKEN of the environment; it needs to read Actions and contents. Without one it is an App:
    GITHUB_APP_ID, GITHUB_APP_INSTALLATION_ID, and the key itself in GITHUB_APP_PEM_FILE. The token for SonarQube is SONAR_TOKEN,
    of a user who may browse the projects.

    \b
    Examples:
      lockgate exporter serve --store history.db --repository example/shop
      lockgate exporter backfill --store history.db --output past.txt
    """


@exporter.command()
@STORE
@sources
@RATES
@click.option("--listen", default="127.0.0.1:9469", show_default=True, metavar="HOST:PORT")
@click.option("--interval", default=60.0, show_default=True, type=click.FloatRange(0.1), help="Seconds between collections.")
def serve(store: Path, listen: str, interval: float, **asked: Any) -> None:
    """Collect at an interval, and serve /metrics, /healthz and /readyz, until SIGTERM or Ctrl-C.

    \b
    Examples:
      GITHUB_TOKEN=... lockgate exporter serve --store history.db --repository example/shop --rate ubuntu-latest=0.006
    """
    import signal

    from operations.exporting import StoppedError

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise click.BadParameter(f"{listen}: must be HOST:PORT, such as 127.0.0.1:9469", param_hint="--listen")
    made = _exporter(store, **asked)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: made.stop.set())
    server = made.serve(host.strip("[]"), int(port))
    click.echo(f"metrics at http://{host}:{server.server_port}/metrics", err=True)
    try:
        made.run(interval)
    except StoppedError:
        pass
    finally:
        server.shutdown()


@exporter.command()
@STORE
@sources
def collect(store: Path, **asked: Any) -> None:
    """Collect once. Exit code 1 where a source did not tell all; what it told is kept, and the next time goes on there.

    \b
    Examples:
      GITHUB_TOKEN=... lockgate exporter collect --store history.db --repository example/shop
    """
    sys.exit(0 if _exporter(store, rates=(), **asked).collect() else 1)


@exporter.command()
@STORE
@RATES
@click.option("--step", default=60, show_default=True, type=click.IntRange(1), help="Minutes between two moments.")
@click.option("--output", type=click.File("wb"), default="-", help="[default: standard output]")
def backfill(store: Path, rates: tuple[str, ...], step: int, output: Any) -> None:
    """Write the metrics of the whole history as OpenMetrics with times, so that a new Prometheus knows the past.

    \b
    Examples:
      lockgate exporter backfill --store history.db --output past.txt
      promtool tsdb create-blocks-from openmetrics past.txt data/
    """
    from history import backfill as past
    from history.exposition import Exposition
    from history.store import Store

    with Store(_existing(store)) as opened:
        moments = past.write(Exposition(opened, parse_rates(rates)), output, timedelta(minutes=step), datetime.now(UTC))
    click.echo(f"{moments} moments", err=True)


def parse_rates(texts: tuple[str, ...]) -> dict[str, float]:
    """``LABEL=PRICE`` as a mapping. Raises ``click.BadParameter`` for another text."""
    found: dict[str, float] = {}
    for text in texts:
        matched = RATE.fullmatch(text)
        if not matched:
            raise click.BadParameter(f"{text}: must be LABEL=PRICE, such as ubuntu-latest=0.006", param_hint="--rate")
        found[matched[1]] = float(matched[2])
    return found


def _existing(store: Path) -> Path:
    if not store.is_file():
        raise click.BadParameter(f"{store}: is not there; `lockgate exporter collect` makes it", param_hint="--store")
    return store


def _exporter(store: Path, rates: tuple[str, ...], url: str, **asked: Any) -> Exporter:
    import threading

    from history.service import Exporter
    from operations.exporting import Asked, tasks

    def say(text: str) -> None:
        click.echo(text, err=True)

    stop = threading.Event()
    found = tasks(Asked(url=url, **asked), say, stop)
    return Exporter(store, found, parse_rates(rates), say, stop)
