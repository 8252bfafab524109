"""Learning from the reviewer's desk to the next document: for that customer, visibly, and taken back with one click."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.learning import Learning
from extraction import repository
from extraction.assemble import assemble
from extraction.learned.ledger import Ledger
from extraction.repository import store_result
from extraction.service import DocumentResult
from matching.cases import Cases
from models.domain.doubt import DoubtCode
from models.domain.evidence import Origin
from models.domain.learned import FactState, Lesson, LessonKind
from models.domain.messages import Source
from models.domain.pages import Page, Parsed, SourceFormat
from models.domain.reading import Context, DocumentType, Reading
from models.domain.states import CaseState, MessageState
from models.errors import NotFound
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.learned import LearnedDriftRow, LearnedFactRow, LearnedUseRow
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.codec import from_json
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.matching.desk import Desk
from tests.support.in_process import in_process
from tests.support.papers import paper, table

MUSTER, ELBE = "po@muster.example", "po@elbe.example"


def order(number: str, other: str, *, label: str = "Unser Zeichen:", buyer: str = "Muster Works GmbH") -> Page:
    """An order whose number stands at a label that usually means something else."""
    head = paper(
        (40, [(40, buyer)]), (70, [(40, "BESTELLUNG")]), (96, [(320, "Bestelldatum:"), (430, "17.05.2031")]),
        (110, [(320, label), (430, number)]), (126, [(320, "Auftrags-Nr.:"), (430, other)]),
        (142, [(320, "Währung:"), (430, "EUR")]))
    lines = table(
        260, "Pos   Artikel     Bezeichnung                Menge  Einheit   Preis     Betrag",
        "1     HB-0840     Hex bolt M8 x 40 DIN 933   100    pcs       0,45      45,00")
    return replace(head, words=(*head.words, *lines.words))


class House:
    """The matcher's company with a learning memory."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.desk = Desk(db, folder)
        self.db = db
        self.blobs = Blobs(folder / "blobs")
        self.learning = Learning(db, self.blobs, in_process(), self.desk.policy, Settings(_env_file=None, data=folder))

    def receive(self, page: Page, sender: str = MUSTER) -> int:
        """A mail with one PDF, read; returns the message's id."""
        parsed = Parsed(SourceFormat.PDF, (page,))
        with self.db.write() as db:
            message = MessageRow(
                source=Source.MAIL, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ, sender_address=sender)
            db.add(message)
            db.flush()
            document = DocumentRow(message_id=message.id, position=0, sha256="0" * 64, size=1, name="order.pdf")
            db.add(document)
            db.flush()
            readings = assemble(parsed, Context(sender_address=sender))
            store_result(db, self.blobs, document.id, DocumentResult(parsed, readings, 0.1))
            return message.id

    def arrive(self, page: Page, sender: str = MUSTER) -> int:
        """A mail with one PDF, read, its case opened, recalled and matched; returns the case's id."""
        message_id = self.receive(page, sender)
        with self.db.write() as db:
            (case_id,) = Cases(db).open_for_message(message_id)
        self.learning.recall(case_id)
        self.desk.matcher.match_case(case_id)
        return case_id

    def correct(self, case_id: int, path: str, text: str) -> int:
        """Ann takes the case to review, puts a value right and approves; returns how many facts are new."""
        if self.desk.row(case_id).state is CaseState.APPROVED:
            self.desk.review.reopen(case_id, self.desk.ann)
        version = self.desk.review.correct(case_id, self.desk.row(case_id).version, path, text, self.desk.ann)
        self.desk.review.approve(case_id, version, self.desk.ann)
        return self.learning.learn(case_id)

    def reading(self, case_id: int) -> Reading:
        """What is stored as read for a case."""
        with self.db.read() as db:
            content = db.execute(
                select(ReadingRow.content).join(DocumentRow).join(MessageRow)
                .where(MessageRow.id == Cases(db).get(case_id).message_id)).scalar_one()
        return from_json(Reading, content)

    def rows(self, kind: Any) -> list[Any]:
        """All rows of a table."""
        with self.db.read() as db:
            return list(db.execute(select(kind)).scalars())


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def facts_about(house: House, field: str) -> list[LearnedFactRow]:
    return [fact for fact in house.rows(LearnedFactRow) if fact.field == field]


def number_of(house: House, case_id: int) -> Any:
    return house.desk.draft(case_id).po_number


