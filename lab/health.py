"""Probes: each returns what is wrong in a few words, or ``""`` when all is well."""

from __future__ import annotations

import socket
import ssl
import subprocess
from collections.abc import Callable

import httpx2 as httpx

from lab.identities import CLUSTER
from lab.layout import LOOPBACK, Layout

Probe = Callable[[], str]
SECONDS = 2.0


def trust(layout: Layout) -> ssl.SSLContext:
    """Knows the lab's authority and shows the admin's certificate."""
    context = ssl.create_default_context(cafile=str(layout.pki / f"{CLUSTER}.crt"))
    context.load_cert_chain(layout.pki / "admin.crt", layout.pki / "admin.key")
    return context


def client(layout: Layout) -> httpx.Client:
    """Speaks to the lab's API server as its admin; no proxy of the environment is in between."""
    return httpx.Client(base_url=layout.api_url, verify=trust(layout), trust_env=False, timeout=10.0)


def _get(url: str, verify: ssl.SSLContext | bool) -> str:
    try:
        answer = httpx.get(url, verify=verify, trust_env=False, timeout=SECONDS)
    except (httpx.HTTPError, OSError) as error:
        return f"{url} does not answer ({type(error).__name__})"
    return "" if answer.is_success else f"{url} answers {answer.status_code}: {answer.text[-200:].strip()}"


def http(url: str) -> Probe:
    return lambda: _get(url, False)


def https(layout: Layout, port: int, path: str) -> Probe:
    def probe() -> str:
        try:
            context = trust(layout)
        except OSError as error:
            return f"the lab's certificates cannot be read ({error.strerror})"
        return _get(f"https://{LOOPBACK}:{port}{path}", context)

    return probe


def api(layout: Layout, path: str) -> Probe:
    return https(layout, layout.ports.api, path)


def tcp(host: str, port: int) -> Probe:
    def probe() -> str:
        try:
            socket.create_connection((host, port), timeout=SECONDS).close()
        except OSError as error:
            return f"{host}:{port} does not answer ({error.strerror or error})"
        return ""

    return probe


def command(argv: tuple[str, ...]) -> Probe:
    def probe() -> str:
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"{argv[0]} failed ({type(error).__name__})"
        return "" if done.returncode == 0 else done.stderr.strip()[-200:] or f"{argv[0]} exits {done.returncode}"

    return probe
