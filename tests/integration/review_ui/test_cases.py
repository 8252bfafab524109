"""The case page's routes over real rows: what is shown, corrected, approved, refused."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from matching.cases import Cases
from models.domain.states import CaseState
from models.tables.cases import CaseRow
from models.tables.intake import ReadingRow
from models.tables.inventory import LocationRow, StockLevelRow
from runtime.codec import to_json
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk
from tests.support.desk_cases import add_bare_case, add_document, add_message, add_pdf_case, match, open_case, order_reading
from tests.support.desk_documents import ROWS, make_pdf, text_page

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """What a reviewer does is proved over both kinds of database in the matching room; here it is the page."""
    return make_desk(tmp_path, db=sqlite_database)


def state_of(desk: Desk, case_id: int) -> CaseState:
    with desk.db.read() as db:
        return db.execute(select(CaseRow.state).where(CaseRow.id == case_id)).scalar_one()


def version_of(page: str) -> int:
    return int(re.search(r'data-version="(\d+)"', page)[1])  # type: ignore[index]


def test_the_page_shows_values_questions_and_where_each_value_stands(case_id: int, visit: Visit) -> None:
    page = visit("anna").get(f"/cases/{case_id}").text
    assert "PO-4711" in page and "Ashcroft Dental Care" in page
    assert "Line 20: price 0.124, contract 0.115 (+7.8 %, tolerance 2 %)." in page
    value = re.search(r'id="v-po_number"[^>]*', page)
    assert value and "Read on page 1: “PO-4711”" in value[0]
    assert re.search(r'data-places="\d+ 0 [\d.]+ [\d.]+ [\d.]+ [\d.]+"', value[0])


def test_the_questions_are_asked_in_the_persons_language(case_id: int, visit: Visit) -> None:
    client = visit("anna")
    german = {"accept-language": "de"}
    page, queue = client.get(f"/cases/{case_id}", headers=german).text, client.get("/", headers=german).text
    asked = "Position 20: Preis 0,124, Vertrag 0,115 (+7,8 %, Toleranz 2 %)."
    assert asked in page and asked in queue and "Line 20: price" not in page
    assert 'value="Stück"' in page and 'value="pieces"' not in page and "4,50 EUR weniger als gedruckt" in page


def test_the_attachment_an_order_was_read_from_stands_before_the_mail_that_brought_it(desk: Desk, visit: Visit) -> None:
    content, pages = make_pdf("PO-4722")
    body = text_page("Please deliver our order PO-4722.")
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Order PO-4722")
        text = add_document(desk, db, message_id, b"body", [body], is_body=True)
        paper = add_document(desk, db, message_id, content, pages, position=1, name="scan.pdf")
        said = replace(order_reading("PO-4722", pages), lines=())
        db.add(ReadingRow(
            document_id=text, position=0, doc_type=said.doc_type.value.value, po_number="PO-4722", content=to_json(said)))
        case_id = open_case(desk, db, message_id, paper, order_reading("PO-4722", pages))
    page = visit("vera").get(f"/cases/{case_id}").text
    assert re.findall(r'role="tab" data-doc="(\d+)"', page) == [str(paper), str(text)] and 'class="aside"' not in page


def test_numbers_and_days_are_shown_and_typed_as_the_person_writes_them(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    german = {"accept-language": "de", **FRAGMENT}
    page = client.get(f"/cases/{case_id}", headers=german).text
    assert re.search(r'id="v-lines-2-unit_price"[^>]* value="0,124"', page)
    assert re.search(r'id="v-order_date"[^>]* value="20.11.2026"', page)

    def price_after(version: int, value: str, **more: object) -> str:
        wanted = {"version": version, "path": "lines.2.unit_price", "value": value, **more}
        assert client.post(f"/cases/{case_id}/corrections", data=wanted, headers=german).status_code == 200
        with desk.db.read() as db:
            price = Cases(db).draft(case_id).lines[1].unit_price
        assert price is not None
        return str(price.value)

    assert price_after(1, "1.234,5", typed=True) == "1234.5"
    assert price_after(2, "1.234", typed=True) == "1234"
    assert price_after(3, "1.234") == "1.234"                  # an answer of ours, not typed
    kept = {"version": 4, "path": "lines.2.unit_price", "value": "2.500,75"}
    assert client.post(f"/cases/{case_id}/unsaved", data=kept, headers=german).status_code == 204
    shown = client.get(f"/cases/{case_id}/order", headers=german).text
    assert 'data-value="2500.75"' in shown and "<b>2500,75</b>" in shown.replace("2.500,75", "2500,75")


def test_every_value_of_the_order_has_a_place_or_a_word_on_its_origin(case_id: int, visit: Visit) -> None:
    page = visit("anna").get(f"/cases/{case_id}").text
    values = re.findall(r'<(?:input|button)[^>]*id="v-[^>]*', page)
    filled = [v for v in values if not re.search(r'value=""', v) and "Choose" not in v]
    assert len(filled) >= 10
    assert [v for v in filled if "Nothing was found" in v] == []


def test_a_correction_makes_a_version_is_drawn_and_is_told_in_the_history(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("carl")
    answer = client.post(
        f"/cases/{case_id}/corrections", data={"version": 1, "path": "lines.1.quantity", "value": "15"}, headers=FRAGMENT)
    assert answer.status_code == 200 and version_of(answer.text) == 2
    assert 'value="15"' in answer.text and "118.50" in answer.text and "Entered by Carl Clerk" in answer.text
    history = client.get(f"/cases/{case_id}/history", headers=FRAGMENT).text
    assert re.search(r"Carl Clerk</td>\s*<td [^>]*>Line 10 · Quantity</td><td>12</td><td>15</td>", history)
    assert "case.corrected" in history and 'data-do="revert"' in history
    assert 'data-do="revert"' not in visit("vera").get(f"/cases/{case_id}/history", headers=FRAGMENT).text
    undone = client.post(f"/cases/{case_id}/undo", data={"version": 2}, headers=FRAGMENT)
    assert 'value="12"' in undone.text and version_of(undone.text) == 3


def test_a_line_comes_to_what_its_quantity_and_price_say_whatever_amount_is_printed(desk: Desk, visit: Visit) -> None:
    content, pages = make_pdf("PO-4731")
    said = order_reading("PO-4731", pages)
    first = replace(said.lines[0], amount=replace(said.lines[0].unit_price, value=Decimal("94.80")))       # 12 of 7.90
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Order PO-4731")
        paper = add_document(desk, db, message_id, content, pages)
        case_id = open_case(desk, db, message_id, paper, replace(said, lines=(first, *said.lines[1:])))
    match(desk, case_id)
    client = visit("carl")
    page = client.get(f"/cases/{case_id}").text
    assert "94.80" in page and "118.50" not in page
    answer = client.post(
        f"/cases/{case_id}/corrections",
        data={"version": version_of(page), "path": "lines.1.quantity", "value": "15"}, headers=FRAGMENT)
    assert answer.status_code == 200 and '<td class="num">118.50</td>' in answer.text


def test_a_value_taken_from_the_page_keeps_its_place(desk: Desk, case_id: int, visit: Visit) -> None:
    answer = visit("carl").post(
        f"/cases/{case_id}/corrections", headers=FRAGMENT,
        data={"version": 1, "path": "requested_date", "value": "2026-12-24", "places": "2 0 10 20 30 40", "kind": "paper"})
    assert answer.status_code == 200 and "2 0 10 20 30 40" in answer.text


BAD_PLACES = ["x", "2 0 10 20 30", "2 -1 1 2 3 4", "2 0 nan 1 2 3", "2 0 1 2 3 4;3 0 1 2 3 4", "2 0 1e999 1 2 3"]


def test_a_place_that_cannot_be_is_refused(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("carl")
    for places in ("2 99 10 20 30 40", "999999 0 10 20 30 40", "2 0 30 20 10 40"):       # none of the case's pages
        data = {"version": 1, "path": "po_number", "value": "x", "places": places, "kind": "paper"}
        answer = visit("carl").post(f"/cases/{case_id}/corrections", data=data, headers=FRAGMENT)
        assert answer.status_code == 422 and "unknown_place" in answer.text, places
    for places in BAD_PLACES:
        data = {"version": 1, "path": "po_number", "value": "x", "places": places, "kind": "paper"}
        answer = client.post(f"/cases/{case_id}/corrections", headers=FRAGMENT, data=data)
        assert answer.status_code == 422 and "bad_places" in answer.text, places
    with desk.db.read() as db:
        assert Cases(db).get(case_id).version == 1


def test_approving_moves_the_case_tells_the_worker_and_leads_to_the_next(desk: Desk, case_id: int, visit: Visit) -> None:
    other = add_pdf_case(desk, "PO-4712", ROWS[:2])
    answer = visit("anna").post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert answer.status_code == 204 and answer.headers["HX-Redirect"] == f"/cases/{other}?after={case_id}"
    assert state_of(desk, case_id) is CaseState.APPROVED and desk.hands.nudges == 1


def test_after_the_last_case_the_queue_comes_and_says_what_was_done(case_id: int, visit: Visit) -> None:
    client = visit("anna")
    answer = client.post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"] == f"/?after={case_id}"
    page = client.get(answer.headers["HX-Redirect"]).text
    assert "PO-4711" in page and "Approved" in page and "Nothing waits for you" in page


def test_an_old_version_is_not_approved_and_the_answer_says_who_changed_what(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    carl.post(f"/cases/{case_id}/corrections", data={"version": 1, "path": "lines.1.quantity", "value": "15"}, headers=FRAGMENT)
    carl.post(f"/cases/{case_id}/release")
    answer = anna.post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert answer.status_code == 409 and "version_changed" in answer.text
    assert "Carl Clerk set lines.1.quantity to “15”" in answer.text and 'data-do="reload"' in answer.text
    assert state_of(desk, case_id) is not CaseState.APPROVED


def test_an_order_that_lacks_something_is_not_approved(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    client.post(f"/cases/{case_id}/corrections", data={"version": 1, "path": "po_number", "value": ""}, headers=FRAGMENT)
    answer = client.post(f"/cases/{case_id}/approve", data={"version": 2}, headers=FRAGMENT)
    assert answer.status_code == 422 and "the PO number is missing" in answer.text


def test_a_case_is_one_persons_until_the_lease_ends(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    assert carl.post(f"/cases/{case_id}/claim").status_code == 204
    refused = anna.post(f"/cases/{case_id}/claim", headers=FRAGMENT)
    assert refused.status_code == 409 and "Carl Clerk" in refused.text
    page = anna.get(f"/cases/{case_id}").text
    assert "Carl Clerk has this case open" in page and "data-can-edit" not in page
    desk.hands.at = desk.now() + timedelta(minutes=6)
    assert anna.post(f"/cases/{case_id}/claim").status_code == 204
    assert "data-can-edit" in anna.get(f"/cases/{case_id}").text


def test_rejecting_wants_a_reason_and_can_be_taken_back(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    assert client.post(f"/cases/{case_id}/reject", data={"version": 1, "reason": " "}, headers=FRAGMENT).status_code == 422
    client.post(f"/cases/{case_id}/reject", data={"version": 1, "reason": "Cancelled by phone"}, headers=FRAGMENT)
    page = client.get(f"/cases/{case_id}").text
    assert "Cancelled by phone" in page and "data-can-edit" not in page
    assert client.post(f"/cases/{case_id}/reopen").headers["HX-Redirect"] == f"/cases/{case_id}"
    assert state_of(desk, case_id) is CaseState.NEEDS_REVIEW


def test_matching_again_gives_the_case_back_to_the_worker(desk: Desk, case_id: int, visit: Visit) -> None:
    assert visit("carl").post(f"/cases/{case_id}/match").status_code == 204
    assert state_of(desk, case_id) is CaseState.MATCHING and desk.hands.nudges == 1


def test_a_case_without_a_draft_says_why_it_is_where_it_is(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        message_id = add_message(desk, db, subject="Invoice")
        bare = add_bare_case(
            db, desk, message_id, state=CaseState.NOT_AN_ORDER, code="invoice", sentence="An invoice was sent to us.")
    page = visit("anna").get(f"/cases/{bare}").text
    assert "An invoice was sent to us." in page and "There is no draft yet" in page


def test_marks_that_take_no_room_are_written_out_wherever_a_code_is_shown(desk: Desk, visit: Visit) -> None:
    with desk.db.write() as db:
        case = add_bare_case(
            db, desk, add_message(desk, db, subject="Order"), po_number="4500\u202e12", state=CaseState.NEEDS_REVIEW)
    for page in (visit("vera").get("/").text, visit("vera").get(f"/cases/{case}").text):
        assert "4500⟦U+202E⟧12" in page and "\u202e" not in page


def test_cases_are_merged_and_split_from_the_page(desk: Desk, case_id: int, visit: Visit) -> None:
    other, client = add_pdf_case(desk, "PO-4712", ROWS[:2]), visit("carl")
    page = client.get(f"/cases/{other}").text
    assert 'data-do="regroup"' in page and 'name="document"' not in page
    merged = client.post(f"/cases/{other}/merge", data={"version": version_of(page), "into": case_id}, headers=FRAGMENT)
    assert (merged.status_code, merged.headers["HX-Redirect"]) == (204, f"/cases/{case_id}")
    assert state_of(desk, other) is CaseState.MERGED
    page = client.get(f"/cases/{case_id}").text
    documents = re.findall(r'<option value="(\d+)">', page.split('name="document"')[1])
    split = client.post(
        f"/cases/{case_id}/split", data={"version": version_of(page), "document": documents[-1]}, headers=FRAGMENT)
    assert (split.status_code, split.headers["HX-Redirect"]) == (204, f"/cases/{case_id}")
    assert 'name="document"' not in client.get(f"/cases/{case_id}").text
    refused = client.post(f"/cases/{case_id}/merge", data={"version": 99, "into": 999_999}, headers=FRAGMENT)
    assert refused.status_code == 404


def test_a_revised_order_is_shown_against_the_one_it_revises(desk: Desk, visit: Visit, case_id: int) -> None:
    number, part, text, _, unit, price = ROWS[0]
    revised = add_pdf_case(desk, "PO-4711", [(number, part, text, "77", unit, price), ROWS[2]])
    page = visit("anna").get(f"/cases/{revised}").text
    table = page.split('<section class="changes"')[1].split("</section>")[0]
    assert f'<a href="/cases/{case_id}">case {case_id}</a>' in table
    assert re.findall(r'<tr class="is-(\w+)">', table) == ["changed", "removed", "added"]
    assert re.search(r"<del>\d+ \w+</del>.*<ins>77 \w+</ins>", table, re.S)
    assert 'class="changes"' not in visit("anna").get(f"/cases/{case_id}").text


def test_the_catalogue_tells_price_stock_and_what_the_customer_bought(desk: Desk, case_id: int, visit: Visit) -> None:
    with desk.db.write() as db:
        place = LocationRow(code="MAIN", name="Main warehouse")
        db.add(place)
        db.flush()
        db.add(StockLevelRow(item_id=desk.ids["HEX-M10-40"], location_id=place.id, on_hand=40, reserved=4, safety=0))
    page = visit("carl").get(f"/cases/{case_id}/choices", params={"path": "lines.2.item", "text": "HEX-M10"}).text
    assert "HEX-M10-40" in page and "0.172 EUR for one piece, 36 can be promised" in page
    assert "bought" not in page


def test_a_part_is_approved_on_the_page_and_the_rest_is_named_as_waiting(desk: Desk, case_id: int, visit: Visit) -> None:
    anna, carl = visit("anna"), visit("carl")
    assert carl.get(f"/cases/{case_id}/approval").status_code == 403
    form = anna.get(f"/cases/{case_id}/approval").text
    assert re.findall(r'name="ahead" value="(\w+)"( checked)?', form) == [("1", " checked"), ("2", "")]
    refused = anna.post(f"/cases/{case_id}/approval", data={"version": 1, "reason": "because"}, headers=FRAGMENT)
    assert (refused.status_code, "unknown_reason" in refused.text) == (422, True)
    answer = anna.post(f"/cases/{case_id}/approval", data={"version": 1, "ahead": ["1"], "reason": ""}, headers=FRAGMENT)
    assert answer.status_code == 204
    page = anna.get(f"/cases/{case_id}").text
    assert "1 line goes ahead; 1 line waits for review." in page and "Waits" in page
    assert desk.hands.nudges == 1


def test_a_second_person_is_asked_for_on_the_page(desk: Desk, case_id: int, visit: Visit) -> None:
    anna, adam = visit("anna"), visit("adam")
    assert "two_people_above" in adam.post("/approval/try", data={
        "line_confidence": "0.9", "sample_share": "0.05", "two_people_above": "10"}).text
    adam.post("/approval/save", data={"line_confidence": "0.9", "sample_share": "0.05", "two_people_above": "10"})
    assert anna.post(f"/cases/{case_id}/approval", data={"version": 1}, headers=FRAGMENT).status_code == 204
    assert "Anna Approver has approved this. Orders above 10.00 need two people" in adam.get(f"/cases/{case_id}").text
    again = anna.post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert (again.status_code, "second_approval_needed" in again.text) == (409, True)
    anna.post(f"/cases/{case_id}/release")
    assert adam.post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT).status_code == 204
    assert "Approved" in adam.get(f"/cases/{case_id}").text


def test_the_hints_on_the_page_name_the_keys_as_the_person_has_them(case_id: int, visit: Visit) -> None:
    client = visit("anna")
    page = client.get(f"/cases/{case_id}").text
    assert "Approve and open the next (A)" in page and "Leave the line out (X)" in page and "<kbd>A</kbd>" in page
    client.post("/account/keys", data={"approve": "q", "leave-out": "alt+shift+w", "next-doubt": "b"})
    page = client.get(f"/cases/{case_id}").text
    assert "Approve and open the next (Q)" in page and "<kbd>Q</kbd>" in page and "<kbd>A</kbd>" not in page
    assert "Leave the line out (Alt Shift W)" in page and "<kbd>B</kbd> next" in page
    assert "Leave the line out (X)" in visit("carl").get(f"/cases/{case_id}").text


def test_every_value_of_a_change_of_many_can_be_given_back(desk: Desk, visit: Visit) -> None:
    rows = [(str(n * 10), "AC-4471", "Nitrile gloves size M", str(n), "BX", "7.90") for n in range(1, 16)]
    case = add_pdf_case(desk, "PO-4790", rows)
    client = visit("carl")
    version = version_of(client.get(f"/cases/{case}").text)
    fill = '{"kind": "fill", "source": "1", "field": "quantity"}'
    made = client.post(f"/cases/{case}/rows", data={"version": version, "change": fill}, headers=FRAGMENT)
    history = client.get(f"/cases/{case}/history", headers=FRAGMENT).text
    assert history.count('data-do="revert"') == 14 and "and 2 more values" in history and "lines.15.quantity" in history
    back = {"version": version_of(made.text), "made": version_of(made.text), "path": "lines.15.quantity"}
    assert client.post(f"/cases/{case}/revert", data=back, headers=FRAGMENT).status_code == 200
    with desk.db.read() as db:
        lines = Cases(db).draft(case).lines
    assert lines[14].quantity and lines[14].quantity.value == 15 and lines[13].quantity and lines[13].quantity.value == 1


def test_charges_are_shown_added_changed_and_removed_on_the_page(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    page = client.get(f"/cases/{case_id}").text

    def set_value(path: str, value: str) -> str:
        sent = {"version": version_of(page), "path": path, "value": value, "typed": "true"}
        answer = client.post(f"/cases/{case_id}/corrections", data=sent, headers=FRAGMENT)
        assert answer.status_code == 200, answer.text
        return answer.text

    page = set_value("charges.new", "charge")
    assert "Type the amount, or remove it." in page
    page = set_value("charges.charge-1.name", "Crate")
    page = set_value("charges.charge-1.amount", "12.50")
    assert "Type the amount, or remove it." not in page and 'value="Crate"' in page and 'value="12.50"' in page
    assert 'data-set="charges.charge-1.counts" data-value="no"' in page
    assert "Crate" not in set_value("charges.charge-1.state", "removed")