def test_one_correction_and_the_next_order_is_read_right(house: House) -> None:
    first = house.arrive(order("B-7741", "990012"))
    assert number_of(house, first).value == "990012"
    made = house.correct(first, "po_number", "B-7741")
    assert house.learning.learn(first) == 0                      # a repeated step enters nothing twice
    assert made == len(house.rows(LearnedFactRow)) > 1           # the columns and names that were let stand are known too
    (fact,) = facts_about(house, "po_number")
    assert (fact.field, fact.state, fact.case_id, fact.made_by) == ("po_number", FactState.ACTIVE, first, "Ann Ames")

    second = house.arrive(order("B-8120", "990457"))
    number = number_of(house, second)
    assert (number.value, number.evidence.origin, number.evidence.fact_id) == ("B-8120", Origin.LEARNED, fact.id)
    assert house.learning.recall(second) == 0                    # a case that was matched keeps its reading
    uses = [use for use in house.rows(LearnedUseRow) if use.fact_id == fact.id]
    assert [(use.case_id, use.is_conflict) for use in uses] == [(second, False)]


def test_a_value_taken_away_is_gone_from_the_next_order_too(house: House) -> None:
    terms = paper((158, [(320, "Zahlungsbedingungen:"), (430, "30 Tage netto")]))
    papers = order("B-1", "990012"), order("B-2", "990457")
    first, second = (replace(page, words=(*page.words, *terms.words)) for page in papers)
    case_id = house.arrive(first)
    assert house.reading(case_id).header.payment_terms is not None
    house.correct(case_id, "payment_terms", "")
    assert [f.kind for f in facts_about(house, "payment_terms")] == ["not"]
    assert house.reading(house.arrive(second)).header.payment_terms is None


def test_what_one_customer_taught_never_touches_another(house: House) -> None:
    house.correct(house.arrive(order("B-7741", "990012")), "po_number", "B-7741")
    same_form = order("B-9999", "770001", buyer="Elbe Fittings Ltd")
    theirs = house.arrive(same_form, ELBE)
    assert number_of(house, theirs).value == "770001"
    assert house.reading(theirs).header.po_number.evidence.fact_id is None


def test_a_fact_taken_back_is_as_if_it_had_never_been_learned(house: House) -> None:
    never = house.reading(house.arrive(order("B-8120", "990457")))
    house.correct(house.arrive(order("B-7741", "990012")), "po_number", "B-7741")
    (fact,) = facts_about(house, "po_number")
    with house.db.write() as db:
        for row in house.rows(LearnedFactRow):
            Ledger(db).set_state(row.id, FactState.UNDONE, "Ann Ames")
    again = house.arrive(order("B-8120", "990457"))
    assert house.reading(again) == never
    with house.db.write() as db:
        Ledger(db).set_state(fact.id, FactState.ACTIVE, "Ann Ames")
    assert number_of(house, house.arrive(order("B-8121", "990458"))).value == "B-8121"


def test_a_known_form_makes_its_customer_likely_never_sure_and_only_while_it_is_known(house: House) -> None:
    stranger = "somebody@gmail.com"
    house.correct(house.arrive(order("B-7741", "990012")), "po_number", "B-7741")
    case_id = house.arrive(order("B-8120", "990457", buyer=""), stranger)
    customer = house.desk.draft(case_id).customer
    assert (customer.value.customer_no, customer.value.reasons) == ("C100", ("papers of this form came from them",))
    assert customer.confidence < 0.9 and house.desk.row(case_id).state is CaseState.NEEDS_REVIEW
    assert any(doubt.code is DoubtCode.CUSTOMER_UNSURE for doubt in house.desk.doubts(case_id))
    theirs = house.arrive(order("B-9999", "770001", buyer="Elbe Fittings Ltd"), ELBE)
    assert house.desk.draft(theirs).customer.value.customer_no == "C200"

    with house.db.write() as db:
        for row in house.rows(LearnedFactRow):
            Ledger(db).set_state(row.id, FactState.UNDONE, "Ann Ames")
    assert house.desk.draft(house.arrive(order("B-8121", "990458", buyer=""), stranger)).customer is None


