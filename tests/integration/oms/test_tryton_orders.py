"""Orders into a real Tryton: each becomes one confirmed sale, whatever breaks in between."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables import Base
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.adapters.tryton.rpc import TrytonAccess
from oms.erp.errors import ErpAway, ErpMisconfigured
from oms.erp.port import Noun
from oms.outbox import Dispatcher, Outbox
from runtime.clock import now
from runtime.db import Database
from tests.support.tcp_proxy import TcpProxy
from tests.support.tryton import PrivateTryton, sale_message
from tests.support.tryton_house import House

pytestmark = pytest.mark.slow
@pytest.fixture
def proxy(tryton: PrivateTryton) -> Iterator[TcpProxy]:
    with TcpProxy(tryton.port) as line:
        yield line


def test_an_order_becomes_a_confirmed_sale_with_the_customers_terms(house: House) -> None:
    second = house.tryton.call("model.party.address.search", [["party_name", "=", "Nordwind Werk 2"]])[0]
    key = house.add(ship_to=str(second))
    house.drain()
    (sale,) = house.sales()
    assert (sale["state"], f"{sale['untaxed_amount']:f}", sale["shipment_state"]) == ("processing", "730.20", "waiting")
    assert sale["payment_term."]["rec_name"] == "30 days net"
    assert sale["price_list."]["rec_name"] == "Contract Nordwind"
    assert sale["shipment_address"] == second
    row = house.row(key)
    assert (row.state, row.external_id, row.code) == (OutboxState.SENT, sale["number"], None)
    fields = ["product.code", "quantity", "unit.symbol", "unit_price"]
    lines = house.tryton.call("model.sale.line.read", sale["lines"], fields)
    assert {(x["product."]["code"], x["quantity"], x["unit."]["symbol"], f"{x['unit_price']:.2f}") for x in lines} == {
        ("BRK-100", 100.0, "u", "3.90"), ("VLV-20", 2.0, "XBX", "170.10")}


def test_the_same_message_again_changes_nothing(house: House) -> None:
    erp, key = house.erp(), house.key("so:twice")
    message = sale_message(house.order_no)
    assert erp.submit(message, key=key) == erp.submit(message, key=key)
    assert erp.find(key) == house.sales()[0]["number"]
    assert erp.find(key[:-1]) is None
    assert len(house.sales()) == 1


def test_two_installations_with_equal_numbers_and_keys_have_a_sale_each(house: House, tmp_path: Path) -> None:
    other_database = Database(f"sqlite:///{tmp_path / 'other.db'}")
    Base.metadata.create_all(other_database.engine)
    other = House(other_database, house.tryton)
    for one in (house, other):
        one.add()
        one.drain()
    (mine,), (theirs,) = house.sales(), other.sales()
    assert mine["number"] != theirs["number"]
    assert [there.number for there in house.erp().sales(now() - timedelta(days=1))] == [mine["number"]]
    house.tryton.ship(house.identity)
    told = {one.identity: [row["sku"] for row in one.erp().pull(Noun.SHIPMENTS, None).rows] for one in (house, other)}
    assert told == {house.identity: ["BRK-100", "VLV-20"], other.identity: []}
    other_database.close()


@pytest.mark.parametrize("answered", range(8))
def test_a_lost_answer_never_makes_a_second_sale(house: House, proxy: TcpProxy, answered: int) -> None:
    """The line breaks after so many answers: before, in and after the create, the quote and the confirmation."""
    key = house.add()
    access = house.tryton.access(port=proxy.port)
    erp = house.erp(access)
    calls, post = count(1), erp._rpc._post  # type: ignore[attr-defined]

    def cut(method: str, *arguments: Any, **keywords: Any) -> Any:
        if method.startswith("model.sale.sale.") and next(calls) > answered:
            proxy.cut_after(1)
        return post(method, *arguments, **keywords)

    erp._rpc._post = cut  # type: ignore[method-assign]
    dispatcher = Dispatcher(house.db, {Channel.ERP: house.sender(erp)}, "worker", clock=house._clock)
    house.at += timedelta(minutes=1)
    dispatcher.drain()
    first = house.row(key)
    proxy.cut_after(None)
    house.drain(times=2)
    (sale,) = house.sales()
    assert first.state in {OutboxState.UNKNOWN, OutboxState.PENDING}
    assert (sale["state"], house.row(key).state) == ("processing", OutboxState.SENT)


def test_while_tryton_is_down_nothing_is_lost_and_nothing_doubled(house: House, proxy: TcpProxy) -> None:
    proxy.refuse(True)
    key, access = house.add(), house.tryton.access(port=proxy.port)
    house.drain(access, times=4)                     # more than an hour
    row = house.row(key)
    assert (row.state in {OutboxState.PENDING, OutboxState.UNKNOWN}, row.code, row.tries) == (True, "erp_away", 4)
    proxy.refuse(False)
    house.drain(access)
    assert [sale["state"] for sale in house.sales()] == ["processing"]


def test_a_second_draft_from_a_late_call_is_deleted(house: House) -> None:
    """What a call leaves behind whose answer was given up on, and which Tryton finished all the same."""
    erp, key = house.erp(), house.key("so:late")
    message = sale_message(house.order_no)
    values = erp._orders._values.of(message, key)
    house.tryton.call("model.sale.sale.create", [values, values])
    erp.submit(message, key=key)
    assert [sale["state"] for sale in house.sales()] == ["processing"]


@pytest.mark.parametrize("wrong, code", [
    ({"customer_no": "C-9"}, "erp_unknown_customer"),
    ({"ship_to": "999"}, "erp_unknown_address"),
    ({"ship_to_text": "Somewhere else 1"}, "erp_unknown_address"),
    ({"currency": "XTS"}, "erp_unknown_currency"),
    ({"total": "730.21"}, "erp_total_differs"),
])
def test_what_tryton_cannot_take_waits_for_a_person(house: House, wrong: dict[str, str], code: str) -> None:
    key = house.add(**wrong)
    house.drain()
    row = house.row(key)
    assert (row.state, row.code, row.tries) == (OutboxState.FAILED, code, 1)
    assert all(sale["state"] == "draft" for sale in house.sales())


@pytest.mark.parametrize("line, code", [({"sku": "NO-1"}, "erp_unknown_item"), ({"uom": "XPX"}, "erp_unit_missing")])
def test_a_line_tryton_cannot_take_waits_for_a_person(house: House, line: dict[str, str], code: str) -> None:
    lines = sale_message("x")["lines"]
    key = house.add(lines=[lines[0] | line, lines[1]])
    house.drain()
    assert (house.row(key).state, house.row(key).code, house.sales()) == (OutboxState.FAILED, code, [])


def test_trytons_own_words_reach_the_order_desk(house: House) -> None:
    """A user error (a shipping date before the sale's), quoted as Tryton says it; once mended, the same draft goes on."""
    key = house.add(requested_date="2001-01-01")
    house.drain()
    row = house.row(key)
    assert (row.state, row.code) == (OutboxState.FAILED, "erp_refused")
    assert "Shipping Date" in str(row.sentence) and str(row.sentence).startswith("Tryton refuses: ")
    (draft,) = house.sales()
    house.tryton.call("model.sale.sale.write", [draft["id"]], {"shipping_date": None})
    with house.db.write() as db:
        Outbox(db).resend(row.id, "Ann")
    house.drain()
    (sale,) = house.sales()
    assert (sale["id"], sale["state"]) == (draft["id"], "processing")


def test_a_wrong_password_waits_for_a_person_and_says_what_to_set(house: House) -> None:
    key = house.add()
    house.drain(house.tryton.access(password="wrong"))
    row = house.row(key)
    assert (row.state, row.code) == (OutboxState.FAILED, "erp_login_refused")
    assert "ORDERMILL_ERP_PASSWORD" in str(row.sentence)


def test_check_tells_what_answers(tryton: PrivateTryton) -> None:
    says = TrytonErp(tryton.access(), {}, "house").check()
    assert says == "Tryton 8.2 answers; user admin enters sales for Kestrel Supplies Ltd."
    with pytest.raises(ErpMisconfigured) as e:
        TrytonErp(TrytonAccess(tryton.url, "nothing", "admin", "x", 5), {}, "house").check()
    assert e.value.code == "erp_not_found"
    with pytest.raises(ErpAway):
        TrytonErp(TrytonAccess("http://127.0.0.1:9", "kestrel", "admin", "x", 5), {}, "house").check()


@pytest.mark.torture
@pytest.mark.parametrize("point", [
    "outbox.claimed:1", "tryton.created:1", "tryton.moved:1", "tryton.moved:2", "erp.delivered:1", "outbox.noted:1"])
def test_killed_there_and_taken_over(point: str, house: House) -> None:
    key = house.add()
    assert house.work("first", "nobody", point) == -signal.SIGKILL
    assert house.work("second", "first") == 0
    assert ([sale["state"] for sale in house.sales()], house.row(key).state) == (["processing"], OutboxState.SENT)


CHARGES = [
    {"kind": "charge", "name": "Freight", "rate": None, "amount": "12.50"},
    {"kind": "discount", "name": "Loyalty", "rate": None, "amount": "-5.00"},
    {"kind": "tax", "name": "VAT", "rate": "19", "amount": "140.17"}]


@pytest.mark.parametrize("product", [False, True])
def test_charges_and_discounts_are_lines_of_the_sale_and_come_back_as_charges(house: House, product: bool) -> None:
    """As words, or as the product the house has for them; taxes Tryton computes itself."""
    erp = TrytonErp(house.tryton.access(), {}, house.identity, "BRK-FRT" if product else "")
    if product and not house.tryton.call("model.product.product.search", [["code", "=", "BRK-FRT"]]):
        (like,) = house.tryton.call("model.product.template.search_read", [["name", "=", "Steel bracket 100 mm"]], 0, 1, None, [
            "default_uom", "sale_uom", "account_category"])
        like.pop("id")
        house.tryton.call("model.product.template.create", [{
            **like, "name": "Freight", "type": "service", "salable": True, "list_price": Decimal(0),
            "products": [["create", [{"suffix_code": "BRK-FRT"}]]]}])
    key = house.key("so:charged")
    message = sale_message(house.order_no, charges=CHARGES)
    number = erp.submit(message, key=key)
    sale = house.tryton.sale(house.identity, "untaxed_amount", "lines")
    assert (sale["number"], f"{sale['untaxed_amount']:f}") == (number, "737.70")
    lines = house.tryton.call("model.sale.line.read", sale["lines"], ["description", "amount", "product.code"])
    assert {(x["description"], f"{x['amount']:f}") for x in lines if x["amount"] < 20} == {
        ("Freight", "12.50"), ("Loyalty", "-5.00")}
    house.tryton.post_invoices(house.identity)
    rows = list(erp.pull(Noun.INVOICES, None).rows)
    assert sorted((row["sku"], row["amount"]) for row in rows) == [
        ("", "-5.00"), ("", "12.50"), ("BRK-100", "390.00"), ("VLV-20", "340.20")]
