"""The page of learned facts: in plain words, with their origin, taken back and brought back."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from extraction.learned.ledger import Ledger
from matching.alias_keys import keys_of
from matching.learned_sql import AliasBook
from matching.teach import Taught
from models.domain.evidence import Place
from models.domain.learned import KIND, Anchor, ColumnPlace, FactState, Fingerprint, Learned, Lesson, LessonKind, Mark, Printed
from models.domain.pages import SourceFormat
from models.tables.intake import DocumentRow
from models.tables.learned import LearnedFactRow
from review_ui.presenters.fact_words import fact_sentence
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
    Lesson(LessonKind.CONSTANT, KIND, "quote", "purchase_order"),
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
        "The currency is always “EUR”", "This form is an order, whatever else it looks like",
        "Dates are written with the day first", "Decimals come after a comma",
    ):
        assert sentence in text
    assert f'<a href="/cases/{case_id}">PO-4711</a> · Ashcroft Dental Care' in text and "Taught by Carl Clerk" in text
    assert 'class="crop small"' in text and "data-toggle" not in text          # a viewer changes nothing
    assert "Nothing was learned from “elm”" in visit("vera").get("/learned", params={"text": "elm"}).text


def test_a_clerk_takes_a_fact_back_and_brings_it_back(desk: Desk, visit: Visit, case_id: int) -> None:
    first, *others = teach(desk, case_id)
    clerk = visit("carl")
    text = clerk.post(f"/learned/{first}/undo").text
    assert "taken back by Carl Clerk" in text and f"/learned/{first}/redo" in text
    assert states(desk)[:2] == [FactState.UNDONE, FactState.ACTIVE]
    with desk.db.read() as db:
        assert [fact.fact_id for fact in Ledger(db).facts_for(desk.ids["C-1001"])] == others[::-1]
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


SAID = (
    (Lesson(LessonKind.ITEM, "item", "ZX-900", "GLV-100-L", printed=Printed(("ZX900",), "grip things", said="Grip things")),
     "“ZX-900” (Grip things) means GLV-100-L"),
    (Lesson(LessonKind.UNIT, "uom", "Kfg.", "XCS", printed=Printed(uom="kfg")), "“Kfg.” means case (XCS)"),
    (Lesson(LessonKind.SHIP_TO, "ship_to", "Dock seven", "MAIN", printed=Printed(text="dock 7")),
     "The address “Dock seven” is MAIN"),
    (Lesson(LessonKind.SENDER, "customer", "jo@post.example", "C-1001", printed=Printed(text="jo@post.example")),
     "jo@post.example writes for C-1001"),
    (Lesson(LessonKind.CUSTOMER, "customer", "The Dentists", "C-1001", printed=Printed(text="the dentists")),
     "The name “The Dentists” is C-1001"),
)


def say(desk: Desk, case_id: int, *lessons: Lesson) -> list[int]:
    with desk.db.write() as db:
        book = AliasBook(db, case_id, "Anna Approver")
        made = [book.enter(Taught(desk.ids["C-1001"], x, keys_of(x.kind, x.printed or Printed()))) for x in lessons]
    return [fact_id for fact_id in made if fact_id]


def listed(text: str) -> set[str]:
    return {part.split('"')[0] for part in text.split('<tr id="fact-')[1:]}


def test_what_words_mean_is_told_and_found_by_kind_and_state(desk: Desk, visit: Visit, case_id: int) -> None:
    forms, said = teach(desk, case_id), say(desk, case_id, *(lesson for lesson, _ in SAID))
    clerk = visit("carl")
    text = clerk.get("/learned").text
    assert all(sentence in text for _, sentence in SAID) and "every order" in text and "this form" in text
    for kind, expected in (("item", said[:1]), ("unit", said[1:2]), ("customer", said[3:]), ("form", forms), ("", forms + said)):
        assert listed(clerk.get("/learned/rows", params={"kind": kind}).text) == {str(n) for n in expected}
    assert "Nothing of that kind was learned" in clerk.get("/learned", params={"state": "undone"}).text
    shown = clerk.post(f"/learned/{said[0]}/undo", params={"kind": "item", "state": "used"}).text
    assert listed(shown) == set()                                     # what was chosen stays chosen
    assert listed(clerk.get("/learned", params={"state": "undone"}).text) == {str(said[0])}


def test_a_contradiction_shows_both_facts_and_which_one_counts(desk: Desk, visit: Visit, case_id: int) -> None:
    lesson, _ = SAID[0]
    older, newer = say(desk, case_id, lesson, replace(lesson, value="GLV-100-M"))
    clerk = visit("carl")
    assert "asked once more: an earlier correction said otherwise" in clerk.get("/learned", params={"state": "trial"}).text
    stopped = clerk.get("/learned", params={"state": "stopped"}).text
    assert listed(stopped) == {str(older)} and f'href="/learned?fact={newer}#fact-{newer}"' in stopped
    clerk.post(f"/learned/{newer}/undo")
    assert listed(clerk.get("/learned", params={"state": "used"}).text) == {str(older)}


def test_a_name_that_was_taken_away_is_told() -> None:
    lesson = Lesson(LessonKind.NOT, "buyer_name", value="Elm Works Ltd")
    assert fact_sentence(lesson) == "“Elm Works Ltd” is not the buyer"
