"""A customer is asked in the thread of their mail, and what they answer comes back to the case."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.answering import Answering
from matching.cases import Cases
from matching.questions import Wish
from models.domain.doubt import DoubtCode
from models.domain.evidence import Origin
from models.domain.messages import MailKind, Source
from models.domain.questions import AskedMail
from models.domain.states import CaseState, DocumentState, MessageState
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.desk import CaseQuestionRow
from models.tables.intake import DocumentRow, MessageRow
from models.tables.outbox import OutboxRow
from oms.letters.ready import ReadyMail
from review_ui.asking import ask_customer, drafted
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.codec import from_json, pack
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.matching.desk import BOLTS, Desk, changed, line, reading
from tests.support.desk_documents import text_page

BUYER = "po@muster.example"
GLOVES = line(description="nitrile gloves blue", quantity=3, uom="box", unit_price="6.20", amount="18.60")
DEAR = changed(BOLTS, unit_price="0.60", amount="60")


class House:
    """The matcher's company, its outbox and its answers."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.desk, self.db, self.blobs = Desk(db, folder), db, Blobs(folder / "blobs")
        self.settings = Settings(_env_file=None, data=folder, company_name="Kessel Supply", smtp_from="orders@kessel.example")
        self.answering = Answering(self.desk.review, self.blobs)

    def case(self) -> int:
        """A case with a price that is off and an item that may be one of two, from a mail in a thread."""
        case_id = self.desk.case(reading(DEAR, GLOVES, po="PO-77"))
        with self.db.write() as db:
            message = db.get_one(MessageRow, Cases(db).get(case_id).message_id)
            message.kind, message.subject, message.message_id = MailKind.ORDINARY, "Order PO-77", "<po-77@muster.example>"
            message.thread = "<older@muster.example>"
        return case_id

    def ask(self, case_id: int, **changes: str) -> AskedMail:
        with self.db.read() as db:
            mail = drafted(db, case_id)
        sentences = {q.number: q.sentence for q in mail.questions}
        wish = Wish(mail.subject, changes.get("opening", mail.opening), mail.closing, sentences)
        return ask_customer(self.desk.review, self.settings, case_id, self.desk.row(case_id).version, self.desk.ann, wish)

    def sent(self) -> ReadyMail:
        with self.db.read() as db:
            return from_json(ReadyMail, db.execute(select(OutboxRow.payload)).scalar_one())

    def reply(self, text: str, *, sender: str = BUYER, in_thread: bool = True, subject: str = "Re: Order PO-77") -> int:
        """A mail that answers, read; returns its id."""
        with self.db.write() as db:
            asked = db.execute(select(CaseQuestionRow.mail_id).order_by(CaseQuestionRow.id.desc()).limit(1)).scalar_one()
            message = MessageRow(
                source=Source.MAIL, sha256="1" * 64, size=1, received_at=now(), state=MessageState.READING,
                kind=MailKind.ORDINARY, sender_address=sender, subject=subject,
                in_reply_to="<between@muster.example>" if in_thread else None,
                thread=f"{asked} <between@muster.example>" if in_thread else None)
            db.add(message)
            db.flush()
            page = text_page(text)
            db.add(DocumentRow(
                message_id=message.id, position=0, is_body=True, sha256="1" * 64, size=1, state=DocumentState.READ, page_count=1,
                pages_sha256=self.blobs.put(pack((page,)))))
            return message.id


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def number_of(mail: AskedMail, path: str) -> int:
    return next(q.number for q in mail.questions if q.path == path)


def letter_of(mail: AskedMail, path: str, value: str) -> str:
    question = next(q for q in mail.questions if q.path == path)
    return next(o.letter for o in question.options if o.value == value)


def test_the_mail_asks_in_the_thread_and_tells_nothing_of_the_house(house: House) -> None:
    case_id = house.case()
    mail, ready = house.ask(case_id), house.sent()
    row = house.desk.row(case_id)
    assert row.state is CaseState.WAITING_FOR_CUSTOMER and row.snoozed_until > now()
    assert (ready.letter.recipient, ready.letter.in_reply_to) == (BUYER, "<po-77@muster.example>")
    assert ready.letter.references == ("<older@muster.example>",)
    assert ready.subject == "Re: Order PO-77" and not ready.is_automatic
    assert len(mail.questions) == 2 and "0.60 EUR, as in your order" in ready.text and "0.45 EUR, our price" in ready.text
    assert re.search(r"^\d\. Line .*which item do you mean\?$", ready.text, re.MULTILINE)
    assert "%" not in ready.text and "tolerance" not in ready.text and "probab" not in ready.text


