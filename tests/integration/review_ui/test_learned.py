"""The page of learned facts: in plain words, with their origin, taken back and brought back."""

from __future__ import annotations

from sqlalchemy import select

from extraction.learned.ledger import Ledger
from models.domain.evidence import Place
from models.domain.learned import Anchor, ColumnPlace, FactState, Fingerprint, Learned, Lesson, LessonKind, Mark
from models.domain.pages import SourceFormat
from models.tables.intake import DocumentRow
from models.tables.learned import LearnedFactRow
from review_ui.presenters.learned import fact_sentence
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk

FORM = Fingerprint("paper", 0.71, (Mark("date", 4.0),))
LESSONS = (
    Lesson(
        LessonKind.PLACE, "po_number", "Unser Zeichen", anchors=(Anchor("unser zeichen", "beside", 40.0, 8.0, 0.0, 12.0),),
        seen=Place(0, (100.0, 50.0, 160.0, 60.0))),
    Lesson(LessonKind.COLUMN, "quantity", "Lager", column=ColumnPlace("lager", 50.0, 50.0, 56.0)),
    Lesson(LessonKind.COLUMN, "ignore", column=ColumnPlace("", 0.0, 60.0, 66.0)),
    Lesson(LessonKind.NOT, "requested_date", "Versand <b>"),
    Lesson(LessonKind.CONSTANT, "currency", value="EUR"),
    Lesson(LessonKind.DATE_ORDER, "date_order", value="day"),
    Lesson(LessonKind.NUMBER_STYLE, "number_style", value=","),
)


def teach(desk: Desk, case_id: int) -> list[int]:
    with desk.db.write() as db:
        document_id = db.execute(select(DocumentRow.id).where(DocumentRow.format == SourceFormat.PDF)).scalars().first()
        assert document_id is not None
        learned, customer = Learned(FORM, LESSONS), desk.ids["C-1001"]
        return Ledger(db).keep(learned, case_id=case_id, customer_id=customer, document_id=document_id, made_by="Carl Clerk")


def states(desk: Desk) -> list[FactState]:
    with desk.db.read() as db:
        return list(db.execute(select(LearnedFactRow.state).order_by(LearnedFactRow.id)).scalars())


def test_before_anything_is_learned_the_page_says_how_it_will_be(desk: Desk, visit: Visit) -> None:
    text = visit("vera").get("/learned").text
    assert "Nothing was learned yet" in text and 'href="/learned" aria-current="page"' in text


def test_facts_are_told_in_plain_words_with_their_case_and_place(desk: Desk, visit: Visit, case_id: int) -> None:
    teach(desk, case_id)
    text = visit("vera").get("/learned").text
    for sentence in (
        "“Unser Zeichen” is the PO number", "The column “Lager” is the quantity",
        "A column without a title is not part of the order", "What stands at “Versand &lt;b&gt;” is not the requested date",
        "The currency is always “EUR”", "Dates are written with the day first", "Decimals come after a comma",
    ):
        assert sentence in text
    assert f'<a href="/cases/{case_id}">PO-4711</a> from Ashcroft Dental Care' in text and "Taught by Carl Clerk" in text
    assert 'class="crop small"' in text and "data-toggle" not in text          # a viewer changes nothing
    assert "Nothing was learned from “elm”" in visit("vera").get("/learned", params={"text": "elm"}).text


def test_a_clerk_takes_a_fact_back_and_brings_it_back(desk: Desk, visit: Visit, case_id: int) -> None:
    first, *_ = teach(desk, case_id)
    clerk = visit("carl")
    text = clerk.post(f"/learned/{first}/undo").text
    assert "taken back by Carl Clerk" in text and f"/learned/{first}/redo" in text
    assert states(desk)[:2] == [FactState.UNDONE, FactState.ACTIVE]
    with desk.db.read() as db:
        assert [fact.fact_id for fact in Ledger(db).facts_for(desk.ids["C-1001"])] == list(range(first + 6, first, -1))
    assert "brought back by Carl Clerk" in clerk.post(f"/learned/{first}/redo").text
    assert set(states(desk)) == {FactState.ACTIVE}
    assert visit("vera").post(f"/learned/{first}/undo").status_code == 403
    assert clerk.post("/learned/999/undo").status_code == 404


def test_uses_and_contradictions_are_counted_and_the_second_pauses(desk: Desk, visit: Visit, case_id: int) -> None:
    first, second, *_ = teach(desk, case_id)
    with desk.db.write() as db:
        ledger = Ledger(db)
        ledger.note_uses(case_id, (first, second))
        ledger.note_uses(case_id, (first,))
        ledger.note_conflicts(case_id, {second})
    assert states(desk)[1] is FactState.ACTIVE
    row = visit("carl").get("/learned", params={"fact": second}).text.split(f'id="fact-{second}"')[1].split("</tr>")[0]
    assert [cell.split("<")[0] for cell in row.split('<td class="num">')[1:3]] == ["1", "1"]


def test_a_changed_form_waits_for_a_look(desk: Desk, visit: Visit, case_id: int) -> None:
    with desk.db.write() as db:
        Ledger(db).note_drift(case_id, desk.ids["C-1001"], "On this form the label is gone.")
    clerk = visit("carl")
    assert "On this form the label is gone." in clerk.get("/learned").text
    assert "On this form the label is gone." not in clerk.post(f"/learned/forms/{case_id}/seen").text
    assert clerk.post("/learned/forms/99/seen").status_code == 404


def test_a_name_that_was_taken_away_is_told() -> None:
    lesson = Lesson(LessonKind.NOT, "buyer_name", value="Elm Works Ltd")
    assert fact_sentence(lesson) == "“Elm Works Ltd” is not the buyer"
