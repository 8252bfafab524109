"""Lists and searches over both kinds of database: what waits first, what is found, what comes next."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from models.domain.states import CaseState
from models.tables.people import UserRow
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.desk_cases import add_pdf_case, set_case
from tests.support.desk_documents import ROWS

FRAGMENT = {"HX-Request": "true"}
CHOICES = (
    ("lines.1.item", "", "GLV-100-M"),
    ("lines.1.item", "hexagon bolt M10", "HEX-M10-40"),
    ("lines.1.item", "hex-m8", "HEX-M8-40"),
    ("lines.1.item", "ac-9082", "HEX-M8-40"),
    ("lines.new", "work lamp", "LAMP-230"),
    ("lines.new", "engraving", "Add “engraving” without an item"),
    ("customer", "dental", "C-1001 · Ashcroft Dental Care"),
    ("ship_to", "mill lane", "WEST · Ashcroft West"),
    ("lines.1.item", "%", "Nothing fits “%”"),
)


def test_master_data_is_found_where_a_value_is_chosen(case_id: int, visit: Visit) -> None:
    client = visit("carl")
    for path, text, expected in CHOICES:
        answer = client.get(f"/cases/{case_id}/choices", params={"path": path, "text": text}, headers=FRAGMENT)
        assert answer.status_code == 200 and expected in answer.text, (path, text)


def test_the_queue_puts_the_dearest_doubt_first_and_then_the_oldest(desk: Desk, case_id: int, visit: Visit) -> None:
    dear, old = add_pdf_case(desk, "PO-DEAR", ROWS[:2]), add_pdf_case(desk, "PO-OLD", ROWS[:2])
    set_case(desk, dear, cost=99.0)
    set_case(desk, case_id, cost=1.0)
    set_case(desk, old, cost=1.0, received_at=desk.now() - timedelta(days=2))
    page = visit("vera").get("/").text
    assert page.index("PO-DEAR") < page.index("PO-OLD") < page.index("PO-4711")
    assert "2 d" in page and "To review <span class=\"count\">3</span>" in page


def test_the_queue_is_searched_by_customer_po_number_and_sender(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("vera")
    for text in ("ASHCROFT", "po-47", "orders@ashcroft-dental"):
        assert "PO-4711" in client.get("/", params={"text": text}).text
    for text in ("nobody", "%", "_"):
        assert "Nothing fits" in client.get("/", params={"text": text}).text


def test_a_search_looks_everywhere_and_says_in_which_view_it_found_what(desk: Desk, case_id: int, visit: Visit) -> None:
    set_case(desk, case_id, state=CaseState.REJECTED)
    client = visit("vera")
    assert "PO-4711" not in client.get("/").text and "Everywhere" not in client.get("/").text
    page = client.get("/", params={"text": "po-47"}).text
    assert "PO-4711" in page and 'Everywhere <span class="count">1</span>' in page
    assert 'Set aside <span class="count">1</span>' in page and 'To review <span class="count">0</span>' in page
    assert "PO-4711" not in client.get("/", params={"text": "po-47", "view": "review"}).text


def test_a_held_case_is_passed_over_when_the_next_is_opened(desk: Desk, case_id: int, visit: Visit) -> None:
    held, free = add_pdf_case(desk, "PO-HELD", ROWS[:2]), add_pdf_case(desk, "PO-FREE", ROWS[:2])
    set_case(desk, held, cost=99.0)
    visit("carl").post(f"/cases/{held}/claim")
    answer = visit("anna").post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"] == f"/cases/{free}?after={case_id}"


def case_boxes(page: str) -> list[str]:
    return re.findall(r'name="cases" value="(\d+)"', page)


def undo_fields(notice: str) -> dict[str, object]:
    fields = re.findall(r'name="(action|value|entry)" value="([^"]*)"', notice)
    return {"action": dict(fields)["action"], "value": dict(fields)["value"], "entry": [v for n, v in fields if n == "entry"]}


def test_one_thing_is_done_to_several_cases_and_taken_back(desk: Desk, case_id: int, visit: Visit) -> None:
    other, client = add_pdf_case(desk, "PO-4712", ROWS[:2]), visit("anna")
    both = {"cases": [case_id, other]}
    steps = (
        ("snooze", {"until": "tomorrow"}, "/?view=off"), ("tag", {"tag": "ask Bob"}, "/?tag=ask+Bob"),
        ("assign", {"to": desk_user(desk, "anna")}, "/?mine=true"), ("reject", {"reason": "twice"}, "/?view=aside"))
    for action, fields, where in steps:
        assert case_boxes(client.get(where).text) == [], action
        notice = client.post(f"/queue/{action}", data=both | fields, headers=FRAGMENT)
        assert notice.status_code == 200 and "2 cases were" in notice.text
        assert sorted(case_boxes(client.get(where).text)) == sorted(map(str, both["cases"])), action
        undone = client.post("/queue/undo", data=undo_fields(notice.text), headers=FRAGMENT)
        assert "2 cases are as they were" in undone.text
        assert case_boxes(client.get(where).text) == [], action
    notice = client.post("/queue/priority", data=both | {"priority": 2}, headers=FRAGMENT)
    assert client.get("/").text.count("urgent</span>") == 2
    client.post("/queue/undo", data=undo_fields(notice.text), headers=FRAGMENT)
    assert "urgent</span>" not in client.get("/").text


def test_what_cannot_be_done_to_several_is_refused_in_words(desk: Desk, case_id: int, visit: Visit) -> None:
    client = visit("anna")
    for action, fields, code in (
        ("snooze", {"until": "soon"}, "not_a_date"), ("tag", {"tag": " "}, "bad_tag"), ("reject", {}, "missing_reason"),
        ("undo", {"action": "x", "entry": "1=2"}, "unknown_value"), ("undo", {"action": "tag", "entry": "x"}, "bad_entry")):
        answer = client.post(f"/queue/{action}", data={"cases": [case_id]} | fields, headers=FRAGMENT)
        assert answer.status_code == 422 and code in answer.text, action
    assert "Nothing was changed" in client.post("/queue/tag", data={"tag": "x", "cases": [99]}, headers=FRAGMENT).text


def test_a_view_is_kept_shared_and_removed(visit: Visit) -> None:
    anna, carl = visit("anna"), visit("carl")
    for name, shared in (("mine only", ""), ("for all", "true")):
        data = {"name": name, "query": "sort=due&down=false", "shared": shared or "false"}
        assert anna.post("/views", data=data, headers=FRAGMENT).headers["HX-Redirect"] == "/?sort=due&down=false"
    assert "mine only" in anna.get("/").text
    page = carl.get("/").text
    assert "for all" in page and "mine only" not in page and "data-remove-view" not in page
    view = re.findall(r'data-remove-view="(\d+)"', anna.get("/").text)[0]
    carl.post(f"/views/{view}/remove", headers=FRAGMENT)
    assert "for all" in anna.get("/").text
    anna.post(f"/views/{view}/remove", headers=FRAGMENT)
    assert "for all" not in anna.get("/").text


def test_a_viewer_chooses_nothing(case_id: int, visit: Visit) -> None:
    page = visit("vera").get("/").text
    assert "PO-4711" in page and case_boxes(page) == [] and 'id="bulk"' not in page


def desk_user(desk: Desk, login: str) -> int:
    with desk.db.read() as db:
        return db.execute(select(UserRow.id).where(UserRow.login == login)).scalar_one()
