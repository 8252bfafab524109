"""Lists and searches over both kinds of database: what waits first, what is found, what comes next."""

from __future__ import annotations

from datetime import timedelta

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


def test_a_held_case_is_passed_over_when_the_next_is_opened(desk: Desk, case_id: int, visit: Visit) -> None:
    held, free = add_pdf_case(desk, "PO-HELD", ROWS[:2]), add_pdf_case(desk, "PO-FREE", ROWS[:2])
    set_case(desk, held, cost=99.0)
    visit("carl").post(f"/cases/{held}/claim")
    answer = visit("anna").post(f"/cases/{case_id}/approve", data={"version": 1}, headers=FRAGMENT)
    assert answer.headers["HX-Redirect"] == f"/cases/{free}?after={case_id}"
