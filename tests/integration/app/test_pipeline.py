"""The durable pipeline: poison is put aside with its reason, what is no fault of the message does not count against it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.drain import drain
from intake.mail.boxes import save_mailbox
from intake.repository import Messages
from models.domain.messages import Source
from models.domain.states import CaseState, MessageState
from models.errors import TransientError
from models.tables.cases import CaseRow, DoubtRow
from models.tables.intake import MessageRow
from runtime.clock import now
from runtime.sandbox import Sandbox, SandboxFailure
from runtime.seal import Seal
from runtime.settings import MailboxSettings, Settings

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def rooms(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rooms]:
    url = request.getfixturevalue("postgres").create_database() if request.param == "postgres" else None
    made = Rooms(Settings(data=tmp_path, database_url=url, _env_file=None))
    schema.upgrade(made.db)
    yield made
    made.close()


def arrive(rooms: Rooms, text: bytes) -> int:
    return rooms.receiver.receive([text], source=Source.UPLOAD, account="test", name="order.txt").message_id


def fail_on(rooms: Rooms, monkeypatch: pytest.MonkeyPatch, needle: bytes, errors: list[Exception]) -> None:
    """Reading a document with `needle` raises the next of `errors`, as long as there are any."""
    read = rooms.reader.read

    def faulty(content: bytes, context: Any) -> Any:
        if needle in content and errors:
            raise errors.pop(0)
        return read(content, context)

    monkeypatch.setattr(rooms.reader, "read", faulty)


def work_until_quiet(rooms: Rooms) -> None:
    # In a thread of its own: a browser test before this one leaves an event loop running in the main thread, and there the
    # engine's synchronous calls refuse to work.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(drain, rooms).result()


def messages(rooms: Rooms) -> dict[int, MessageRow]:
    with rooms.db.read() as db:
        return {row.id: row for row in db.execute(select(MessageRow)).scalars()}


def test_poison_is_quarantined_after_three_tries_and_the_others_go_on(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    poison, good = arrive(rooms, b"poison: 5 x ABC-1"), arrive(rooms, b"Please send 5 x ABC-1")
    errors: list[Exception] = [ValueError(f"trap {n}") for n in range(1, 9)]
    fail_on(rooms, monkeypatch, b"poison", errors)
    work_until_quiet(rooms)
    rows = messages(rooms)
    assert (rows[poison].state, rows[poison].tries, rows[poison].code) == (MessageState.QUARANTINED, 3, "gave_up")
    assert "trap 3" in (rows[poison].sentence or "")
    assert rows[good].state is MessageState.READ
    assert len(errors) == 5


def test_a_person_may_have_it_read_again_and_then_it_is(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    poison = arrive(rooms, b"poison: 5 x ABC-1")
    fail_on(rooms, monkeypatch, b"poison", [ValueError("trap") for _ in range(3)])
    work_until_quiet(rooms)
    assert messages(rooms)[poison].state is MessageState.QUARANTINED
    with rooms.db.write() as db:
        Messages(db).retry(poison, actor="Anna")
    work_until_quiet(rooms)
    assert messages(rooms)[poison].state is MessageState.READ


def test_a_mail_from_a_mailbox_that_was_set_up_on_screen_is_our_own(rooms: Rooms) -> None:
    box = MailboxSettings(name="till", host="imap.okapi.example", user="till@okapi.example")
    with rooms.db.write() as db:
        save_mailbox(db, rooms.settings, Seal(rooms.settings.data), box, actor="Ann", at=now())
    mail = b"From: Till <Till@Okapi.example>\r\nSubject: PO 7\r\n\r\nPlease send 5 x ABC-1\r\n"
    message = rooms.receiver.receive([mail], source=Source.MAIL, account="till", name=None).message_id
    work_until_quiet(rooms)
    row = messages(rooms)[message]
    assert (row.state, row.code) == (MessageState.IGNORED, "own")


def test_what_may_work_later_is_tried_again_and_does_not_count(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    message = arrive(rooms, b"later: 5 x ABC-1")
    errors: list[Exception] = [TransientError("the disk is full") for _ in range(2)]
    fail_on(rooms, monkeypatch, b"later", errors)
    work_until_quiet(rooms)
    row = messages(rooms)[message]
    assert (row.state, row.tries) == (MessageState.READ, 1)
    assert errors == []


def test_what_is_no_order_says_so_with_the_words_that_decided(rooms: Rooms) -> None:
    message = arrive(rooms, b"Invoice No. 88\nPlease remit the amount due within 30 days.\n\n5 pcs KX-4471 hinge\n")
    work_until_quiet(rooms)
    row = messages(rooms)[message]
    assert (row.state, row.code) == (MessageState.READ, "not_an_order")
    assert row.sentence is not None and "an invoice" in row.sentence and "remit" in row.sentence


@pytest.mark.parametrize(("fault", "why"), [
    (None, "could not be made out"), ("parser_timeout", "ORDERMILL_SANDBOX_CPU_S"),
    ("parser_memory", "ORDERMILL_SANDBOX_MEMORY_MB")])
def test_what_is_read_but_not_understood_opens_an_empty_case(
    rooms: Rooms, monkeypatch: pytest.MonkeyPatch, fault: str | None, why: str,
) -> None:
    run = Sandbox.run

    def faulty(self: Sandbox, entry: str, content: bytes, *rest: Any, **named: Any) -> bytes:
        is_meaning = entry.endswith(":understand")
        if is_meaning and fault:
            raise SandboxFailure("A limit was met.", code=fault)
        return run(self, entry, b"\xc1 no pages" if is_meaning else content, *rest, **named)     # an exception in the child

    monkeypatch.setattr(Sandbox, "run", faulty)
    message = arrive(rooms, b"Please send 5 x ABC-1")
    work_until_quiet(rooms)
    assert messages(rooms)[message].state is MessageState.READ
    with rooms.db.read() as db:
        case = db.execute(select(CaseRow)).scalar_one()
        doubts = db.execute(select(DoubtRow.sentence).where(DoubtRow.case_id == case.id)).scalars().all()
    assert case.state is CaseState.NEEDS_REVIEW
    assert any(why in sentence and "ype the order from the page" in sentence for sentence in doubts)
