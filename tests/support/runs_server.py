"""GitHub's API of workflow runs on an address that pods reach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import httpx2
from local_server import listening
from runs_api import RunsApi


@contextmanager
def serving(api: RunsApi, host: str) -> Iterator[str]:
    """The address of ``api`` on a free port."""
    client = httpx2.Client(transport=api.transport(), base_url="http://github.example")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = f"http://{self.headers['Host']}"
            answer = client.get(f"{address}{self.path}", headers=dict(self.headers.items()))
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    with listening(Handler, host) as url:
        yield url
