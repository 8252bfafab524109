"""Servers that misbehave with one mail: it is tried five times and then shown; all others come in; none is marked done."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from intake.mail.poll import PollReport, poll_once
from intake.receive import Receiver
from intake.repository import Mailboxes
from models.tables.intake import MailFailureRow, MessageRow
from runtime.blobs import Blobs
from runtime.db import Database
from tests.support.imap_fake import FakeImap, Fault

BAD = 3


def order(number: int) -> bytes:
    return b"From: ann@buyer.example\r\nSubject: order %d\r\n\r\nplease send %d\r\n" % (number, number)


def no_body_in_an_ok(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return None if kind == "size" else fake.fetch_answer(uid, "FLAGS (\\Seen)")


def body_nil(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return None if kind == "size" else fake.fetch_answer(uid, "BODY[] NIL")


def body_empty(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return None if kind == "size" else fake.fetch_answer(uid, 'BODY[] ""')


def body_short(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return fake.literal(uid, "BODY[]", fake.mails[uid][:20]) if kind == "body" else None


def body_refused(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return None if kind == "size" else b"NO [SERVERBUG] internal error"


def everything_refused(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return b"NO [SERVERBUG] internal error"


def never_the_same(fake: FakeImap, uid: int, kind: str) -> bytes | None:
    return fake.literal(uid, "BODY[]", b"X-N: %d\r\n\r\n" % len(fake.commands)) if kind == "body" else None


@pytest.fixture
def door(sqlite_database: Database, blobs: Blobs) -> Receiver:
    return Receiver(sqlite_database, blobs)


def poll(fake: FakeImap, door: Receiver, db: Database, **more: int) -> PollReport:
    return poll_once(fake.settings(), door, db, holder="test", **more)


def digests(db: Database, blobs: Blobs) -> list[bytes]:
    with db.read() as session:
        return sorted(blobs.get(digest) for digest in session.execute(select(MessageRow.sha256)).scalars())


@pytest.mark.parametrize(("fault", "code"), [
    (no_body_in_an_ok, "body_missing"), (body_nil, "body_missing"), (body_empty, "body_missing"), (body_short, "body_short"),
    (body_refused, "fetch_refused"), (everything_refused, "fetch_refused"), (never_the_same, "body_unstable"),
])
def test_a_bad_mail_is_shown_after_five_tries_and_the_others_come_in(
    fault: Fault, code: str, door: Receiver, sqlite_database: Database, blobs: Blobs,
) -> None:
    good = {uid: order(uid) for uid in range(1, 7) if uid != BAD}
    with FakeImap({**good, BAD: order(BAD)}, faults={BAD: fault}) as fake:
        reports = [poll(fake, door, sqlite_database) for _ in range(7)]
        assert list(fake.mails) == [BAD]
        assert BAD not in fake.moved
    assert [report.taken for report in reports] == [5, 0, 0, 0, 0, 0, 0]
    assert [report.failed for report in reports] == [1, 1, 1, 1, 0, 0, 0]
    assert [report.given_up for report in reports] == [0, 0, 0, 0, 1, 0, 0]
    assert digests(sqlite_database, blobs) == sorted(good.values())
    with sqlite_database.read() as db:
        (failure,) = Mailboxes(db).failures()
        assert (failure.uid, failure.tries, failure.code) == (BAD, 5, code)
        assert failure.sentence.endswith((".", "error"))


def test_a_given_up_mail_is_fetched_again_on_a_persons_word(door: Receiver, sqlite_database: Database) -> None:
    with FakeImap({BAD: order(BAD)}, faults={BAD: body_nil}) as fake:
        for _ in range(6):
            poll(fake, door, sqlite_database)
        fake.faults.clear()
        assert poll(fake, door, sqlite_database).taken == 0
        with sqlite_database.write() as db:
            Mailboxes(db).try_again(Mailboxes(db).failures()[0], actor="ann")
        assert poll(fake, door, sqlite_database).taken == 1
    with sqlite_database.read() as db:
        assert Mailboxes(db).failures() == []


def test_a_mail_that_heals_leaves_no_failure_behind(door: Receiver, sqlite_database: Database) -> None:
    with FakeImap({BAD: order(BAD)}, faults={BAD: body_short}) as fake:
        assert poll(fake, door, sqlite_database).failed == 1
        fake.faults.clear()
        assert poll(fake, door, sqlite_database).taken == 1
    with sqlite_database.read() as db:
        assert list(db.execute(select(MailFailureRow)).scalars()) == []


def test_a_failed_mail_that_somebody_deletes_or_a_new_uidvalidity_ends_its_failure(
    door: Receiver, sqlite_database: Database,
) -> None:
    with FakeImap({1: order(1), BAD: order(BAD)}, faults={1: body_nil, BAD: body_nil}) as fake:
        poll(fake, door, sqlite_database)
        del fake.mails[1]
        poll(fake, door, sqlite_database)
        with sqlite_database.read() as db:
            assert [(row.uid, row.tries) for row in Mailboxes(db).failures()] == [(BAD, 2)]
        fake.uidvalidity += 1
        poll(fake, door, sqlite_database)
        with sqlite_database.read() as db:
            assert [(row.uidvalidity, row.tries) for row in Mailboxes(db).failures()] == [(fake.uidvalidity, 1)]


@pytest.mark.parametrize("lie", [-5, 5, 4_000, -50])
def test_a_size_that_is_only_an_estimate_is_no_fault(lie: int, door: Receiver, sqlite_database: Database, blobs: Blobs) -> None:
    with FakeImap({1: order(1)}, announced={1: len(order(1)) + lie}) as fake:
        assert poll(fake, door, sqlite_database).taken == 1
    assert digests(sqlite_database, blobs) == [order(1)]


def test_a_mail_that_vanishes_between_list_and_fetch_is_no_fault(door: Receiver, sqlite_database: Database) -> None:
    def vanish(fake: FakeImap, uid: int, kind: str) -> bytes | None:
        if kind == "size":
            return None
        fake.mails.pop(uid, None)
        return b"* %d EXPUNGE\r\n" % uid

    with FakeImap({uid: order(uid) for uid in range(1, 5)}, faults={2: vanish}) as fake:
        report = poll(fake, door, sqlite_database)
    assert (report.taken, report.vanished, report.failed, report.code) == (3, 1, 0, None)


def test_unasked_responses_change_nothing(door: Receiver, sqlite_database: Database, blobs: Blobs) -> None:
    def chatty(fake: FakeImap, uid: int, kind: str) -> bytes | None:
        if kind != "body":
            return None
        return (b"* 99 EXISTS\r\n* 3 RECENT\r\n* OK [UIDNEXT 4711] hello\r\n* 1 FETCH (FLAGS (\\Seen))\r\n"
                + fake.literal(uid, "BODY[]", fake.mails[uid]) + b"* 5 FETCH (FLAGS ())\r\n")

    mails = {uid: order(uid) for uid in range(1, 6)}
    with FakeImap(dict(mails), faults=dict.fromkeys(mails, chatty)) as fake:
        assert poll(fake, door, sqlite_database).taken == 5
        fake.mails[6] = order(6)
        assert poll(fake, door, sqlite_database).taken == 1
    assert digests(sqlite_database, blobs) == sorted([*mails.values(), order(6)])


def test_a_mail_that_breaks_the_line_lets_the_others_in_first(door: Receiver, sqlite_database: Database, blobs: Blobs) -> None:
    def poison(fake: FakeImap, uid: int, kind: str) -> bytes | None:
        return None if kind == "size" else b"* 3 FETCH (UID 3 BODY[] {5}\r\nhello and more than five\r\n"

    with FakeImap({uid: order(uid) for uid in range(1, 6)}, faults={BAD: poison}) as fake:
        reports = [poll(fake, door, sqlite_database) for _ in range(3)]
    assert [report.taken for report in reports] == [2, 2, 0]
    assert {report.code for report in reports} == {"mailbox_unreachable"}
    with sqlite_database.read() as db:
        (failure,) = Mailboxes(db).failures()
        assert (failure.uid, failure.tries, failure.code) == (BAD, 3, "connection_lost")


def test_a_server_that_ignores_partial_fetches_is_not_read_for_ever(door: Receiver, sqlite_database: Database) -> None:
    def ignores_offset(fake: FakeImap, uid: int, kind: str) -> bytes | None:
        asked = fake.commands[-1]
        if "<" not in asked:
            return None
        at = asked.rpartition("<")[2].partition(".")[0]
        return fake.literal(uid, f"BODY[]<{at}>", b"x" * 2**20)

    with FakeImap({1: b"x" * 3_000_000}, faults={1: ignores_offset}) as fake:
        report = poll(fake, door, sqlite_database, whole_up_to=1_000)
    assert (report.taken, report.failed) == (0, 1)


def test_a_copy_the_server_does_not_prove_deletes_nothing_and_is_not_repeated(door: Receiver, sqlite_database: Database) -> None:
    with FakeImap({1: order(1)}, capabilities="IMAP4rev1 UIDPLUS", copy_uid=False) as fake:
        for _ in range(3):
            poll(fake, door, sqlite_database)
        assert list(fake.mails) == [1]
        assert fake.moved == [1]
        assert not [command for command in fake.commands if "EXPUNGE" in command.upper() or "STORE" in command.upper()]


def test_a_plain_expunge_is_never_sent(door: Receiver, sqlite_database: Database) -> None:
    for capabilities in ("IMAP4rev1", "IMAP4rev1 UIDPLUS", "IMAP4rev1 UIDPLUS MOVE"):
        with FakeImap({1: order(1), 2: order(2)}, capabilities=capabilities, uidvalidity=len(capabilities)) as fake:
            poll(fake, door, sqlite_database)
            assert "EXPUNGE" not in [command.upper() for command in fake.commands]
            assert list(fake.mails) == ([1, 2] if "UIDPLUS" not in capabilities else [])
