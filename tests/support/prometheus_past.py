"""A real Prometheus that knows the past of a recorded history: backfilled as a user would do it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2 as httpx
from histories import END, REPOSITORY, recorded
from promtool import asked, tools
from receivers import free_port

from history.backfill import write
from history.cost import Rates
from history.exposition import Exposition
from history.store import Store

RATES: Rates = {"ubuntu-latest": 0.006}
STEP_MINUTES = 360


@dataclass(frozen=True)
class Past:
    """A Prometheus at ``url``; what it knows ends at ``END`` of the recorded history."""

    url: str
    runs: int

    def ask(self, query: str) -> list[dict[str, Any]]:
        """The series that ``query`` gives over the last 30 days."""
        times = {"start": END.timestamp() - 30 * 86400, "end": END.timestamp(), "step": STEP_MINUTES * 60}
        answer = httpx.get(f"{self.url}/api/v1/query_range", params={"query": query, **times}, timeout=60, trust_env=False)
        told = answer.json()
        assert told["status"] == "success", f"{query}: {told}"
        return list(told["data"]["result"])


def backfilled(folder: Path, runs: int) -> int:
    """Puts the blocks of a history of about ``runs`` runs into ``folder``/data. Returns how many runs it has."""
    from datetime import timedelta

    history = recorded(runs)
    with Store(folder / "history.db") as store, (folder / "past.txt").open("wb") as out:
        history.fill(store)
        write(Exposition(store, RATES), out, timedelta(minutes=STEP_MINUTES), END)
    done = asked("promtool", "tsdb", "create-blocks-from", "openmetrics", folder / "past.txt", folder / "data")
    assert done.returncode == 0, done.stderr
    return len(history.runs)


@contextmanager
def serving(folder: Path, runs: int = 1000) -> Iterator[Past]:
    found = backfilled(folder, runs)
    (folder / "prometheus.yml").write_text("{}")
    port = free_port()
    command = [
        tools()["prometheus"], f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=10y", "--log.level=error",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    try:
        past = Past(f"http://127.0.0.1:{port}", found)
        until_ready(process, past.url)
        yield past
    finally:
        process.terminate()
        process.wait()


def until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    """Waits for a Prometheus that has just been started."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"Prometheus ended with {process.returncode}"
        try:
            if httpx.get(f"{url}/-/ready", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("Prometheus is not ready")


__all__ = ["END", "REPOSITORY", "Past", "serving"]