def test_a_fact_that_people_contradict_twice_pauses_itself(house: House) -> None:
    house.correct(house.arrive(order("B-7741", "990012")), "po_number", "B-7741")
    for n, expected in ((1, FactState.ACTIVE), (2, FactState.PAUSED)):
        case_id = house.arrive(order(f"B-800{n}", f"99000{n}"))
        house.correct(case_id, "po_number", f"Z-{n}")
        fact = next(f for f in house.rows(LearnedFactRow) if f.field == "po_number")
        assert fact.state is expected
    assert sum(use.is_conflict for use in house.rows(LearnedUseRow) if use.fact_id == fact.id) == 2
    assert number_of(house, house.arrive(order("B-8003", "990003"))).value == "990003"


def test_a_changed_form_stops_automatic_approval_until_a_person_has_looked(house: House) -> None:
    house.correct(house.arrive(order("B-7741", "990012")), "po_number", "B-7741")
    changed = house.arrive(order("B-8120", "990457", label="Kostenstelle:"))
    assert number_of(house, changed).value == "990457"           # read as without the fact
    assert house.desk.row(changed).state is CaseState.NEEDS_REVIEW
    doubts = [d for d in house.desk.doubts(changed) if d.code is DoubtCode.FORM_CHANGED]
    assert len(doubts) == 1 and "“Unser Zeichen” is not on the page" in doubts[0].sentence

    fits = house.arrive(order("B-8121", "990458"))
    assert [d.sentence for d in house.desk.doubts(fits) if d.code is DoubtCode.FORM_CHANGED] == [
        f"A form of Muster Works GmbH has changed (case {changed}) and nobody has looked at it yet. "
        "Look at that case first; until then no order of theirs is approved unseen."]
    other = house.arrive(order("B-1", "770001", buyer="Elbe Fittings Ltd"), ELBE)
    assert not any(d.code is DoubtCode.FORM_CHANGED for d in house.desk.doubts(other))

    house.desk.review.reject(changed, house.desk.row(changed).version, "not ours", house.desk.ann)
    (drift,) = house.rows(LearnedDriftRow)
    assert drift.seen_by == "Ann Ames"
    later = house.arrive(order("B-8122", "990459"))
    assert not any(d.code is DoubtCode.FORM_CHANGED for d in house.desk.doubts(later))


def quote(number: str, buyer: str = "Muster Works GmbH") -> Page:
    """A form that calls itself a request for a quotation, though its sender orders with it."""
    page = order(number, "990012", label="Unsere Bestell-Nr.:", buyer=buyer)
    return replace(page, words=(*(w for w in page.words if w.text != "BESTELLUNG"), *paper((70, [(40, "ANFRAGE")])).words))


def arrive_as_no_order(house: House, page: Page, sender: str = MUSTER) -> int:
    """A mail whose PDF is taken for no order, and what was taught about its form is recalled; returns the message's id."""
    parsed = Parsed(SourceFormat.PDF, (page,))
    with house.db.write() as db:
        message = MessageRow(
            source=Source.MAIL, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ, sender_address=sender)
        db.add(message)
        db.flush()
        document = DocumentRow(message_id=message.id, position=0, sha256="0" * 64, size=1, name="order.pdf")
        db.add(document)
        db.flush()
        readings = assemble(parsed, Context(sender_address=sender))
        assert not any(r.doc_type.value.opens_case for r in readings)
        store_result(db, house.blobs, document.id, DocumentResult(parsed, readings, 0.1))
        message_id = message.id
    house.learning.recall_kinds(message_id)
    return message_id


def cases_of(house: House, message_id: int) -> list[int]:
    with house.db.write() as db:
        return Cases(db).open_for_message(message_id)


def take_as_order(house: House, message_id: int) -> int:
    """Ann says that it is an order; returns its case, matched."""
    with house.db.write() as db:
        repository.take_as_order(db, message_id, person="Ann Ames")
        (case_id,) = Cases(db).open_for_message(message_id)
    house.learning.recall(case_id)
    house.desk.matcher.match_case(case_id)
    return case_id


def test_a_form_that_a_person_said_is_an_order_opens_a_case_by_itself_the_next_time(house: House) -> None:
    first = arrive_as_no_order(house, quote("B-1"))
    assert cases_of(house, first) == []
    case_id = take_as_order(house, first)
    assert "doc_type" in {x.lesson.field for x in house.learning.foresee(case_id)}       # told before it is learned
    approve_as_read(house, case_id)
    (fact,) = facts_about(house, "doc_type")

    (second,) = cases_of(house, arrive_as_no_order(house, quote("B-2")))
    kind = house.reading(second).doc_type
    assert (kind.value, kind.evidence.origin, kind.evidence.fact_id) == (
        DocumentType.PURCHASE_ORDER, Origin.LEARNED, fact.id)
    assert house.learning.recall(second) > 0 and fact.id in {use.fact_id for use in house.rows(LearnedUseRow)}
    assert cases_of(house, arrive_as_no_order(house, quote("B-3", "Elbe Fittings Ltd"), ELBE)) == []        # another customer's
    with house.db.write() as db:
        Ledger(db).set_state(fact.id, FactState.UNDONE, "Ann Ames")
    assert cases_of(house, arrive_as_no_order(house, quote("B-4"))) == []


