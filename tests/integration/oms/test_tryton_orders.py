"""Orders into a real Tryton: each becomes one confirmed sale, whatever breaks in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables import Base
from models.tables.outbox import OutboxRow
from oms.erp.adapters.tryton.assemble import marked
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.adapters.tryton.rpc import TrytonAccess
from oms.erp.errors import ErpAway, ErpMisconfigured
from oms.erp.identity import installation, key_of
from oms.erp.port import ErpSender, Noun
from oms.outbox import Dispatcher, Outbox
from runtime.clock import now
from runtime.db import Database
from tests.support.tcp_proxy import TcpProxy
from tests.support.tryton import PrivateTryton, sale_message

pytestmark = pytest.mark.slow
_FIELDS = ["number", "state", "reference", "untaxed_amount", "payment_term.rec_name", "shipment_address.city", "shipment_address",
           "price_list.rec_name", "shipment_state", "shipments", "lines"]


class House:
    """Our outbox on one side, Tryton on the other; time passes only when told.

    Every test is an installation of its own with the same order number: what one leaves in Tryton is nothing to another.
    """

    def __init__(self, db: Database, tryton: PrivateTryton) -> None:
        self.db, self.tryton, self.at = db, tryton, now()
        with db.write() as session:
            self.identity = installation(session)
        self.order_no = "SO-000001"

    def erp(self, access: TrytonAccess | None = None) -> TrytonErp:
        return TrytonErp(access or self.tryton.access(), {}, self.identity)

    def sender(self, erp: TrytonErp) -> ErpSender:
        return ErpSender(erp, self.identity)

    def key(self, key: str) -> str:
        return key_of(self.identity, key)

    def add(self, *, key: str | None = None, kind: str = "sales_order.created", **other: Any) -> str:
        key = key or f"so:{self.order_no}:1"
        with self.db.write() as db:
            Outbox(db).add(Channel.ERP, kind, key, sale_message(self.order_no, kind=kind, **other))
        return key

    def drain(self, access: TrytonAccess | None = None, times: int = 1) -> None:
        sender = self.sender(self.erp(access))
        dispatcher = Dispatcher(self.db, {Channel.ERP: sender}, "worker", clock=self._clock)
        for _ in range(times):
            self.at += timedelta(minutes=20)
            dispatcher.drain()

    def _clock(self) -> datetime:
        return self.at

    def row(self, key: str) -> OutboxRow:
        with self.db.read() as db:
            row = db.execute(select(OutboxRow).where(OutboxRow.key == key)).scalar_one()
            db.expunge(row)
            return row

    def sales(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.tryton.call(
            "model.sale.sale.search_read", [["reference", "=", self.order_no], marked(self.identity)], 0, None, None, _FIELDS)
        return found


@pytest.fixture
def house(sqlite_database: Database, tryton: PrivateTryton) -> House:
    return House(sqlite_database, tryton)


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
    for button in ("assign_force", "pick", "pack"):
        house.tryton.call(f"model.stock.shipment.out.{button}", mine["shipments"])
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
    values = erp._orders._values(message, key)
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


def test_a_cancelled_order_is_cancelled_there_while_tryton_allows_it(house: House) -> None:
    erp = house.erp()
    with pytest.raises(Exception, match="the order says 1"):
        erp.submit(sale_message(house.order_no, total="1"), key=house.key("so:cancelled"))
    cancel = {"kind": "sales_order.cancelled", "order_no": house.order_no, "reason": "Not needed."}
    erp.submit(cancel, key=house.key("so-cancel:1"))
    erp.submit(cancel, key=house.key("so-cancel:1"))
    assert [sale["state"] for sale in house.sales()] == ["cancelled"]
    house.order_no += "-2"
    house.add(key="so:late-cancel")
    house.add(key="so-cancel:2", kind="sales_order.cancelled")
    house.drain()
    assert (house.row("so-cancel:2").state, house.row("so-cancel:2").code) == (OutboxState.FAILED, "erp_too_late")


_WORKER = """
import sys
from models.domain.outbox import Channel
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.adapters.tryton.rpc import TrytonAccess
from oms.erp.identity import installation
from oms.erp.port import ErpSender
from oms.outbox import Dispatcher
from runtime.db import Database
url, server, password, holder, dead = sys.argv[1:]
db = Database(url)
with db.write() as session:
    identity = installation(session)
erp = TrytonErp(TrytonAccess(server, "kestrel", "admin", password, 30.0), {}, identity)
dispatcher = Dispatcher(db, {Channel.ERP: ErpSender(erp, identity)}, holder)
dispatcher.take_over(dead)
dispatcher.drain()
"""


@pytest.mark.torture
@pytest.mark.parametrize("point", [
    "outbox.claimed:1", "tryton.created:1", "tryton.moved:1", "tryton.moved:2", "erp.delivered:1", "outbox.noted:1"])
def test_killed_there_and_taken_over(point: str, tmp_path: Path, tryton: PrivateTryton) -> None:
    url = f"sqlite:///{tmp_path / 'ordermill.db'}"
    db = Database(url)
    Base.metadata.create_all(db.engine)
    house = House(db, tryton)
    house.add()

    def work(holder: str, dead: str, fault: str = "") -> int:
        command = [sys.executable, "-c", _WORKER, url, tryton.url, tryton.access().password, holder, dead]
        env = {**os.environ, "ORDERMILL_FAULT": fault}
        return subprocess.run(command, cwd=Path(__file__).parents[3], env=env, timeout=60, capture_output=True).returncode

    assert work("first", "nobody", point) == -signal.SIGKILL
    assert work("second", "first") == 0
    sales = house.sales()
    with db.read() as session:
        states = session.execute(select(OutboxRow.state)).scalars().all()
    db.close()
    assert ([sale["state"] for sale in sales], states) == (["processing"], [OutboxState.SENT])
