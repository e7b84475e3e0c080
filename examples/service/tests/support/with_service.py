"""Runs a command beside the service: `python tests/support/with_service.py k6 run tests/k6/smoke.js`.

The service has a new PostgreSQL and a new Redis, or those of DATABASE_URL and REDIS_URL, and is migrated. The command finds
its address in BASE_URL; its exit code is the one of this program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent.parent)]

from databases import postgres, redis_server  # noqa: E402
from running import service  # noqa: E402

from shortlinks import migrate  # noqa: E402


def main(command: list[str]) -> int:
    """Runs ``command``."""
    with ExitStack() as stack:
        database = os.environ.get("DATABASE_URL") or stack.enter_context(postgres())
        cache = os.environ.get("REDIS_URL") or stack.enter_context(redis_server())
        migrate.apply(database, migrate.read())
        base = stack.enter_context(service({"DATABASE_URL": database, "REDIS_URL": cache}))
        return subprocess.run(command, env={**os.environ, "BASE_URL": base}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
