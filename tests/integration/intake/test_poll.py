"""Polling a real server: every mail once, moved only when safe, whatever other clients and restarts do."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from intake.mail.lease import Lease
from intake.mail.poll import PollReport, poll_all, poll_once
from intake.receive import Receiver
from models.tables.intake import MailboxRow, MailSeenRow, MessageRow
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.db import Database
from runtime.settings import MailboxSettings, Settings
from tests.support.dovecot import DONE, PrivateDovecot
from tests.support.imap_fake import FakeImap

pytestmark = pytest.mark.dovecot


def order(number: int) -> bytes:
    return b"From: ann@buyer.example\nSubject: order %d\n\nplease send %d\n" % (number, number)


def poll(box: MailboxSettings, receiver: Receiver, db: Database, **more: int) -> PollReport:
    return poll_once(box, receiver, db, holder="test", **more)


def stored(db: Database, blobs: Blobs) -> list[bytes]:
    with db.read() as session:
        digests = session.execute(select(MessageRow.sha256)).scalars()
        return sorted(blobs.get(digest).replace(b"\r\n", b"\n") for digest in digests)


def test_mail_is_stored_raw_and_moved(dovecot: PrivateDovecot, receiver: Receiver, database: Database, blobs: Blobs) -> None:
    mails = [order(n) for n in range(120)]
    for raw in mails:
        dovecot.deliver(raw)
    report = poll(dovecot.settings(), receiver, database)
    assert (report.taken, report.moved, report.code) == (120, 120, None)
    assert stored(database, blobs) == sorted(mails)
    assert (len(dovecot.mails()), len(dovecot.mails(DONE))) == (0, 120)
    again = poll(dovecot.settings(), receiver, database)
    assert (again.taken, again.carried, again.moved) == (0, 0, 0)


def test_mail_that_stays_in_the_folder_is_taken_once(dovecot: PrivateDovecot, receiver: Receiver, database: Database) -> None:
    box = dovecot.settings(done_folder="")
    dovecot.deliver(order(1))
    assert [poll(box, receiver, database).taken for _ in range(3)] == [1, 0, 0]
    dovecot.deliver(order(2))
    assert poll(box, receiver, database).taken == 1


def test_a_new_uidvalidity_fetches_again_and_takes_nothing_twice(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database,
) -> None:
    box = dovecot.settings(done_folder="")
    for n in (1, 2, 2, 3):                    # two equal mails are two mails
        dovecot.deliver(order(n))
    assert poll(box, receiver, database).taken == 4
    for _ in range(2):
        dovecot.change_uidvalidity()
        report = poll(box, receiver, database)
        assert (report.taken, report.carried) == (0, 4)
    dovecot.change_uidvalidity()
    dovecot.deliver(order(2))                 # a third equal one
    report = poll(box, receiver, database)
    assert (report.taken, report.carried) == (1, 4)
    with database.read() as db:
        assert len(list(db.execute(select(MessageRow.id)).scalars())) == 5


def test_a_mail_stored_but_not_moved_is_moved_by_the_next_pass(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database,
) -> None:
    dovecot.deliver(order(1))
    assert poll(dovecot.settings(done_folder=""), receiver, database).taken == 1
    report = poll(dovecot.settings(), receiver, database)
    assert (report.taken, report.moved, len(dovecot.mails())) == (0, 1, 0)
    with database.read() as db:
        assert list(db.execute(select(MailSeenRow.moved)).scalars()) == [True]


def test_mail_other_clients_have_read_is_taken(dovecot: PrivateDovecot, receiver: Receiver, database: Database) -> None:
    from imapclient import IMAPClient

    dovecot.deliver(order(1))
    with IMAPClient("127.0.0.1", dovecot.port, ssl=False) as other:
        other.login("orders", "only-for-tests")
        other.select_folder("INBOX")
        other.add_flags([1], [b"\\Seen", b"\\Answered"])
    assert poll(dovecot.settings(), receiver, database).taken == 1


@pytest.mark.parametrize("without", [("MOVE",), ("MOVE", "UIDPLUS")])
def test_without_move_a_checked_copy_and_without_uidplus_nothing_is_deleted(
    without: tuple[str, ...], sqlite_database: Database, blobs: Blobs,
) -> None:
    server = PrivateDovecot(without=without)
    try:
        server.start()
        for n in range(3):
            server.deliver(order(n))
        report = poll(server.settings(), Receiver(sqlite_database, blobs), sqlite_database)
        assert report.taken == 3
        assert (len(server.mails()), len(server.mails(DONE))) == ((0, 3) if "UIDPLUS" not in without else (3, 0))
        assert poll(server.settings(), Receiver(sqlite_database, blobs), sqlite_database).taken == 0
    finally:
        server.stop()


def test_a_mail_larger_than_what_is_fetched_whole_is_stored_raw(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database, blobs: Blobs,
) -> None:
    raw = order(1) + b"".join(b"%060d\n" % n for n in range(60_000))
    dovecot.deliver(raw)
    assert poll(dovecot.settings(), receiver, database, whole_up_to=1_000_000).taken == 1
    assert stored(database, blobs) == [raw]


def test_a_refused_login_and_a_server_that_is_away_are_shown(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database,
) -> None:
    assert poll(dovecot.settings(password="wrong"), receiver, database).code == "mailbox_login_refused"
    with database.read() as db:
        row = db.execute(select(MailboxRow)).scalar_one()
        assert (row.last_poll_at, row.last_error_at is not None) == (None, True)
        assert "does not let orders in" in (row.last_error or "")
    assert poll(dovecot.settings(), receiver, database).code is None
    with database.read() as db:
        row = db.execute(select(MailboxRow)).scalar_one()
        assert (row.last_error, row.holder, row.last_poll_at is not None) == (None, None, True)
    dovecot.kill()
    assert poll(dovecot.settings(), receiver, database).code == "mailbox_unreachable"
    assert poll(dovecot.settings(folder="Nowhere"), receiver, database).code == "mailbox_unreachable"


def test_a_folder_that_does_not_exist_is_shown(dovecot: PrivateDovecot, receiver: Receiver, database: Database) -> None:
    report = poll(dovecot.settings(folder="Nowhere"), receiver, database)
    assert (report.code, "Nowhere" in (report.sentence or "")) == ("mailbox_command_refused", True)


def test_the_token_command_is_asked_on_each_connect(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database, tmp_path: Path,
) -> None:
    script = tmp_path / "token"
    script.write_text(f"#!/bin/sh\necho x >> {tmp_path}/calls\necho a-token\n")
    script.chmod(0o700)
    box = dovecot.settings(auth="xoauth2", token_command=str(script))
    # This Dovecot knows no tokens: what is tested is that a fresh one is asked for, and that a refusal is told as such.
    assert [poll(box, receiver, database).code for _ in range(2)] == ["mailbox_login_refused"] * 2
    assert (tmp_path / "calls").read_text() == "x\nx\n"
    assert poll(dovecot.settings(auth="xoauth2", token_command="/bin/false"), receiver, database).code == "mailbox_token_failed"
    assert poll(dovecot.settings(auth="xoauth2", token_command="/no/such"), receiver, database).code == "mailbox_token_failed"


def test_two_pollers_share_one_box_without_taking_anything_twice(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database,
) -> None:
    for n in range(60):
        dovecot.deliver(order(n))
    reports: list[PollReport] = []
    both = threading.Barrier(2)

    def work() -> None:
        both.wait()
        reports.append(poll(dovecot.settings(), receiver, database))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.taken for report in reports) == 60
    assert [report.code for report in reports if not report.taken] in (["mailbox_busy"], [None])


def test_the_lease_has_one_holder_until_it_ends(database: Database) -> None:
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    one, two = (Lease(database, "mail", "INBOX", holder=name, clock=lambda: clock[0]) for name in ("one", "two"))
    assert (one.acquire(), two.acquire(), one.renew()) == (True, False, True)
    clock[0] -= timedelta(seconds=29)         # the other looked at its clock earlier and then waited for the database
    assert not two.acquire()
    clock[0] += timedelta(seconds=29 + 110)
    assert (one.renew(), two.acquire()) == (True, False)
    clock[0] += timedelta(seconds=121)
    assert (two.acquire(), one.renew(), two.renew()) == (True, False, True)
    clock[0] -= timedelta(days=1)             # the clock was set back: nobody waits a day for a lease of two minutes
    assert one.acquire()
    one.release()
    assert two.acquire()


def test_the_database_keeps_mail_single_even_when_the_lease_is_broken(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Lease, "acquire", lambda self: True)
    monkeypatch.setattr(Lease, "renew", lambda self: True)
    for n in range(40):
        dovecot.deliver(order(n))
    reports: list[PollReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(poll(dovecot.settings(done_folder=""), receiver, database)))
        for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.taken for report in reports) == 40
    with database.read() as db:
        assert len(list(db.execute(select(MessageRow.id)).scalars())) == 40


def test_mail_that_the_database_refuses_stays_on_the_server_until_it_is_stored(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database, blobs: Blobs
) -> None:
    mails = [order(n) for n in range(5)]
    for raw in mails:
        dovecot.deliver(raw)
    with database.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE messages RENAME TO messages_away")
    with contextlib.suppress(DBAPIError):
        assert poll(dovecot.settings(), receiver, database).taken == 0
    assert len(dovecot.mails()) == 5
    with database.engine.begin() as db:
        db.exec_driver_sql("ALTER TABLE messages_away RENAME TO messages")
    poll(dovecot.settings(), receiver, database)
    assert stored(database, blobs) == sorted(mails) and dovecot.mails() == []


def test_every_mailbox_of_the_settings_is_polled(dovecot: PrivateDovecot, sqlite_database: Database, blobs: Blobs) -> None:
    dovecot.deliver(order(1))
    with FakeImap({1: order(2), 2: order(3)}) as second:
        settings = Settings(_env_file=None, mailboxes=[  # type: ignore[call-arg]
            dovecot.settings(name="one"), second.settings(name="two"), dovecot.settings(name="three", port=1)])
        reports = poll_all(settings, sqlite_database, blobs)
    assert [(r.account, r.taken, r.code) for r in reports] == [
        ("one", 1, None), ("two", 2, None), ("three", 0, "mailbox_unreachable")]


def test_received_at_is_the_moment_of_storing(dovecot: PrivateDovecot, receiver: Receiver, database: Database) -> None:
    before = now()
    dovecot.deliver(order(1))
    poll(dovecot.settings(), receiver, database)
    with database.read() as db:
        assert before <= db.execute(select(MessageRow.received_at)).scalar_one() <= now()


def test_a_full_disk_leaves_the_mail_on_the_server(
    dovecot: PrivateDovecot, receiver: Receiver, database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch,
) -> None:
    mails = [order(n) for n in range(20)]
    for raw in mails:
        dovecot.deliver(raw)
    left = [7]

    def full(fd: int, fsync: Callable[[int], None] = os.fsync) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        fsync(fd)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        report = poll(dovecot.settings(), receiver, database)
    assert report.code == "storage_unavailable"
    assert len(stored(database, blobs)) == report.taken < 20
    assert len(dovecot.mails()) == 20 - report.moved
    assert report.moved <= report.taken
    assert poll(dovecot.settings(), receiver, database).code is None
    assert stored(database, blobs) == sorted(mails)
    assert dovecot.mails() == []
