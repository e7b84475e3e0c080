"""Runs the service: ``python3 -m shortlinks``. Ends within 20 seconds of a SIGTERM, when all requests are answered."""

from __future__ import annotations

import sys

import uvicorn

from shortlinks.app import build
from shortlinks.settings import Settings


def main() -> int:
    """Returns when the service has ended."""
    try:
        settings = Settings.of()
    except ValueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    app = build(settings)
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, server_header=False, timeout_graceful_shutdown=20)
    return 0


if __name__ == "__main__":
    sys.exit(main())
