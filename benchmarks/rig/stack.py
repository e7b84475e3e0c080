"""One stack, driven as a user drives it: by ``pulumi`` and ``lockgate``."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.rig.cluster import Observer
from benchmarks.rig.process import Done, Running
from infra.ledger import Ledger
from operations import images, seed, stackfile

REGISTRY = "127.0.0.1:15000"
QUIET = ("--non-interactive", "--color", "never")
_numbers = itertools.count()


def image(tag: str) -> str:
    """The sample's reference by digest."""
    return str(images.resolve(f"{REGISTRY}/podinfo:{tag}"))


@dataclass
class Stack:
    """``url`` is where its service answers; ``folder`` is its project's; ``environment`` the whole one of its commands."""

    name: str
    folder: Path
    environment: Mapping[str, str]
    observer: Observer
    url: str
    commands: list[Running] = field(default_factory=list)

    def start(self, *command: str) -> Running:
        """Starts a command in the project's folder."""
        log = self.folder / f"{self.name}-{next(_numbers)}.log"
        running = Running(command, self.folder, self.environment, log)
        self.commands.append(running)
        return running

    def pulumi(self, *arguments: str) -> Done:
        return self.start("pulumi", *arguments, "-s", self.name, *QUIET).wait()

    def start_up(self, *options: str) -> Running:
        return self.start("pulumi", "up", "--yes", "--skip-preview", *options, "-s", self.name, *QUIET)

    def up(self, *options: str) -> Done:
        return self.start_up(*options).wait()

    def preview(self, *options: str) -> Done:
        return self.pulumi("preview", *options)

    def lockgate(self, *arguments: str) -> Done:
        return self.start("lockgate", *arguments, "-s", self.name).wait()

    def set(self, **values: str) -> None:
        """``pulumi config set`` of plain keys."""
        self.pulumi("config", "set-all", *(f"--plaintext={key}={value}" for key, value in values.items())).good()

    def set_path(self, path: str, value: str, *, secret: bool = False) -> None:
        """``pulumi config set --path`` of one value inside an object."""
        self.pulumi("config", "set", "--path", path, value, "--secret" if secret else "--plaintext").good()

    def want(self, tag: str, **values: str) -> None:
        """Sets the release keys to a sample image."""
        self.set(image=image(tag), version=tag, **values)

    def check_out(self) -> None:
        """Takes what a release writes out of the stack's file, which a fresh checkout of it lacks."""
        stackfile.edit(self.folder / f"Pulumi.{self.name}.yaml", dict.fromkeys(seed.RELEASE_KEYS))

    def release(self, tag: str, **values: str) -> Done:
        """``pulumi config set`` and ``pulumi up``."""
        self.want(tag, **values)
        return self.up()

    def outputs(self) -> dict[str, Any]:
        outputs: dict[str, Any] = json.loads(self.pulumi("stack", "output", "--json").good().output)
        return outputs

    def ledger(self) -> Ledger:
        """The ledger in the stack's outputs, read from the state on disk."""
        known = json.loads(self.state_file.read_text())["checkpoint"]["latest"].get("resources") or []
        outputs = next((one.get("outputs") or {} for one in known if one["type"] == "pulumi:pulumi:Stack"), {})
        return Ledger.from_dict(outputs.get("ledger"))

    def agrees(self) -> Ledger:
        """The ledger, once state and cluster were found to agree on what is live, and a preview to be empty."""
        ledger = self.ledger()
        assert self.observer.slot() == ledger.active, f"the cluster has {self.observer.slot()}, the ledger {ledger.active}"
        assert self.observer.deployed(ledger.active) == ledger.live
        assert self.observer.live_releases() == {ledger.live}
        self.preview("--expect-no-changes").good()
        return ledger

    @property
    def state_file(self) -> Path:
        """Where the backend keeps the stack."""
        return next(file for file in self._state_files() if file.suffix == ".json")

    def state_text(self) -> str:
        """The state and its backup as they lie on disk."""
        return "".join(file.read_text() for file in self._state_files())

    def _state_files(self) -> list[Path]:
        backend = Path(self.environment["PULUMI_BACKEND_URL"].removeprefix("file://"))
        return list((backend / ".pulumi" / "stacks").glob(f"*/{self.name}.json*"))

    def end(self) -> None:
        """Ends what still runs of its commands."""
        for running in self.commands:
            running.end()

    def forget(self) -> None:
        """Takes its settings and its state away, so that no later command on all stacks finds it without its cluster's part."""
        (self.folder / f"Pulumi.{self.name}.yaml").unlink(missing_ok=True)
        for file in self._state_files():
            file.unlink()


Factory = Callable[..., Stack]
"""Makes a stack with these settings."""
