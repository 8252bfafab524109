"""Returns and invoices on screen: from goods at the door to money that went back."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from models.domain.stock import Tracking
from models.tables.inventory import LotRow
from models.tables.items import ItemRow
from oms.returns.requests import Wanted, approve_return, request_return
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk
from tests.support.shipments import Sold, sell, send

HTMX = {"HX-Request": "true"}


@pytest.fixture
def sold(desk: Desk) -> Sold:
    with desk.db.write() as db:
        order = sell(db, [("10", "25.00"), ("4", "9.99")], tax="7.00")
        send(db, order, [10, 4])
    return order


def key(page: str) -> str:
    return re.findall(r'name="key" value="([^"]+)"', page)[0]


def act(client: TestClient, path: str, **fields: object) -> str:
    answer = client.post(path, data=fields, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_shipment_waits_for_its_invoice_and_is_billed_paid_and_paid_back(visit: Visit, sold: Sold) -> None:
    anna = visit("anna")
    assert "Shipped and not billed" in anna.get("/invoices").text
    for _ in range(2):
        assert anna.post("/invoices", data={"shipment": "1"}).status_code == 303
    listed = anna.get("/invoices").text
    assert "IN-000001" in listed and "Shipped and not billed" not in listed and "IN-000002" not in listed
    page = anna.get("/invoices/IN-000001").text
    for _ in range(2):                                  # a double click
        paid = act(anna, "/invoices/IN-000001/payments", amount="41.99", key=key(page))
    assert "Paid</span>" in paid and paid.count("<td>Payment</td>") == 1
    credited = act(anna, "/invoices/IN-000001/credits", line=[1, 2], quantity=["2", ""], reason="Dented", key="k" * 16)
    assert "CM-000001" in credited and "6.00 EUR" in credited
    assert "Owed to the customer" in credited
    refunded = act(anna, "/invoices/IN-000001/refunds", amount="6", key="r" * 16)
    assert "To be sent" in refunded
    assert "Sent to the bank" in act(anna, "/refunds/1/state", state="submitted")
    above = anna.post("/invoices/IN-000001/refunds", data={"amount": "100", "key": "s" * 16}, headers=HTMX)
    assert above.status_code == 422 and "above_limit" in above.text
    assert anna.get("/invoices/IN-000001/pdf").content.startswith(b"%PDF")
    assert 'formaction="/invoices/papers/credits"' in anna.get("/invoices").text
    for kind in ("invoices", "credits"):
        assert anna.get(f"/invoices/papers/{kind}", params={"number": "IN-000001"}).content.startswith(b"%PDF")
    assert anna.get("/credit-memos/CM-000001/pdf").content.startswith(b"%PDF")


def test_a_return_from_the_request_to_the_close(visit: Visit, sold: Sold) -> None:
    anna = visit("anna")
    anna.post("/invoices", data={"shipment": "1"})
    order = re.findall(r"SO-\d+", anna.get("/invoices/IN-000001").text)[0]
    assert "Can come back" in anna.get(f"/returns/new?order={order}").text
    made = anna.post("/returns", data={
        "order": order, "reason": "Wrong size", "line": [str(i) for i in sold.line_ids],
        "item": [str(i) for i in sold.shop.item_ids], "quantity": ["3", ""]})
    assert made.headers["location"] == "/returns/RMA-000001"
    here = "/returns/RMA-000001"
    assert "Why not?" in anna.get(here).text
    assert "What came" in act(anna, f"{here}/answer", verdict="approve", fee="0,50")
    page = act(anna, f"{here}/receive", line=1, quantity="3")
    assert "Wrong item" in page
    page = act(anna, f"{here}/inspections", line=1, quantity="2", grade="new")
    page = act(anna, f"{here}/inspections", line=1, quantity="1", grade="damaged", disposition="scrap", outcome="credit")
    assert "To close" in page
    assert "To inspect" in act(anna, f"{here}/withdraw", inspection=2)
    act(anna, f"{here}/inspections", line=1, quantity="1", grade="opened", note="<b>torn</b>")
    closed = act(anna, f"{here}/close")
    assert "Closed" in closed and "CM-000001" in closed and "&lt;b&gt;torn" in closed
    assert "RMA-000001" in anna.get("/returns?view=done").text and "RMA-000001" not in anna.get("/returns").text


def test_goods_without_a_paper_are_taken_in_and_matched(visit: Visit, sold: Sold) -> None:
    carl = visit("carl")
    made = carl.post("/returns/blind", data={"customer_no": "C-1", "sku": "WID-1", "quantity": "2", "reason": "?"})
    here = made.headers["location"]
    assert "Which order is it of?" in carl.get(here).text
    page = act(carl, f"{here}/match", order="SO-900000")
    assert "SO-900000" in page and "Which order is it of?" not in page
    wrong = carl.post("/returns/blind", data={"customer_no": "C-1", "sku": "NOPE", "quantity": "2", "reason": "?"}, headers=HTMX)
    assert wrong.status_code == 404 and "Read the label again" in wrong.text


def test_a_viewer_sees_no_buttons(visit: Visit, sold: Sold) -> None:
    visit("anna").post("/invoices", data={"shipment": "1"})
    vera = visit("vera")
    for path in ("/returns", "/invoices", "/invoices/IN-000001"):
        page = vera.get(path).text
        assert "hx-post" not in page.split("<main")[1]


def test_several_returns_are_approved_and_received_at_once_and_a_refusal_stops_no_other(
    visit: Visit, desk: Desk, sold: Sold,
) -> None:
    with desk.db.write() as db:
        for line in sold.line_ids:
            request_return(db, order_id=sold.order_id, lines=[Wanted(Decimal(2), line)], reason="Too many.", actor="Ann")
    both, carl, anna = ["RMA-000001", "RMA-000002"], visit("carl"), visit("anna")
    assert "/returns/all/approve" not in carl.get("/returns").text and "data-choose" not in visit("vera").get("/returns").text
    assert anna.get("/returns").text.count("data-needs-chosen") == 2
    assert "Choose at least one return" in carl.post("/returns/all/receive", headers=HTMX).text
    assert "1 approved" in act(anna, "/returns/all/approve", chosen=both[:1])
    told = act(anna, "/returns/all/approve?view=all", chosen=both)
    assert "1 approved" in told and "this can be done while it is requested" in told
    assert "2 received" in act(carl, "/returns/all/receive", chosen=both)
    assert "is here whole" in act(carl, "/returns/all/receive", chosen=both)
    assert "data-choose" not in carl.get("/returns?view=done").text


def test_serial_numbers_are_judged_with_commas_between(visit: Visit, desk: Desk, sold: Sold) -> None:
    item = sold.shop.item_ids[1]
    with desk.db.write() as db:
        db.execute(update(ItemRow).where(ItemRow.id == item).values(tracking=Tracking.SERIAL))
        db.add_all([LotRow(item_id=item, code=code, is_serial=True) for code in ("SN-1", "SN-2")])
        made = request_return(
            db, order_id=sold.order_id, lines=[Wanted(Decimal(2), sold.line_ids[1])], reason="x", actor="Ann")
        approve_return(db, made, actor="Ann")
    anna = visit("anna")
    page = act(anna, f"/returns/RMA-{made:06d}/receive", line=[1], quantity=["2"])
    assert "Serial numbers, with commas between" in page
    judged = act(anna, f"/returns/RMA-{made:06d}/inspections", line=1, quantity="2", grade="new", lot="SN-1, SN-2")
    assert "\u00b7 SN-1" in judged and "\u00b7 SN-2" in judged
