"""What the exporter collects, from where, as its command line says: in a pod there is neither a project nor a state."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from history import ledgers, sonarqube
from history.collector import Collector
from history.github import Source
from history.service import Task
from history.store import Store
from infra import metrics
from infra.errors import UsageError
from infra.github import App, Clock, Credentials, GitHub, Token
from infra.github.page import Page
from infra.kubernetes import Cluster
from infra.sonarqube import Login, SonarQube

TOKEN, SONAR_TOKEN = "GITHUB_TOKEN", "SONAR_TOKEN"
APP = ("GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID", "GITHUB_APP_PEM_FILE")
"""The names that GitHub's provider for Pulumi knows; the last is the key itself, as there."""


class StoppedError(BaseException):
    """The exporter is to end while it waits for GitHub. No collection catches it, and none loses anything by it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """``repositories`` are OWNER/NAME; ``namespace`` is where stacks publish their ledgers, "" for none. ``projects`` are on
    the SonarQube at ``sonar``."""

    url: str
    repositories: Sequence[str]
    days: int
    namespace: str
    sonar: str
    projects: Sequence[str]


def tasks(asked: Asked, say: Callable[[str], None], stop: threading.Event) -> list[Task]:
    """Raises ``UsageError`` where there is nothing to collect, or no token to do it with."""
    if not asked.repositories and not asked.namespace and not asked.projects:
        raise UsageError("--repository, --ledgers, --sonar-project = nothing: there is nothing to collect; give one of them")
    github = sign_in(asked.url, say, stop) if asked.repositories else None
    since = datetime.now(UTC) - timedelta(days=asked.days)
    found = [Task("github", partial(runs, github, name, since, say)) for name in asked.repositories if github]
    if asked.namespace:
        found.append(Task("ledgers", partial(_ledgers, asked, github)))
    if asked.projects:
        found.append(Task("sonarqube", partial(_gates, asked, _sonar(asked.sonar, say, stop))))
    return found


def sign_in(url: str, say: Callable[[str], None], stop: threading.Event) -> GitHub:
    """With GITHUB_TOKEN of the environment, else as the App that it names. Its waiting ends when ``stop`` is set.

    Raises ``UsageError`` where the environment has neither.
    """
    return GitHub(url, _credentials(), say, Clock(wait=_waiting(stop)))


def _credentials() -> Credentials:
    token, app = os.environ.get(TOKEN, ""), [os.environ.get(name, "") for name in APP]
    if token:
        return Token(token)
    if all(app):
        return App(*app)
    raise UsageError(
        f"{TOKEN} = nothing: a repository's runs need a token that may read Actions and contents; set it, "
        f"or for an App all of {', '.join(APP)}"
    )


def _sonar(url: str, say: Callable[[str], None], stop: threading.Event) -> SonarQube:
    token = os.environ.get(SONAR_TOKEN, "")
    if not url or not token:
        what = f"--sonar = {url or 'nothing'}, {SONAR_TOKEN} = {'(set)' if token else 'nothing'}"
        raise UsageError(f"{what}: projects on SonarQube need its address and a token of a user who may browse them; give both")
    return SonarQube(url, Login(token=token), say, _waiting(stop))


def _waiting(stop: threading.Event) -> Callable[[float], None]:
    def wait(seconds: float) -> None:
        if stop.wait(seconds):
            raise StoppedError

    return wait


def runs(github: GitHub, repository: str, since: datetime, say: Callable[[str], None], store: Store) -> None:
    """Collects what is new of a repository."""
    Collector(store, Source(github, repository, partial(heard, store)), since, say=say).collect()


def heard(store: Store, page: Page) -> None:
    """Counts a call of GitHub's API."""
    store.add(metrics.CALLS.name, {"source": "github", "status": str(page.status)})
    if page.remaining is not None:
        store.mark(metrics.LIMIT_LEFT.name, str(page.remaining))


def _ledgers(asked: Asked, github: GitHub | None, store: Store) -> None:
    published = ledgers.of_cluster(Cluster(None, inside=True), asked.namespace)
    repository = asked.repositories[0] if asked.repositories else ""
    source = Source(github, repository, partial(heard, store)) if github else None
    ledgers.collect(store, published, source)


def _gates(asked: Asked, server: SonarQube, store: Store) -> None:
    sonarqube.collect(store, server, asked.projects)
