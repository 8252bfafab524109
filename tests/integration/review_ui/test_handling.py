"""Around one case: put off, taken over, set aside, commented with a name, and what a visit took."""

from __future__ import annotations

import re

from sqlalchemy import select

from models.domain.states import CaseState
from models.tables.cases import CaseRow
from models.tables.desk import CaseVisitRow
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_pdf_case
from tests.support.desk_documents import ROWS

FRAGMENT = {"HX-Request": "true"}


def state_of(desk: Desk, case_id: int) -> CaseState:
    with desk.db.read() as db:
        return db.execute(select(CaseRow.state).where(CaseRow.id == case_id)).scalar_one()


def test_a_case_is_put_off_and_the_next_one_comes(desk: Desk, case_id: int, visit: Visit) -> None:
    other, client = add_pdf_case(desk, "PO-4712", ROWS[:2]), visit("carl")
    answer = client.post(f"/cases/{case_id}/snooze", data={"until": "week"}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"] == f"/cases/{other}?after={case_id}"
    assert "PO-4711" not in client.get("/").text and "PO-4711" in client.get("/?view=off").text
    refused = client.post(f"/cases/{other}/snooze", data={"until": "2001-01-01"}, headers=FRAGMENT)
    assert refused.status_code == 422 and "moment_passed" in refused.text


def test_a_case_somebody_has_open_is_taken_over(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    carl.post(f"/cases/{case_id}/claim")
    assert 'data-do="take-over"' in anna.get(f"/cases/{case_id}").text
    assert anna.post(f"/cases/{case_id}/take-over", headers=FRAGMENT).headers["HX-Redirect"] == f"/cases/{case_id}"
    assert "data-can-edit" in anna.get(f"/cases/{case_id}").text
    assert "Anna Approver has this case open" in carl.get(f"/cases/{case_id}").text


def test_no_order_and_a_duplicate_end_the_case_with_the_reason(desk: Desk, case_id: int, visit: Visit) -> None:
    other, client = add_pdf_case(desk, "PO-4712", ROWS[:2]), visit("anna")
    client.post(f"/cases/{other}/duplicate", data={"version": 1, "of": case_id}, headers=FRAGMENT)
    page = client.get(f"/cases/{other}").text
    assert state_of(desk, other) is CaseState.DUPLICATE
    assert f"the same order as case {case_id}" in page and f'href="/cases/{case_id}"' in page
    client.post(f"/cases/{case_id}/not-an-order", data={"version": 1}, headers=FRAGMENT)
    assert state_of(desk, case_id) is CaseState.NOT_AN_ORDER


def test_a_case_that_is_no_order_teaches_its_form_unless_that_is_declined(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    shown = client.get(f"/cases/{case_id}/lessons/no-order", headers=FRAGMENT).text
    assert "This form is no order, whatever it looks like" in shown and 'name="teach" checked' in shown
    assert client.get("/cases/999999/lessons/no-order", headers=FRAGMENT).status_code == 404
    client.post(f"/cases/{case_id}/not-an-order", data={"version": 1, "teach": "false"}, headers=FRAGMENT)
    assert "This form is no order" not in client.get("/learned").text
    other = add_pdf_case(desk, "PO-4712", ROWS[:2])
    client.post(f"/cases/{other}/not-an-order", data={"version": 1, "teach": "true"}, headers=FRAGMENT)
    assert "This form is no order" in client.get("/learned").text and "Anna Approver" in client.get("/learned").text


def test_a_comment_names_somebody_who_finds_the_case_as_theirs(case_id: int, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    assert "PO-4711" not in anna.get("/?mine=true").text
    said = carl.post(
        f"/cases/{case_id}/comments", headers=FRAGMENT,
        data={"text": "<b>Is this</b> price agreed, @anna? mail carl@anna.example", "path": "lines.2.unit_price"})
    assert "&lt;b&gt;Is this" in said.text and "lines.2.unit_price" in said.text and "Carl Clerk" in said.text
    assert "PO-4711" in anna.get("/?mine=true").text and "PO-4711" not in carl.get("/?mine=true").text
    comment = re.findall(r'data-resolve="(\d+)"', said.text)[0]
    settled = anna.post(f"/cases/{case_id}/comments/{comment}/resolve", headers=FRAGMENT)
    assert "Settled by Anna Approver" in settled.text and "PO-4711" not in anna.get("/?mine=true").text
    assert carl.post(f"/cases/{case_id}/comments", data={"text": " "}, headers=FRAGMENT).status_code == 422
    assert carl.post(f"/cases/{case_id}/comments/99/resolve", headers=FRAGMENT).status_code == 404


def test_what_a_visit_took_is_kept(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("carl")
    assert client.post(f"/cases/{case_id}/visit", data={"keys": 3, "clicks": 1, "seconds": "12.5"}).status_code == 204
    assert client.post(f"/cases/{case_id}/visit", data={"keys": -1}, headers=FRAGMENT).status_code == 422
    with desk.db.read() as db:
        row = db.execute(select(CaseVisitRow)).scalar_one()
    assert (row.keys, row.clicks, row.active_seconds) == (3, 1, 12.5)


def test_what_was_typed_and_never_saved_is_seen_by_whoever_takes_over(desk: Desk, case_id: int, visit: Visit) -> None:
    carl, anna = visit("carl"), visit("anna")
    carl.post(f"/cases/{case_id}/claim")
    for typed in ("1", "12", "12.5<b>"):
        sent = {"path": "lines.2.quantity", "version": 1, "value": typed}
        assert carl.post(f"/cases/{case_id}/unsaved", data=sent).status_code == 204
    refused = carl.post(f"/cases/{case_id}/unsaved", data={"path": "colour", "version": 1, "value": "red"}, headers=FRAGMENT)
    assert (refused.status_code, "unknown_path" in refused.text) == (422, True)
    anna.post(f"/cases/{case_id}/take-over", headers=FRAGMENT)
    page = anna.get(f"/cases/{case_id}").text
    assert page.count('data-do="drop-unsaved"') == 1
    assert "12.5&lt;b&gt;" in page and "Carl Clerk" in page.split('id="unsaved"')[1]
    saved = anna.post(
        f"/cases/{case_id}/corrections", data={"version": 1, "path": "lines.2.quantity", "value": "12.5"}, headers=FRAGMENT)
    assert 'id="unsaved"' not in saved.text
    carl.post(f"/cases/{case_id}/unsaved", data={"path": "po_number", "version": 1, "value": "PO-9"})
    dropped = anna.post(f"/cases/{case_id}/unsaved/drop", data={"path": "po_number"}, headers=FRAGMENT)
    assert dropped.status_code == 200 and 'id="unsaved"' not in dropped.text
