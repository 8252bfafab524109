"""Nothing lost, nothing doubled: a real poll process against a real Dovecot, killed, cut off and confused at random.

ORDERMILL_TORTURE_FAULTS sets the size (default 40, with ten mails for each fault), ORDERMILL_TORTURE_SEED the course of events,
ORDERMILL_TORTURE_COMMAND the poller ("ordermill poll --once" in full; by default what it calls, which starts faster).
"""

from __future__ import annotations

import os
import random
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from imapclient import IMAPClient
from sqlalchemy import select, update

from app import schema
from models.tables.intake import MailboxRow, MailFailureRow, MessageRow
from runtime.blobs import Blobs
from runtime.db import Database
from tests.support.dovecot import PASSWORD, USER, PrivateDovecot
from tests.support.tcp_proxy import TcpProxy

FAULTS = int(os.environ.get("ORDERMILL_TORTURE_FAULTS", "40"))
SEED = int(os.environ.get("ORDERMILL_TORTURE_SEED", "1"))
MAILS_PER_FAULT = 10
POLL = """
from intake.mail.poll import poll_all
from runtime.blobs import Blobs
from runtime.db import Database
from runtime.settings import Settings
settings = Settings(_env_file=None)
raise SystemExit(any(report.code for report in poll_all(settings, Database(settings.url), Blobs(settings.data / "blobs"))))
"""
COMMAND = shlex.split(os.environ.get("ORDERMILL_TORTURE_COMMAND", "")) or [sys.executable, "-c", POLL]
POINTS = ("poll.fetched", "receive.stored", "receive.committed", "poll.moved")


class Torture:
    """One course of events: mail comes in all the time, and something goes wrong in every poll."""

    def __init__(self, folder: Path, server: PrivateDovecot, line: TcpProxy, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder, self.server, self.line = folder, server, line
        self.db = Database(f"sqlite:///{folder / 'ordermill.db'}")
        schema.upgrade(self.db)
        self.blobs = Blobs(folder / "blobs")
        self.delivered: list[bytes] = []
        self.happened: Counter[str] = Counter()
        self.faults: list[Callable[[], None]] = [
            self.kill_poller, self.kill_poller, self.die_at_a_point, self.die_at_a_point, self.cut_line, self.cut_line,
            self.kill_session, self.kill_server, self.change_uidvalidity, self.read_elsewhere]

    def deliver(self, count: int) -> None:
        for _ in range(count):
            number = len(self.delivered)
            size = self.random.choice((10, 500, 40_000))
            raw = b"From: ann@buyer.example\nSubject: order %d\n\n%s\n" % (number, b"please send\n" * (size // 12))
            self.delivered.append(raw)
            self.server.deliver(raw)

    def poller(self, *, fault: str = "", moves: bool | None = None) -> subprocess.Popen[bytes]:
        moves = self.random.random() < 0.3 if moves is None else moves
        environment = {
            "PATH": os.environ["PATH"], "ORDERMILL_FAULT": fault,
            "ORDERMILL_DATA": str(self.folder), "ORDERMILL_MAIL_HOST": "127.0.0.1",
            "ORDERMILL_MAIL_PORT": str(self.line.port), "ORDERMILL_MAIL_USER": USER, "ORDERMILL_MAIL_PASSWORD": PASSWORD,
            "ORDERMILL_MAIL_TLS": "none", "ORDERMILL_MAIL_DONE_FOLDER": "Ordermill/Done" if moves else ""}
        return subprocess.Popen(
            COMMAND, env=environment, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def finish(self, process: subprocess.Popen[bytes]) -> int:
        status = process.wait(timeout=600)
        if status < 0:
            self.let_the_lease_run_out()
        return status

    def let_the_lease_run_out(self) -> None:
        """What two minutes of waiting would do after a poller was killed."""
        with self.db.write() as db:
            db.execute(update(MailboxRow).values(holder=None, lease_until=None))

    def wait_at_work(self, process: subprocess.Popen[bytes]) -> None:
        """Until the poller is signed in, then a random moment of its work."""
        before = self.line.accepted
        while self.line.accepted == before and process.poll() is None:
            time.sleep(0.005)
        time.sleep(self.random.uniform(0, 0.15))

    def kill_poller(self) -> None:
        process = self.poller()
        self.wait_at_work(process)
        process.kill()
        self.finish(process)

    def die_at_a_point(self) -> None:
        point = self.random.choice(POINTS)
        process = self.poller(
            fault=f"{point}:{1 if point == 'poll.moved' else self.random.randint(1, 12)}", moves=point == "poll.moved" or None)
        self.finish(process)
        self.happened[point] += process.returncode < 0

    def cut_line(self) -> None:
        self.line.cut_after(self.random.randint(0, 200_000))
        self.finish(self.poller())
        self.line.cut_after(None)

    def kill_session(self) -> None:
        process = self.poller()
        self.wait_at_work(process)
        self.server.kill_sessions()
        self.finish(process)

    def kill_server(self) -> None:
        process = self.poller()
        self.wait_at_work(process)
        self.server.kill()
        self.finish(process)
        self.server.start()

    def change_uidvalidity(self) -> None:
        process = self.poller()
        self.wait_at_work(process)
        self.server.change_uidvalidity()
        self.finish(process)

    def read_elsewhere(self) -> None:
        """Somebody opens every mail in another program while we poll."""
        process = self.poller()
        with IMAPClient("127.0.0.1", self.server.port, ssl=False) as other:
            other.login(USER, PASSWORD)
            other.select_folder("INBOX")
            other.add_flags(other.search("ALL"), [b"\\Seen", b"\\Answered"])
        self.finish(process)

    def run(self, faults: int) -> None:
        for _ in range(faults):
            self.deliver(MAILS_PER_FAULT)
            fault = self.random.choice(self.faults)
            fault()
            self.happened[fault.__name__] += 1
        for moves in (False, True, True):
            assert self.finish(self.poller(moves=moves)) == 0

    def stored(self) -> Counter[bytes]:
        with self.db.read() as db:
            digests = list(db.execute(select(MessageRow.sha256)).scalars())
        return Counter(self.blobs.get(digest).replace(b"\r\n", b"\n") for digest in digests)


@pytest.mark.torture
@pytest.mark.dovecot
@pytest.mark.timeout(3_600)
def test_no_mail_is_lost_or_doubled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    server = PrivateDovecot()
    try:
        server.start()
        with TcpProxy(server.port) as line:
            torture = Torture(tmp_path, server, line, SEED)
            begun = time.monotonic()
            torture.run(FAULTS)
            seconds = time.monotonic() - begun
            stored = torture.stored()
            lost = [raw for raw in torture.delivered if raw not in stored]
            doubled = [raw for raw, times in stored.items() if times > 1]
            with capsys.disabled():
                print(f"\n{len(torture.delivered)} mails, {FAULTS} faults, {seconds:.0f} s: {len(lost)} lost, {len(doubled)} "
                      f"twice; {dict(torture.happened)}")
            assert (lost, doubled) == ([], [])
            assert len(stored) == len(torture.delivered)
            assert server.mails() == []
            with torture.db.read() as db:
                assert list(db.execute(select(MailFailureRow)).scalars()) == []
            assert all(torture.blobs.is_intact(digest) for digest in torture.blobs.digests())
    finally:
        server.stop()