def test_what_a_person_said_a_paper_is_stays_when_its_form_is_recalled(house: House) -> None:
    approve_as_read(house, take_as_order(house, arrive_as_no_order(house, quote("B-1"))))
    with house.db.write() as db:
        Ledger(db).set_state(facts_about(house, "doc_type")[0].id, FactState.UNDONE, "Ann Ames")
    again = take_as_order(house, arrive_as_no_order(house, quote("B-2")))
    assert house.reading(again).doc_type.value is DocumentType.PURCHASE_ORDER
    assert house.reading(again).header.po_number.evidence.fact_id is not None            # the rest of the form is known


def approve_as_read(house: House, case_id: int) -> int:
    if house.desk.row(case_id).state is CaseState.APPROVED:
        house.desk.review.reopen(case_id, house.desk.ann)
    house.desk.review.approve(case_id, house.desk.row(case_id).version, house.desk.ann)
    return house.learning.learn(case_id)


def test_a_case_approved_as_it_was_read_teaches_its_form_once(house: House) -> None:
    made = approve_as_read(house, house.arrive(order("B-7741", "990012")))
    facts = house.rows(LearnedFactRow)
    assert made == len(facts) and all(from_json(Lesson, fact.lesson).is_let_stand for fact in facts)
    assert {fact.made_by for fact in facts} == {"Ann Ames"}
    again = house.arrive(order("B-8120", "990457"))
    assert number_of(house, again).evidence.fact_id == facts_about(house, "po_number")[0].id
    assert house.learning.foresee(again) == ()
    assert approve_as_read(house, again) == 0 and len(house.rows(LearnedFactRow)) == made


def test_what_was_let_stand_and_then_taken_back_does_not_come_again_with_the_next_approval(house: House) -> None:
    approve_as_read(house, house.arrive(order("B-7741", "990012")))
    (fact,) = facts_about(house, "po_number")
    with house.db.write() as db:
        Ledger(db).set_state(fact.id, FactState.UNDONE, "Ann Ames")
    again = house.arrive(order("B-8120", "990457"))
    assert number_of(house, again).evidence.fact_id is None
    assert approve_as_read(house, again) == 0


def test_a_case_that_was_approved_unseen_teaches_nothing(house: House) -> None:
    case_id = house.arrive(order("B-7741", "990012"))
    with house.db.write() as db:
        for frm, to in ((CaseState.NEEDS_REVIEW, CaseState.MATCHING), (CaseState.MATCHING, CaseState.APPROVED)):
            Cases(db).move(case_id, frm=frm, to=to, code="clean", sentence="Nothing to ask.", actor="ordermill")
    assert house.learning.learn(case_id) == 0 and house.rows(LearnedFactRow) == []


def test_an_address_that_was_explained_is_no_constant_of_the_form(house: House) -> None:
    def with_dock(number: str, dock: str) -> Page:
        page = order(number, "990012")
        where = paper((158, [(320, "Lieferadresse:"), (430, f"Dock {dock}, old brewery")]))
        return replace(page, words=(*page.words, *where.words))

    first = house.arrive(with_dock("B-1", "seven"))
    assert house.desk.draft(first).ship_to_text is not None
    house.correct(first, "ship_to", "NORTH")
    assert [f.kind for f in house.rows(LearnedFactRow) if f.field == "ship_to" and f.kind is not LessonKind.PLACE] == [
        LessonKind.SHIP_TO]
    assert house.desk.draft(house.arrive(with_dock("B-2", "seven"))).ship_to.value.label.startswith("NORTH")
    assert house.desk.draft(house.arrive(with_dock("B-3", "eight"))).ship_to is None


def put_right(house: House, case_id: int, path: str, text: str) -> None:
    house.desk.review.correct(case_id, house.desk.row(case_id).version, path, text, house.desk.ann)


def approve(house: House, case_id: int) -> None:
    house.desk.review.approve(case_id, house.desk.row(case_id).version, house.desk.ann)
    house.learning.learn(case_id)


