"""One installation of Ordermill as an operator has it: a data folder, settings in the environment, real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests import factories
from tests.support.dovecot import PASSWORD as MAILBOX_PASSWORD
from tests.support.dovecot import USER, PrivateDovecot
from tests.support.ports import free_port
from tests.support.smtp import Mailserver

PASSWORD = "a-long-test-password"
PATIENCE_S = 240.0
"""How long anything is waited for: only a failing test takes that long, and a busy machine must not be one."""
COMMAND = [sys.executable, "-c", "from app.cli.main import run; run()"]


class Installation:
    """Commands and the server run as processes of their own, so that they can be killed like any other."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.env = {
            **os.environ,
            "ORDERMILL_DATA": str(self.data),
            "ORDERMILL_COMPANY_NAME": factories.SELLER,
            "ORDERMILL_LOG_JSON": "1",
            **env,
        }

    def run(
        self, *arguments: str, check: bool = True, fault: str | None = None, timeout: float = 600
    ) -> subprocess.CompletedProcess[str]:
        """Run `ordermill ARGUMENTS…`; with `fault`, it kills itself at that point."""
        env = {**self.env, "ORDERMILL_FAULT": fault} if fault else self.env
        done = subprocess.run([*COMMAND, *arguments], env=env, cwd=self.folder, capture_output=True, text=True, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"ordermill {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr[-3000:]}")
        return done

    def json(self, *arguments: str) -> Any:
        """What a command with --json prints."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def set_up(self, *, stock: int = 100_000) -> None:
        """Schema, a user `anna`, and the master data of `tests.factories`."""
        self.run("db", "upgrade")
        self.env["ORDERMILL_NEW_PASSWORD"] = PASSWORD
        self.run("user", "add", "anna", "--name", "Anna Example", "--role", "admin")
        for kind, path in factories.write_master_data(self.folder, stock=stock).items():
            self.run("import", kind, str(path))

    @contextmanager
    def serve(self) -> Iterator[str]:
        """`ordermill serve` until the block ends; yields its address."""
        port = free_port()
        log = (self.folder / "serve.log").open("ab")
        server = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port)],
            env=self.env,
            cwd=self.folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            self._wait_until_healthy(server, address)
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            log.close()

    def _wait_until_healthy(self, server: subprocess.Popen[bytes], address: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and server.poll() is None:
            try:
                if httpx.get(f"{address}/api/v1/health").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        raise AssertionError("ordermill serve did not start:\n" + (self.folder / "serve.log").read_text()[-3000:])


def mail_settings(mailbox: PrivateDovecot, outgoing: Mailserver) -> dict[str, str]:
    """The environment of an installation that uses both."""
    return {
        "ORDERMILL_MAIL_HOST": "127.0.0.1",
        "ORDERMILL_MAIL_PORT": str(mailbox.port),
        "ORDERMILL_MAIL_USER": USER,
        "ORDERMILL_MAIL_PASSWORD": MAILBOX_PASSWORD,
        "ORDERMILL_MAIL_TLS": "none",
        "ORDERMILL_MAIL_POLL_EVERY_S": "5",
        "ORDERMILL_SMTP_HOST": outgoing.host,
        "ORDERMILL_SMTP_PORT": str(outgoing.port),
        "ORDERMILL_SMTP_TLS": "none",
        "ORDERMILL_SMTP_FROM": "orders@brackwater.example",
    }


def eventually(look: Any, *, within: float = PATIENCE_S, what: str = "") -> Any:
    """The first true answer of `look()`; fails after `within` seconds."""
    until = time.monotonic() + within
    while True:
        if found := look():
            return found
        if time.monotonic() > until:
            raise AssertionError(f"not within {within} s: {what or look}")
        time.sleep(0.2)
