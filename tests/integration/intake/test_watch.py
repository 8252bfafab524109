"""Watching: new mail within a second by IDLE, within one poll interval over a dead line, and a way back from every fault."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from intake.mail import watch
from intake.mail.connect import open_mailbox
from intake.mail.watch import MailboxWatcher, backoff_s
from intake.receive import Receiver
from models.tables.intake import MailboxRow, MessageRow
from runtime.blobs import Blobs
from runtime.db import Database
from runtime.settings import MailboxSettings
from tests.support.dovecot import PrivateDovecot
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.dovecot
NEVER_S = 3600.0
RAW = b"From: ann@buyer.example\nSubject: order\n\nplease send %d\n"


@contextmanager
def watching(box: MailboxSettings, db: Database, blobs: Blobs, *, poll_every_s: float) -> Iterator[threading.Thread]:
    stop = threading.Event()
    watcher = MailboxWatcher(box, Receiver(db, blobs), db, holder="test", poll_every_s=poll_every_s)
    thread = threading.Thread(target=watcher.run, args=(stop,))
    thread.start()
    try:
        yield thread
    finally:
        stop.set()
        thread.join(timeout=240)
        assert not thread.is_alive()


def wait_until(condition: Callable[[], bool]) -> None:
    """Only a failing test takes so long; NEVER_S is longer, so that what would come by the next poll alone is seen to fail."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < 240, "waited too long"
        time.sleep(0.02)


def count(db: Database) -> int:
    with db.read() as session:
        return session.execute(select(func.count()).select_from(MessageRow)).scalar_one()


def polled(db: Database) -> bool:
    with db.read() as session:
        return session.execute(select(MailboxRow.last_poll_at)).scalar() is not None


def test_idle_brings_new_mail_at_once(dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs) -> None:
    with watching(dovecot.settings(), sqlite_database, blobs, poll_every_s=NEVER_S):
        wait_until(lambda: polled(sqlite_database))
        for n in range(3):
            dovecot.deliver(RAW % n)
            wait_until(lambda n=n: count(sqlite_database) == n + 1)  # type: ignore[misc]


def test_mail_that_arrives_between_a_poll_and_idle_is_not_left_waiting(dovecot: PrivateDovecot) -> None:
    with open_mailbox(dovecot.settings()) as line:
        line.ask(lambda imap: imap.select_folder("INBOX"))
        dovecot.deliver(RAW % 1)
        line.ask(lambda imap: watch.wait_for_mail(imap, threading.Event(), NEVER_S))
        begun = time.monotonic()
        line.ask(lambda imap: watch.wait_for_mail(imap, threading.Event(), 2))      # nothing new: the time is waited out
        assert time.monotonic() - begun > 1


def test_without_idle_the_poll_brings_it(sqlite_database: Database, blobs: Blobs) -> None:
    server = PrivateDovecot(without=("IDLE",))
    try:
        server.start()
        with watching(server.settings(), sqlite_database, blobs, poll_every_s=0.5):
            wait_until(lambda: polled(sqlite_database))
            server.deliver(RAW % 1)
            wait_until(lambda: count(sqlite_database) == 1)
    finally:
        server.stop()


@pytest.mark.slow
def test_a_dead_line_costs_at_most_one_poll_interval(dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs) -> None:
    interval = 6.0
    with TcpProxy(dovecot.port) as line, watching(
        dovecot.settings(port=line.port), sqlite_database, blobs, poll_every_s=interval,
    ):
        wait_until(lambda: polled(sqlite_database))
        line.hole()
        dovecot.deliver(RAW % 1)
        wait_until(lambda: count(sqlite_database) == 1)


def test_it_comes_back_from_cuts_killed_sessions_and_restarts(
    dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch, "BACKOFF_AT_MOST_S", 0.3)
    threads_before = threading.active_count()
    with TcpProxy(dovecot.port) as line:
        with watching(dovecot.settings(port=line.port), sqlite_database, blobs, poll_every_s=NEVER_S):
            wait_until(lambda: polled(sqlite_database))
            faults: list[Callable[[], object]] = [line.cut_now, dovecot.kill_sessions, line.cut_now, dovecot.change_uidvalidity]
            for n, fault in enumerate(faults):
                fault()
                dovecot.deliver(RAW % n)
                wait_until(lambda n=n: count(sqlite_database) == n + 1)  # type: ignore[misc]
        assert line.accepted >= len(faults)
        wait_until(lambda: threading.active_count() <= threads_before + 1)


@pytest.mark.slow
def test_a_refused_login_is_tried_once_a_minute_and_shown(
    dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs,
) -> None:
    def error() -> str | None:
        with sqlite_database.read() as db:
            return db.execute(select(MailboxRow.last_error)).scalar()

    with TcpProxy(dovecot.port) as line:
        with watching(dovecot.settings(port=line.port, password="wrong"), sqlite_database, blobs, poll_every_s=1):
            wait_until(lambda: error() is not None)
            time.sleep(2.5)          # more than two poll intervals
            assert line.accepted == 1
        assert "mailbox_login_refused" in (error() or "")


def test_stop_ends_a_waiting_watcher(dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs) -> None:
    with watching(dovecot.settings(), sqlite_database, blobs, poll_every_s=NEVER_S):
        wait_until(lambda: polled(sqlite_database))


@given(st.integers(1, 10_000))
def test_backoff_grows_and_is_capped(faults: int) -> None:
    assert min(15.0, 2.0 ** min(faults, 5) / 2) <= backoff_s(faults) <= min(30.0, 2.0 ** min(faults, 10))
