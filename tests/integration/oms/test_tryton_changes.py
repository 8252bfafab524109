"""Changes, cancellations and shipments of ours in a real Tryton: in its own ways, once, and in words where it is too late."""

from __future__ import annotations

import signal
from decimal import Decimal
from typing import Any

import pytest

from models.domain.states import OutboxState
from oms.erp.compare import SaleState
from oms.erp.errors import ErpRefused
from oms.erp.port import Noun
from tests.support.tryton import sale_message
from tests.support.tryton_house import House

pytestmark = pytest.mark.slow
FEWER = [
    {"sku": "BRK-100", "quantity": "50", "uom": "H87", "unit_price": "3.90", "amount": "195.00", "base_quantity": "50",
     "cancelled": "0", "description": "Bracket"},
    {"sku": "VLV-20", "quantity": "2", "uom": "XBX", "unit_price": "170.10", "amount": "340.20", "base_quantity": "20",
     "cancelled": "10", "description": "Valve"}]
"""Half the brackets, and one of the two boxes cancelled: 195.00 + 170.10."""


def place(house: House, **other: Any) -> None:
    house.erp().submit(sale_message(house.order_no, **other), key=house.key("so:1:1"))


def change(house: House, revision: int = 2, lines: Any = FEWER) -> str:
    message = sale_message(house.order_no, kind="sales_order.changed", lines=lines, total="535.20")
    return house.erp().submit(message, key=house.key(f"so-change:1:{revision}"))


def cancel(house: House) -> str:
    message = {"kind": "sales_order.cancelled", "order_no": house.order_no, "reason": "Not needed."}
    return house.erp().submit(message, key=house.key("so-cancel:1"))


def send(house: House, number: str, **quantities: str) -> str:
    lines = [{"sku": sku.replace("_", "-"), "quantity": quantity} for sku, quantity in quantities.items()]
    message = {
        "kind": "shipment.shipped", "order_no": house.order_no, "shipment_no": number, "tracking_number": "T9", "lines": lines}
    return house.erp().submit(message, key=house.key(f"shipment:{number}"))


def sales(house: House) -> list[tuple[SaleState, str]]:
    """How far the sales are, the oldest first, and what they come to."""
    return [(x.state, f"{x.total:f}") for x in house.erp().sales(house.at.replace(year=2000))]


def test_a_processed_sale_of_which_nothing_left_is_replaced_by_the_order_as_it_is(house: House) -> None:
    place(house)
    assert change(house) == change(house)
    assert sales(house) == [(SaleState.CANCELLED, "730.20"), (SaleState.PLACED, "365.10")]
    assert house.tryton.sale(house.identity + "/so-change:1:2", "shipment_state")["shipment_state"] == "waiting"
    cancel(house)
    assert cancel(house) == "none"
    assert [state for state, _ in sales(house)] == [SaleState.CANCELLED] * 2


def test_a_sale_that_is_not_processed_is_rewritten(house: House) -> None:
    with pytest.raises(ErpRefused, match="the order says 1"):
        place(house, total="1")
    assert change(house) == change(house)
    assert sales(house) == [(SaleState.PLACED, "365.10")]
    lines = house.tryton.sale(house.identity, "lines")["lines"]
    assert [x["quantity"] for x in house.tryton.call("model.sale.line.read", lines, ["quantity"])] == [50.0, 1.0]


def test_a_sale_that_is_a_draft_is_cancelled(house: House) -> None:
    with pytest.raises(ErpRefused):
        place(house, total="1")
    cancel(house)
    assert sales(house) == [(SaleState.CANCELLED, "730.20")]


def test_our_shipments_are_done_there_once_and_known_when_tryton_tells_of_them(house: House) -> None:
    place(house)
    first = send(house, "SH-000001", BRK_100="60", VLV_20="10")
    assert first == send(house, "SH-000001", BRK_100="60", VLV_20="10")
    assert send(house, "SH-000002", BRK_100="40", VLV_20="10") != first
    told = house.erp().pull(Noun.SHIPMENTS, None).rows
    assert {(row["tracking"], row["sku"], row["quantity"], row["state"]) for row in told} == {
        ("SH-000001 T9", "BRK-100", "60", "delivered"), ("SH-000001 T9", "VLV-20", "10", "delivered"),
        ("SH-000002 T9", "BRK-100", "40", "delivered"), ("SH-000002 T9", "VLV-20", "10", "delivered")}
    with pytest.raises(ErpRefused) as refused:
        send(house, "SH-000003", BRK_100="1")
    assert refused.value.code == "erp_no_shipment"