def test_what_will_be_learned_is_known_before_and_is_what_is_learned(house: House) -> None:
    case_id = house.arrive(order("4711-A", "99001"))
    assert all(x.lesson.is_let_stand for x in house.learning.foresee(case_id))
    put_right(house, case_id, "po_number", "4711-A")
    foreseen = house.learning.foresee(case_id)
    assert [x.lesson.field for x in foreseen if not x.lesson.is_let_stand] == ["po_number"]
    assert not any(x.is_declined for x in foreseen)
    assert house.rows(LearnedFactRow) == []                                 # looking teaches nothing
    approve(house, case_id)
    assert {from_json(Lesson, fact.lesson).gist for fact in house.rows(LearnedFactRow)} == {x.lesson.gist for x in foreseen}


def test_what_a_person_declines_is_not_learned_and_the_next_order_is_read_as_before(house: House) -> None:
    case_id = house.arrive(order("4711-A", "99001"))
    put_right(house, case_id, "po_number", "4711-A")
    for lesson in house.learning.foresee(case_id):
        house.learning.decline(case_id, lesson.key, "Ann Ames")
    assert all(x.is_declined for x in house.learning.foresee(case_id))
    approve(house, case_id)
    assert {fact.state for fact in house.rows(LearnedFactRow)} == {FactState.UNDONE}
    again = house.arrive(order("4711-B", "99002"))
    assert number_of(house, again) is None or number_of(house, again).value != "4711-B"


def test_what_was_declined_can_be_wanted_after_all(house: House) -> None:
    case_id = house.arrive(order("4711-A", "99001"))
    put_right(house, case_id, "po_number", "4711-A")
    for _ in range(2):
        for lesson in house.learning.foresee(case_id):
            house.learning.decline(case_id, lesson.key, "Ann Ames")
    assert not any(x.is_declined for x in house.learning.foresee(case_id))
    approve(house, case_id)
    assert number_of(house, house.arrive(order("4711-B", "99002"))).value == "4711-B"
    with pytest.raises(NotFound, match="would not be learned"):
        house.learning.decline(case_id, "unknown", "Ann Ames")


def arrive_anew(house: House, page: Page, sender: str = MUSTER) -> list[int]:
    """A mail with one PDF as the pipeline takes it: its kinds are recalled before its cases are opened; returns those."""
    message_id = house.receive(page, sender)
    house.learning.recall_kinds(message_id)
    return cases_of(house, message_id)


def test_a_form_that_a_person_said_is_no_order_opens_no_case_the_next_time(house: House) -> None:
    first = house.arrive(order("B-1", "990001"))
    lesson = house.learning.foresee_no_order(first)                       # told before it is learned
    assert lesson is not None and (lesson.field, lesson.value, lesson.label) == ("doc_type", "other", "purchase_order")
    assert house.learning.learn_no_order(first, "Ann Ames") == 1
    (fact,) = facts_about(house, "doc_type")
    assert fact.made_by == "Ann Ames" and [f.id for f in house.rows(LearnedFactRow)] == [fact.id]
    assert arrive_anew(house, order("B-2", "990002")) == []
    assert len(arrive_anew(house, order("B-3", "990003", buyer="Elbe Fittings Ltd"), ELBE)) == 1           # another customer's
    with house.db.write() as db:
        Ledger(db).set_state(fact.id, FactState.UNDONE, "Ann Ames")
    assert len(arrive_anew(house, order("B-4", "990004"))) == 1


def test_who_says_that_it_is_an_order_after_all_is_believed_from_then_on(house: House) -> None:
    house.learning.learn_no_order(house.arrive(order("B-1", "990001")), "Ann Ames")
    assert arrive_anew(house, order("B-2", "990002")) == []
    with house.db.read() as db:
        message_id = max(row.id for row in db.execute(select(MessageRow)).scalars())
    approve_as_read(house, take_as_order(house, message_id))
    assert len(arrive_anew(house, order("B-3", "990003"))) == 1


def test_a_form_that_orders_came_on_is_never_learned_to_be_none(house: House) -> None:
    approve_as_read(house, house.arrive(order("B-1", "990001")))
    second = house.arrive(order("B-2", "990002"))
    assert house.learning.foresee_no_order(second) is None and house.learning.learn_no_order(second, "Ann Ames") == 0
    assert facts_about(house, "doc_type") == []
