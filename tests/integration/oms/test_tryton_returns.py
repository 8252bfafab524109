"""Returned goods in a real Tryton: one return shipment that is done, and the stock is there again."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from models.domain.states import OutboxState
from oms.erp import payload
from oms.erp.errors import ErpRefused
from oms.erp.port import Noun
from tests.support.tryton_house import House

pytestmark = pytest.mark.slow
KEY = "return:RMA-000001"


def returned(**other: Any) -> dict[str, Any]:
    message: dict[str, Any] = {
        "kind": payload.RETURNED, "return_no": "RMA-000001", "order_no": "SO-000001", "customer_no": "C-1001", "location": "WH",
        "closed_on": "2031-01-02", "lines": [{"sku": "BRK-100", "quantity": "5"}, {"sku": "VLV-20", "quantity": "2"}]}
    return message | other


def stock(house: House) -> dict[str, float]:
    """What lies there as Tryton itself counts it: below nothing too, for other tests ship from the same shelf."""
    (place,) = house.tryton.call(
        "model.stock.location.search_read", [["type", "=", "warehouse"]], 0, None, None, ["storage_location"])
    today = house.tryton.call("model.ir.date.today")
    rows = house.tryton.call(
        "model.product.product.search_read", [["code", "in", ["BRK-100", "VLV-20"]]], 0, None, None, ["code", "quantity"],
        locations=[place["storage_location"]], stock_date_end=today, with_childs=True)
    return {row["code"]: row["quantity"] for row in rows}


def shipments(house: House) -> list[dict[str, Any]]:
    domain = [["comment", "like", f"%return [{house.identity}/%"]]
    sales = house.tryton.call("model.sale.sale.search_read", domain, 0, None, None, ["shipment_returns", "invoices", "reference"])
    assert all(sale["reference"].startswith("RMA-") and not sale["invoices"] for sale in sales)
    ids = [shipment for sale in sales for shipment in sale["shipment_returns"]]
    return list(house.tryton.call("model.stock.shipment.out.return.read", ids, ["state"]))


def test_returned_goods_are_in_trytons_stock_once(house: House) -> None:
    before, key, erp = stock(house), house.key(KEY), house.erp()
    assert erp.find(key) is None
    number = erp.submit(returned(), key=key)
    assert (erp.submit(returned(), key=key), erp.find(key)) == (number, number)
    assert [x["state"] for x in shipments(house)] == ["done"]
    after = stock(house)
    assert {sku: after[sku] - quantity for sku, quantity in before.items()} == {"BRK-100": 5, "VLV-20": 2}
    since = house.at.replace(year=2000)
    assert (list(erp.pull(Noun.SHIPMENTS, None).rows), list(erp.sales(since)), list(erp.credits(since))) == ([], [], [])


def test_a_location_that_tryton_does_not_know_is_its_usual_warehouse_and_unknown_goods_are_refused(house: House) -> None:
    house.erp().submit(returned(location="ELSEWHERE"), key=house.key(KEY))
    with pytest.raises(ErpRefused) as refused:
        house.erp().submit(returned(lines=[{"sku": "NO-1", "quantity": "1"}]), key=house.key("return:RMA-000002"))
    assert refused.value.code == "erp_unknown_item"
    assert [x["state"] for x in shipments(house)] == ["done"]


@pytest.mark.torture
@pytest.mark.parametrize("point", ["tryton.returned:1", "erp.delivered:1", "outbox.noted:1"])
def test_killed_there_and_taken_over_there_is_one_shipment(house: House, point: str) -> None:
    message = returned()
    message.pop("order_no")
    key = house.add(key=KEY, **message)
    assert house.work("first", "nobody", point) == -signal.SIGKILL
    assert house.work("second", "first") == 0
    assert ([x["state"] for x in shipments(house)], house.row(key).state) == (["done"], OutboxState.SENT)
