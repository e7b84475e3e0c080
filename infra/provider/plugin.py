"""The provider: gives each call of the engine to the resource that it is for."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from infra.errors import LockgateError
from infra.provider.differences import DIFFERENCES
from infra.provider.kinds import KINDS, Place

if TYPE_CHECKING:
    from infra.github import Credentials
    from infra.kubernetes import Cluster

class Step(Protocol):
    """One kind of resource: how it is made so, in its place (``Context``, ``GitHubContext`` or ``SonarContext``).

    One that can drift has ``read(state, ctx)`` too, which gives None where it is gone; one that leaves something behind
    has ``delete(state, ctx)``; one that can be taken over has ``imported(id, ctx)``, which is ``read`` without a state.
    """

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Any) -> dict[str, Any]: ...


def find_step(kind: str) -> Step:
    """The step for a resource's kind, imported when it is first needed."""
    if kind not in KINDS:
        raise LockgateError(f"lockgate:index:{kind} is not a resource of this provider; upgrade it together with the program")
    return cast(Step, getattr(import_module(f"infra.provider.{KINDS[kind].module}"), kind)())


class Plugin:
    """What the engine asks, in plain values. ``say`` shows a line beside the resource with this URN, ``warn`` one that stays.

    A plugin lives as long as one update, so that its start is the update's.
    The Kubernetes client is imported when a cluster is first needed: an update that changes nothing does without it.
    """

    def __init__(
        self,
        say: Callable[[str, str], None],
        steps: Callable[[str], Step] = find_step,
        warn: Callable[[str, str], None] = lambda *_: None,
    ) -> None:
        self._say = say
        self._warn = warn
        self._steps = steps
        self._started = time.monotonic()
        self._config: Mapping[str, Any] = {}
        self._cluster: Cluster | None = None
        self._credentials: Credentials | None = None
        self._refreshed: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self.stop = threading.Event()

    def configure(self, config: Mapping[str, Any]) -> None:
        """``context`` is the kubeconfig's context (None: the current one), ``timeoutMinutes`` what an update may take.

        ``github…`` and ``sonar…`` say where GitHub and SonarQube are and how to sign in there (``infra.provider.github_context``,
        ``infra.provider.sonar_context``).
        """
        self._config = config

    def check(self, urn: str, new: Callable[[], Mapping[str, Any]]) -> None:
        """A preflight looks at the cluster, and raises where it must not go on.

        It does so here because a refresh, which is the remedy, asks for a difference too, but checks nothing.
        """
        if kind_of(urn) == "Preflight":
            self.apply(urn, self._refreshed.get(urn), new())

    def diff(self, urn: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
        """The inputs that changed."""
        kind = kind_of(urn)
        return DIFFERENCES[kind](old, new) if kind in DIFFERENCES else []

    def apply(self, urn: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> dict[str, Any]:
        """Creates, or updates from ``old``; gives the new state."""
        return self._steps(kind_of(urn)).apply(old, new, self._context(urn))

    def read(self, urn: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        """The state as it is now; None where the resource is gone."""
        read = getattr(self._steps(kind_of(urn)), "read", None)
        if read is None:
            return dict(state)
        found: dict[str, Any] | None = read(state, self._context(urn))
        self._refreshed[urn] = found or {}
        return found

    def imported(self, urn: str, id_: str) -> dict[str, Any] | None:
        """What is there under an id; None where nothing is."""
        take = getattr(self._steps(kind_of(urn)), "imported", None)
        if take is None:
            raise LockgateError(f"{kind_of(urn)} is not imported: declare it, and what is there already is taken over")
        found: dict[str, Any] | None = take(id_, self._context(urn))
        return found

    def delete(self, urn: str, state: Mapping[str, Any]) -> None:
        """Takes back what only this resource has made."""
        delete = getattr(self._steps(kind_of(urn)), "delete", None)
        if delete is not None and _place(urn) != "cluster":
            delete(state, self._context(urn))

    def _context(self, urn: str) -> Any:
        makers = {"github": self._on_github, "sonarqube": self._on_sonarqube, "cluster": self._on_cluster}
        return makers[_place(urn)](urn)

    def _on_sonarqube(self, urn: str) -> Any:
        from infra.provider.sonar_context import context

        return context(self._config, os.environ, partial(self._say, urn), partial(self._warn, urn), self.stop)

    def _on_github(self, urn: str) -> Any:
        from infra.provider.github_context import base_url, context, sign_in

        with self._lock:
            self._credentials = self._credentials or sign_in(self._config, os.environ)
        url = base_url(self._config, os.environ)
        return context(url, self._credentials, partial(self._say, urn), partial(self._warn, urn), self.stop)

    def _on_cluster(self, urn: str) -> Any:
        from infra.kubernetes import Cluster
        from infra.provider.context import Context

        with self._lock:
            self._cluster = self._cluster or Cluster(self._config.get("context"))
        minutes = self._config.get("timeoutMinutes")
        deadline = math.inf if minutes is None else self._started + 60 * minutes
        return Context(cluster=self._cluster, say=partial(self._say, urn), stop=self.stop, deadline=deadline)


def _place(urn: str) -> Place:
    known = KINDS.get(kind_of(urn))
    return known.place if known else "cluster"


def kind_of(urn: str) -> str:
    """``Cutover`` of ``urn:pulumi:stack::project::parent$lockgate:index:Cutover::name``."""
    return urn.split("::")[2].rsplit(":", 1)[-1]
