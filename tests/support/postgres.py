"""A private PostgreSQL server for tests: its own data folder, its own port, no durability it does not need."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg

from tests.support.ports import free_port


def _binary(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) or [Path(p) for p in [shutil.which(name)] if p]
    if not found:
        raise RuntimeError("PostgreSQL is not installed; run scripts/setup, which installs it.")
    return str(found[-1])


class PrivatePostgres:
    """Start with `start()`, stop with `stop()`; `create_database()` gives a fresh database's URL each time."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ordermill-pg-"))
        self.port = free_port()
        self._count = 0
        # PostgreSQL refuses to run as root; Debian's package brings the user it may run as.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)

    def _run(self, *command: str) -> None:
        subprocess.run(command, user=self._user, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)

    def start(self) -> None:
        """Initialise the data folder if it is new and start the server."""
        data = str(self.folder / "data")
        if not (self.folder / "data").exists():
            self._run(_binary("initdb"), "-D", data, "-U", "ordermill", "-A", "trust", "-k", "-E", "UTF8", "--no-sync")
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
        self._run(_binary("pg_ctl"), "-D", data, "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def restart_hard(self) -> None:
        """Kill the server as a crash would, and start it again."""
        data = str(self.folder / "data")
        self._run(_binary("pg_ctl"), "-D", data, "-m", "immediate", "stop")
        self.start()

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        subprocess.run(
            [_binary("pg_ctl"), "-D", str(self.folder / "data"), "-m", "immediate", "stop"],
            user=self._user, cwd=self.folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self) -> str:
        """A new empty database; returns its URL."""
        self._count += 1
        name = f"ordermill_{self._count}"
        with psycopg.connect(f"postgresql://ordermill@127.0.0.1:{self.port}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://ordermill@127.0.0.1:{self.port}/{name}"
