"""Real PostgreSQL and Redis for a while: started in folders of their own, on free ports of 127.0.0.1, and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis
from running import free_port, wait_for

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu have each version of PostgreSQL, in VERSION/bin, which is on no PATH."""


@contextmanager
def postgres() -> Iterator[str]:
    """A new PostgreSQL with nothing in it; gives its address. Root starts it as another user: PostgreSQL refuses root."""
    with _folder() as folder, (folder / "log").open("wb") as log:
        data = folder / "data"
        _run([_found("initdb"), "--pgdata", data, "--auth=trust", "--username=tests", "--no-sync", "--encoding=UTF8"], folder)
        port = free_port()
        quick = ["-c", "fsync=off", "-c", "unix_socket_directories=", "-c", "listen_addresses=127.0.0.1"]
        command = [_found("postgres"), "-D", str(data), "-p", str(port), *quick]
        server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **_user())
        url = f"postgresql://tests@127.0.0.1:{port}/postgres"
        try:
            wait_for("PostgreSQL", lambda: _postgres_answers(url), server)
            yield url
        finally:
            _end(server)


@contextmanager
def redis_server() -> Iterator[str]:
    """A new Redis with nothing in it; gives its address."""
    with _folder() as folder:
        port = free_port()
        nowhere = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
        command = [_found("redis-server"), "--port", str(port), *nowhere]
        server = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, **_user())
        url = f"redis://127.0.0.1:{port}/0"
        try:
            wait_for("Redis", lambda: _redis_answers(url), server)
            yield url
        finally:
            _end(server)


def _found(program: str) -> str:
    newest_first = sorted(DEBIAN.glob("[0-9][0-9]/bin"), reverse=True)
    found = shutil.which(program, path=os.pathsep.join((os.environ.get("PATH", ""), *map(str, newest_first))))
    if found is None:
        raise FileNotFoundError(
            f"{program}: is not here; on Debian and Ubuntu, `apt-get install postgresql redis-server`, "
            "or set DATABASE_URL and REDIS_URL to servers for tests"
        )
    return found


def _user() -> dict[str, int]:
    """Whom root starts the servers as; everybody else starts them as themselves."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="shortlinks-", ignore_cleanup_errors=True) as name:
        if user := _user():
            os.chown(name, user["user"], user["group"])
        yield Path(name)


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, **_user())
    if done.returncode:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip()[-500:]}")


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _postgres_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _redis_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
