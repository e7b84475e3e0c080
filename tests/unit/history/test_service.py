"""The exporter: one source's trouble is counted and told, and is no other's; what is served says how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from history.github import SpentError
from history.model import Gate
from history.service import Exporter, Task
from history.store import Store
from infra.errors import StateError
from infra.github.errors import GitHubError


def put_gate(store: Store) -> None:
    store.put(Gate(project="shop", analysis="1", at=datetime(2026, 11, 1, tzinfo=UTC), passed=True))


def failing(error: BaseException) -> Callable[[Store], None]:
    def collect(_: Store) -> None:
        raise error

    return collect


@contextmanager
def serving(exporter: Exporter) -> Iterator[httpx2.Client]:
    server = exporter.serve("127.0.0.1", 0)
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{server.server_port}", trust_env=False) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (SpentError("GET /x", 200, "900 of 5000 are left", "it goes on in the next hour"), "limit"),
        (GitHubError("GET /x", 429, "too many", "wait"), "limit"),
        (GitHubError("GET /x", 502, "bad gateway", "run again"), "unreachable"),
        (GitHubError("GET /x", 0, "no answer", "run again"), "unreachable"),
        (httpx2.ConnectError("refused"), "unreachable"),
        (GitHubError("GET /x", 404, "not found", "look"), "refused"),
        (StateError("a published ledger cannot be read"), "refused"),
    ],
)
def test_a_source_that_fails_is_counted_by_reason_and_keeps_no_other_from_being_collected(
    tmp_path: Path, error: Exception, reason: str
) -> None:
    said: list[str] = []
    tasks = [Task("github", failing(error)), Task("sonarqube", put_gate)]
    exporter = Exporter(tmp_path / "history.db", tasks, say=said.append)
    assert not exporter.collect()
    text = exporter.text().decode()
    assert f'lockgate_collector_errors_total{{reason="{reason}",source="github"}} 1.0' in text
    assert 'lockgate_quality_gate_passed{project="shop"} 1.0' in text
    assert 'lockgate_collector_last_success_timestamp_seconds{source="sonarqube"}' in text
    assert 'lockgate_collector_last_success_timestamp_seconds{source="github"}' not in text
    assert said == [f"github: {error}"]


def test_an_exporter_that_starts_again_counts_its_errors_on(tmp_path: Path) -> None:
    for _ in range(3):
        Exporter(tmp_path / "history.db", [Task("github", failing(StateError("broken")))]).collect()
    text = Exporter(tmp_path / "history.db", []).text().decode()
    assert 'lockgate_collector_errors_total{reason="refused",source="github"} 3.0' in text


def test_it_is_ready_once_every_source_was_tried(tmp_path: Path) -> None:
    exporter = Exporter(tmp_path / "history.db", [Task("sonarqube", put_gate)])
    with serving(exporter) as client:
        assert client.get("/healthz").status_code == 200
        assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "nothing was collected yet\n")
        exporter.collect()
        assert client.get("/readyz").status_code == 200
        assert 'lockgate_quality_gate_passed{project="shop"} 1.0' in client.get("/metrics").text
        assert client.get("/").status_code == 404


def test_a_history_that_cannot_be_read_is_no_empty_page(tmp_path: Path) -> None:
    path, said = tmp_path / "history.db", list[str]()
    path.write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with serving(Exporter(path, [], say=said.append)) as client:
        answer = client.get("/metrics")
    assert answer.status_code == 500
    assert "cannot be read as a history" in answer.text
    assert said == [answer.text.rstrip("\n")]


def test_nothing_more_is_collected_once_it_is_to_stop(tmp_path: Path) -> None:
    exporter = Exporter(tmp_path / "history.db", [])
    exporter.tasks = [Task("github", lambda _: exporter.stop.set()), Task("sonarqube", put_gate)]
    exporter.run(3600)
    assert "lockgate_quality_gate_passed{" not in exporter.text().decode()
