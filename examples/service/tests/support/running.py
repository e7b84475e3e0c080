"""Starts what a test needs as processes of its own, on free ports of 127.0.0.1."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

ROOT = Path(__file__).parent.parent.parent
PATIENCE_SECONDS = 20


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def wait_for(what: str, ready: Callable[[], bool], process: subprocess.Popen[Any] | None = None) -> None:
    """Returns when ``ready`` says so. Raises where ``process`` ends before, and after 20 seconds."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{what} ended with {process.returncode}")
        if time.monotonic() > end:
            raise TimeoutError(f"{what} is not ready after {PATIENCE_SECONDS} s")
        time.sleep(0.05)


def answers(url: str) -> Callable[[], bool]:
    """Whether ``url`` answers 200."""

    def ask() -> bool:
        try:
            return httpx2.get(url, trust_env=False, timeout=2).status_code == httpx2.codes.OK
        except httpx2.HTTPError:
            return False

    return ask


@contextmanager
def service(environment: Mapping[str, str]) -> Iterator[str]:
    """The service as a process; gives its address. Stopped by SIGTERM at the end, which it must heed."""
    port = free_port()
    command = [sys.executable, "-m", "shortlinks"]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PORT": str(port), **environment})
    try:
        base = f"http://127.0.0.1:{port}"
        wait_for("the service", answers(f"{base}/readyz"), process)
        yield base
        process.terminate()
        process.wait(PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