def test_an_answer_settles_what_is_certain_and_quotes_the_customer(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    price, item = "lines.1.unit_price", "lines.2.item"
    text = f"Hello,\n{number_of(mail, price)}{letter_of(mail, price, '0.45')} {number_of(mail, item)}: size M"
    answer = house.reply(text)
    assert house.answering.take(answer) == case_id
    draft, row = house.desk.draft(case_id), house.desk.row(case_id)
    taken, found = draft.lines[0].unit_price, draft.lines[1].item
    assert str(taken.value) == "0.45" and found.value.sku == "GL-M"
    assert (taken.evidence.origin, taken.evidence.person) == (Origin.TYPED, BUYER)
    assert taken.evidence.places and taken.evidence.document_id and "question" in (taken.evidence.note or "")
    assert house.desk.doubts(case_id) == []
    assert (row.state, row.code, row.snoozed_until) == (CaseState.NEEDS_REVIEW, "customer_answered", None)
    with house.db.read() as db:
        assert {c.user for c in Cases(db).corrections(case_id)} == {f"{BUYER} (answer)"}
    house.desk.review.approve(case_id, row.version, house.desk.bob)


def test_a_partial_answer_leaves_the_rest_as_a_doubt_and_the_next_mail_may_settle_it(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    price, item = number_of(mail, "lines.1.unit_price"), number_of(mail, "lines.2.item")
    house.answering.take(house.reply(f"{price}: ours is fine\n{item}: size M"))
    assert [d.code for d in house.desk.doubts(case_id)] == [DoubtCode.PRICE_DEVIATION]
    assert "1 of 2 questions are settled" in house.desk.row(case_id).sentence
    house.answering.take(house.reply(f"{price}: 0.45"))
    assert house.desk.doubts(case_id) == []


def test_taking_a_message_again_changes_nothing(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    answer = house.reply(f"{number_of(mail, 'lines.2.item')}: size M")
    assert house.answering.take(answer) == house.answering.take(answer) == case_id
    assert house.desk.row(case_id).version == 2


def test_an_answer_of_a_stranger_settles_nothing_and_says_so(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    text = f"{number_of(mail, 'lines.2.item')}: size M"
    assert house.answering.take(house.reply(text, sender="eve@else.example")) == case_id
    row = house.desk.row(case_id)
    assert (row.state, row.code, row.version) == (CaseState.NEEDS_REVIEW, "answer_from_stranger", 1)


def test_a_mail_without_a_thread_is_known_by_subject_and_sender(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    text = f"{number_of(mail, 'lines.2.item')}: size M"
    assert house.answering.take(house.reply(text, in_thread=False, subject="Another order")) is None
    assert house.answering.take(house.reply(text, in_thread=False, sender="eve@else.example")) is None
    assert house.answering.take(house.reply(text, in_thread=False, subject="AW: Re: order  PO-77")) == case_id
    assert house.desk.draft(case_id).lines[1].item.value.sku == "GL-M"


def test_what_a_person_corrected_meanwhile_stays(house: House) -> None:
    case_id = house.case()
    mail = house.ask(case_id)
    house.desk.review.correct(case_id, 1, "lines.2.item", "GL-L", house.desk.bob)
    house.answering.take(house.reply(f"{number_of(mail, 'lines.2.item')}: size M"))
    assert house.desk.draft(case_id).lines[1].item.value.sku == "GL-L"


def test_an_answer_to_a_case_nobody_works_on_is_a_mail_as_any_other(house: House) -> None:
    case_id = house.case()
    house.ask(case_id)
    house.desk.review.reject(case_id, 1, "cancelled by phone", house.desk.ann)
    assert house.answering.take(house.reply("1a")) is None


def test_a_case_looked_at_while_it_waits_goes_on_waiting(house: House) -> None:
    case_id = house.case()
    house.ask(case_id)
    house.desk.review.claim(case_id, house.desk.bob)
    house.desk.review.release(case_id, house.desk.bob)
    assert house.desk.row(case_id).state is CaseState.WAITING_FOR_CUSTOMER


def test_nobody_is_asked_about_what_a_customer_cannot_know(house: House) -> None:
    case_id = house.case()
    house.desk.review.correct(case_id, 1, "lines.2.item", "GL-L", house.desk.bob)
    house.desk.review.correct(case_id, 2, "lines.1.unit_price", "0.45", house.desk.bob)
    with house.db.read() as db, pytest.raises(InputError, match="a customer could answer"):
        drafted(db, case_id)
    with house.db.write() as db:
        db.get_one(MessageRow, db.get_one(CaseRow, case_id).message_id).sender_address = "noreply@muster.example"
    with house.db.read() as db, pytest.raises(InputError, match="Call the customer"):
        drafted(db, case_id)
