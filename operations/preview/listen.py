"""Hears what the engine says of one stack: its preview, what differs live, and which secrets must not be told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import chain

from operations.display import Display
from operations.engine import Ended, Engine
from operations.events import Follower
from operations.preview import mask
from operations.preview.collect import Event, failures
from operations.preview.grammar import counted
from operations.preview.place import Place
from operations.pulumi_cli import Pulumi


def _ignore(_phase: str, _text: str) -> None:
    """Phases are an update's."""


@dataclass
class Heard:
    """One run of the engine: its events without the debug ones, and how it ended."""

    events: list[Event] = field(default_factory=list)
    ended: Ended | None = None

    def feed(self, event: Event) -> None:
        if event.get("diagnosticEvent", {}).get("severity") != "debug":
            self.events.append(event)

    @property
    def failures(self) -> dict[str, str]:
        """Why it failed, each reason with the type of the resource, "" for none; empty where it went well."""
        if self.ended is None or self.ended.code == 0:
            return {}
        return failures(self.events) or {one.cause: "" for one in self.ended.failures(Follower(say=_ignore, done=_ignore))}

    @property
    def seconds(self) -> float:
        return self.ended.seconds if self.ended else 0.0


def preview(engine: Engine, display: Display, place: Place) -> Heard:
    """``pulumi preview``, shown as it goes on."""
    heard, seen = Heard(), 0

    def feed(event: Event) -> None:
        nonlocal seen
        heard.feed(event)
        if "resourcePreEvent" in event:
            seen += 1
            display.say(place.stack, "preview", counted(seen, "resource"))

    display.say(place.stack, "preview", "")
    heard.ended = engine.follow(["preview", *place.arguments], feed, place.environment)
    return heard


def drift(engine: Engine, place: Place) -> Heard:
    """``pulumi refresh --preview-only``, which changes nothing and takes no lock."""
    heard = Heard()
    command = ["refresh", "--preview-only", *place.arguments]
    heard.ended = engine.follow(command, heard.feed, place.environment)
    return heard


def secrets(pulumi: Pulumi, place: Place) -> mask.Mask:
    """What hides the stack's secrets: those of its config, of its state, and of this process's environment."""
    values = [mask.of_environment(pulumi.environment)]
    stored = place.stored()
    opener = Pulumi(pulumi.project, {**pulumi.environment, **place.environment})
    if '"secure"' in json.dumps(stored, default=str):
        opened = opener.attempt("config", "--json", "--show-secrets", *place.arguments)
        values.append(mask.of_config(stored, json.loads(opened.stdout) if opened.returncode == 0 else {}))
    if place.exists:
        exported = opener.attempt("stack", "export", "--show-secrets", "-s", place.stack)
        values.append(mask.of_state(json.loads(exported.stdout) if exported.returncode == 0 else {}))
    return mask.Mask(chain.from_iterable(values))