def test_when_a_part_has_left_the_desk_is_told_what_to_do(house: House) -> None:
    place(house)
    send(house, "SH-000001", BRK_100="60")
    for doing in (change, cancel):
        with pytest.raises(ErpRefused) as refused:
            doing(house)
        assert refused.value.code == "erp_too_late" and "there, then give this message up" in refused.value.sentence
    assert sales(house) == [(SaleState.PLACED, "730.20")]


def test_what_a_warehouse_is_at_is_not_taken_from_it(house: House) -> None:
    place(house)
    (shipment,) = house.tryton.sale(house.identity, "shipments")["shipments"]
    for button in ("assign_force", "pick"):
        house.tryton.call(f"model.stock.shipment.out.{button}", [shipment])
    with pytest.raises(ErpRefused, match=r"is picked\. Stop it there"):
        cancel(house)


def test_an_exchange_free_of_charge_is_a_sale_like_any_other(house: House) -> None:
    lines = [x | {"unit_price": "0", "amount": "0"} for x in sale_message("x")["lines"]]
    key = house.add(key="so-exchange:7", lines=lines, total="0")
    house.drain()
    assert house.row(key).state is OutboxState.SENT
    assert sales(house) == [(SaleState.PLACED, f"{Decimal(0):.2f}")]


def test_trytons_refusal_of_a_right_is_told_in_its_words(house: House) -> None:
    """A user who may log in, but enter no sale."""
    users = house.tryton.call("model.res.user.search", [["login", "=", "guest"]])
    if not users:
        company = house.tryton.call("model.company.company.search", [])[0]
        house.tryton.call("model.res.user.create", [{
            "name": "Guest", "login": "guest", "password": "a-long-guest-password", "companies": [["add", [company]]],
            "company": company}])
    key = house.add()
    house.drain(house.tryton.access(user="guest", password="a-long-guest-password"))
    row = house.row(key)
    assert (row.state, row.code) == (OutboxState.FAILED, "erp_refused")
    assert "not allowed" in str(row.sentence) and str(row.sentence).startswith("Tryton refuses: ")


@pytest.mark.torture
@pytest.mark.parametrize("kind, point, left", [
    ("sales_order.changed", "tryton.withdrawn:1", [SaleState.CANCELLED, SaleState.PLACED]),
    ("sales_order.changed", "tryton.changed:1", [SaleState.CANCELLED, SaleState.PLACED]),
    ("sales_order.cancelled", "tryton.withdrawn:1", [SaleState.CANCELLED]),
])
def test_killed_in_the_middle_it_is_finished_once(house: House, kind: str, point: str, left: list[SaleState]) -> None:
    house.add()
    house.drain()
    key = house.add(key="so-second:1", kind=kind, lines=FEWER, total="535.20")
    assert house.work("first", "nobody", point) == -signal.SIGKILL
    assert house.work("second", "first") == 0
    assert ([state for state, _ in sales(house)], house.row(key).state) == (left, OutboxState.SENT)


@pytest.mark.torture
def test_a_shipment_that_was_killed_in_the_middle_leaves_once(house: House) -> None:
    house.add()
    house.drain()
    goods = [{"sku": "BRK-100", "quantity": "60"}]
    key = house.add(key="shipment:1", kind="shipment.shipped", lines=goods, shipment_no="SH-000001", tracking_number=None)
    assert house.work("first", "nobody", "tryton.filled:1") == -signal.SIGKILL
    assert house.work("second", "first") == 0
    told = [(row["sku"], row["quantity"]) for row in house.erp().pull(Noun.SHIPMENTS, None).rows]
    assert (told, house.row(key).state) == ([("BRK-100", "60")], OutboxState.SENT)
