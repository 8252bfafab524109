"""The life of a message, and how its parts become documents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from intake.documents import store_unpacked
from intake.receive import Receiver
from intake.repository import Messages
from models.domain.messages import Envelope, MailKind, Part, Source, Unpacked
from models.domain.states import DocumentState, MessageState
from models.errors import ConflictError, NotFound
from models.tables.audit import AuditEntryRow
from models.tables.intake import DocumentRow
from runtime.blobs import Blobs
from runtime.db import Database


@pytest.fixture
def message_id(receiver: Receiver) -> int:
    return receiver.receive([b"raw"], source=Source.UPLOAD, account="test").message_id


def state(db: Database, message_id: int) -> tuple[MessageState, str | None, int]:
    with db.read() as session:
        row = Messages(session).get(message_id)
        return row.state, row.code, row.tries


def test_reading_is_begun_three_times_and_then_given_up(database: Database, message_id: int) -> None:
    for tries in (1, 2, 3):
        with database.write() as db:
            assert Messages(db).begin(message_id)
        assert state(database, message_id) == (MessageState.READING, None, tries)
    with database.write() as db:
        assert not Messages(db).begin(message_id)
    assert state(database, message_id) == (MessageState.QUARANTINED, "gave_up", 3)
    with database.read() as db:
        assert "begun 3 times" in (Messages(db).get(message_id).sentence or "")


@pytest.mark.parametrize(("end", "expected"), [
    (lambda m, i: m.finish(i), MessageState.READ), (lambda m, i: m.ignore(i, "bounce", "A bounce."), MessageState.IGNORED),
    (lambda m, i: m.fail(i, "message_unreadable", "No."), MessageState.FAILED),
])
def test_an_end_is_final_until_a_person_says_otherwise(
    end: object, expected: MessageState, database: Database, message_id: int,
) -> None:
    with database.write() as db:
        messages = Messages(db)
        messages.begin(message_id)
        assert end(messages, message_id)  # type: ignore[operator]
        assert not end(messages, message_id)  # type: ignore[operator]
        assert not messages.begin(message_id)
    assert state(database, message_id)[0] is expected


def test_a_person_has_it_read_again(database: Database, message_id: int) -> None:
    with database.write() as db:
        Messages(db).begin(message_id)
        Messages(db).fail(message_id, "message_unreadable", "No.")
    with database.write() as db:
        Messages(db).retry(message_id, actor="ann")
    assert state(database, message_id) == (MessageState.RECEIVED, None, 0)
    with database.read() as db:
        assert Messages(db).get(message_id).round == 1
        entry = db.execute(select(AuditEntryRow)).scalar_one()
        assert (entry.actor, entry.action, entry.subject) == ("ann", "message.retried", f"message:{message_id}")
    with database.write() as db, pytest.raises(ConflictError, match="received"):
        Messages(db).retry(message_id, actor="ann")
    with database.write() as db, pytest.raises(NotFound):
        Messages(db).retry(message_id + 1, actor="ann")


def test_an_ignored_mail_read_again_counts_as_ordinary(database: Database, message_id: int) -> None:
    envelope = Envelope(subject="Order 7", kind=MailKind.AUTO_REPLY)
    with database.write() as db:
        assert Messages(db).describe(message_id, envelope) is MailKind.AUTO_REPLY
        Messages(db).ignore(message_id, "auto_reply", "An automatic answer.")
        Messages(db).retry(message_id, actor="ann")
        assert Messages(db).describe(message_id, envelope) is MailKind.ORDINARY


def test_the_newest_messages_come_first_page_by_page(database: Database, receiver: Receiver) -> None:
    ids = [receiver.receive([b"%d" % n], source=Source.UPLOAD, account=None).message_id for n in range(5)]
    with database.write() as db:
        Messages(db).fail(ids[1], "x", "X.")
    with database.read() as db:
        messages = Messages(db)
        assert [row.id for row in messages.recent(2)] == ids[:2:-1]
        assert [row.id for row in messages.recent(2, before_id=ids[3])] == [ids[2], ids[1]]
        assert [row.id for row in messages.recent(state=MessageState.FAILED)] == [ids[1]]


UNPACKED = Unpacked(
    Envelope(subject="Order 7", sender_address="ann@buyer.example", sent_at=datetime(2026, 3, 1, tzinfo=UTC)),
    (Part(b"hello", None, "text/plain", is_body=True), Part(b"zip", "all.zip", "application/zip"),
     Part(b"%PDF", "po.pdf", parent=1), Part(b"", "x.pdf", parent=1, code="encrypted_member", sentence="Locked."),
     Part(b"sig", "smime.p7s", "application/pkcs7-signature", code="signature", sentence="A signature."),
     Part(b"a;b", "carried.csv", parent=2, is_carried=True)))


def documents(db: Database, message_id: int) -> list[tuple[object, ...]]:
    with db.read() as session:
        return [
            (row.id, row.position, row.parent_position, row.name, row.is_body, row.state, row.code)
            for row in Messages(session).documents(message_id)]


def test_parts_become_documents_once(database: Database, blobs: Blobs, message_id: int) -> None:
    with database.write() as db:
        ids = store_unpacked(db, blobs, message_id, UNPACKED)
    found = documents(database, message_id)
    assert [row[0] for row in found] == ids
    assert [row[1:] for row in found] == [
        (0, None, None, True, DocumentState.STORED, None),
        (1, None, "all.zip", False, DocumentState.SKIPPED, "opened"),
        (2, 1, "po.pdf", False, DocumentState.STORED, None),
        (3, 1, "x.pdf", False, DocumentState.REFUSED, "encrypted_member"),
        (4, None, "smime.p7s", False, DocumentState.SKIPPED, "signature"),
        (5, 2, "carried.csv", False, DocumentState.STORED, None)]
    with database.read() as db:
        row = Messages(db).get(message_id)
        assert (row.subject, row.sender_address, row.kind) == ("Order 7", "ann@buyer.example", MailKind.ORDINARY)
        assert row.sent_at == datetime(2026, 3, 1, tzinfo=UTC)
    with database.write() as db:
        db.execute(select(DocumentRow).where(DocumentRow.id == ids[2])).scalar_one().state = DocumentState.READ
    with database.write() as db:
        assert store_unpacked(db, blobs, message_id, UNPACKED) == ids
    assert [row[5] for row in documents(database, message_id)][2] is DocumentState.READ       # what was read stays read


def test_a_part_that_changed_replaces_its_document(database: Database, blobs: Blobs, message_id: int) -> None:
    with database.write() as db:
        before = store_unpacked(db, blobs, message_id, Unpacked(None, (Part(b"old", code="damaged_container", sentence="No."),)))
    with database.write() as db:
        assert store_unpacked(db, blobs, message_id, Unpacked(None, (Part(b"new", "better.pdf"),))) == before
    assert documents(database, message_id) == [(before[0], 0, None, "better.pdf", False, DocumentState.STORED, None)]
