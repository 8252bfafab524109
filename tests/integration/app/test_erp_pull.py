"""Masters from a real Tryton arrive through the imports; what changed is pulled, what failed is told, papers are noted once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app import erp
from app.bootstrap import Rooms
from models.domain.items import PriceKind
from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.errors import ConflictError, TransientError
from models.tables.audit import AuditEntryRow
from models.tables.billing import CreditMemoRow
from models.tables.erp import ErpCursorRow
from models.tables.exceptions import ExceptionRow
from models.tables.inventory import LocationRow, StockLevelRow
from models.tables.items import ItemRow, ItemUnitRow, PriceRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import AddressRow, CustomerRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice
from oms.erp import pulls
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.compare import SaleState, There
from oms.erp.compare_credits import NoteThere
from oms.erp.connection import load_connection
from oms.erp.port import Capability, Noun, Pulled
from oms.orders.service import accept_order
from oms.outbox import Outbox
from runtime.clock import now
from runtime.db import Database
from runtime.settings import Settings
from tests.support.orders import draft, open_case, open_shop
from tests.support.shipments import sell, send
from tests.support.tryton import PASSWORD, PrivateTryton, sale_message

ALL = (Noun.CUSTOMERS, Noun.ITEMS, Noun.PRICES, Noun.STOCK)


class Fake:
    """An ERP that tells what it is told to; remembers since when it was asked."""

    system = "tryton"
    capabilities = frozenset({Capability.PULL_ITEMS, Capability.PULL_SHIPMENTS})

    def __init__(self) -> None:
        self.asked: list[str | None] = []
        self.rows: list[dict[str, str]] = [{"sku": "A-1", "description": "Anvil", "base_uom": "H87"}]
        self.fails: list[Exception] = []
        self.there: list[There] = []
        self.notes: list[NoteThere] = []

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        self.asked.append(since)
        if self.fails:
            raise self.fails.pop(0)
        return Pulled(self.rows, f"mark-{len(self.asked)}")

    def sales(self, since: datetime) -> list[There]:
        return self.there

    def credits(self, since: datetime) -> list[NoteThere]:
        return self.notes


def rooms_for(database: Database, folder: Path, **settings: Any) -> Rooms:
    here = Rooms(Settings(_env_file=None, data=folder, **settings))
    here.__dict__["db"] = database
    return here


@pytest.fixture
def faked(database: Database, tmp_path: Path) -> tuple[Rooms, Fake]:
    here, fake = rooms_for(database, tmp_path), Fake()
    here.__dict__["erp"] = fake
    return here, fake


@pytest.fixture
def connected(database: Database, tmp_path: Path, tryton: PrivateTryton) -> Rooms:
    return rooms_for(
        database, tmp_path, erp_adapter="tryton", erp_url=tryton.url, erp_database=tryton.database, erp_user="admin",
        erp_password=PASSWORD)


def row_of(database: Database, noun: str) -> ErpCursorRow:
    with database.read() as db:
        found = db.get_one(ErpCursorRow, ("tryton", str(noun)))
        db.expunge(found)
        return found


def test_a_delta_follows_a_full_pull_and_a_failure_keeps_the_mark(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    (first,) = erp.pull(here, [Noun.ITEMS])
    assert (first.is_full, first.added, first.code) == (True, 1, None)
    (second,) = erp.pull(here, [Noun.ITEMS])
    assert (second.is_full, second.unchanged) == (False, 1)
    fake.fails = [TransientError("Away for lunch.", code="erp_away")]
    (third,) = erp.pull(here, [Noun.ITEMS])
    assert (third.code, third.sentence, row_of(here.db, Noun.ITEMS).cursor) == ("erp_away", "Away for lunch.", "mark-2")
    list(erp.pull(here, [Noun.ITEMS]))
    list(erp.pull(here, [Noun.ITEMS], is_full=True))
    assert fake.asked == [None, "mark-1", "mark-2", "mark-2", None]
    assert row_of(here.db, Noun.ITEMS).code is None


def test_a_fault_of_our_own_ends_the_pull_with_its_sentence_and_blocks_nobody(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    fake.fails = [KeyError("uom")]
    with pytest.raises(KeyError):
        list(erp.pull(here, [Noun.ITEMS]))
    broke = row_of(here.db, Noun.ITEMS)
    assert (broke.code, broke.cursor) == ("erp_pull_broke_off", "") and "KeyError" in str(broke.sentence)
    (again,) = erp.pull(here, [Noun.ITEMS])
    assert (again.added, again.code, row_of(here.db, Noun.ITEMS).code) == (1, None, None)


def test_a_pull_that_breaks_off_with_the_database_is_ended_at_the_next_look(
    faked: tuple[Rooms, Fake], monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, fake = faked
    fake.capabilities = frozenset({Capability.PULL_ITEMS})

    def cut(*_: object) -> None:
        monkeypatch.setattr(here.db, "write", lambda: (_ for _ in ()).throw(OperationalError("write", {}, Exception("away"))))
        raise KeyError("uom")

    monkeypatch.setattr(fake, "pull", cut)
    with pytest.raises(KeyError):
        list(erp.pull(here, [Noun.ITEMS]))
    monkeypatch.undo()
    assert row_of(here.db, Noun.ITEMS).code == "erp_pull_running"
    erp.look(here)
    assert row_of(here.db, Noun.ITEMS).code == "erp_pull_broke_off"
    (again,) = erp.pull(here, [Noun.ITEMS])
    assert again.code is None


def test_a_comparison_that_breaks_off_may_be_asked_for_at_once(
    faked: tuple[Rooms, Fake], monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, fake = faked
    fake.capabilities = frozenset({Capability.LIST_SALES})
    with monkeypatch.context() as broken, pytest.raises(TypeError):
        broken.setattr(fake, "there", None)
        erp.look(here)
    assert row_of(here.db, "sales").code == "erp_pull_broke_off"
    with here.db.write() as db:
        pulls.ask(db, "tryton", ["sales"], user="Ann")
    erp.look(here)
    assert row_of(here.db, "sales").code is None


def test_refused_rows_are_told_and_the_rest_goes_in(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    fake.rows = [*fake.rows, {"sku": "A-2", "description": "", "base_uom": "H87"}]
    (report,) = erp.pull(here, [Noun.ITEMS])
    assert (report.added, report.refused, report.code) == (1, 1, "erp_rows_refused")
    with here.db.read() as db:
        shown = load_connection(db, fake, every_s=300, compare_every_s=0, at=now())     # type: ignore[arg-type]
    items, shipments = shown.pulls
    assert (items.noun, items.health, items.is_well, shipments.health) == ("items", "rows_left_out", False, "never_pulled")
    assert "description" in str(items.sentence)


def test_what_somebody_asked_for_is_pulled_at_the_next_look_and_in_full_if_they_want(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    here.settings.erp_pull_every_s = 0                            # by itself nothing is
    erp.look(here)
    assert fake.asked == []
    for is_full in (False, False, True):
        with here.db.write() as db:
            pulls.ask(db, "tryton", [Noun.ITEMS], user="Ann", is_full=is_full)
        erp.look(here)
    assert fake.asked == [None, "mark-1", None]
    with here.db.write() as db:
        pulls.begin(db, "tryton", Noun.ITEMS, at=now(), every=timedelta(0))
    with pytest.raises(ConflictError, match="right now"), here.db.write() as db:
        pulls.ask(db, "tryton", [Noun.ITEMS], user="Ann")


def test_sales_are_compared_by_themselves_and_the_page_says_how_it_went(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    fake.capabilities = frozenset({Capability.LIST_SALES})
    fake.there = [There("SO-000009", "7", SaleState.PLACED, "EUR", Decimal(1))]
    erp.look(here)
    with here.db.read() as db:
        shown = load_connection(db, fake, every_s=300, compare_every_s=86_400, at=now())     # type: ignore[arg-type]
    assert (shown.pulls[-1].noun, shown.pulls[-1].health, [d.code for d in shown.differences]) == (
        "sales", "differs", ["erp_sale_extra"])
    fake.there = []
    erp.look(here)
    assert row_of(here.db, "sales").code == "erp_differs"         # its time has not come
    with here.db.write() as db:
        pulls.ask(db, "tryton", ["sales"], user="Ann")
    erp.look(here)
    assert row_of(here.db, "sales").code is None


def test_credits_of_both_sides_are_compared_with_the_sales(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    fake.capabilities = frozenset({Capability.LIST_SALES, Capability.LIST_CREDITS})
    with here.db.write() as db:
        sold = sell(db)
        invoice = issue_invoice(db, send(db, sold, [10]), actor="Ann")
        line = sold.line_ids[0]
        memos = [issue_credit(db, invoice, key=key, quantities={line: Decimal(1)}, reason="x", actor="Ann")
                 for key in ("mine", "on-its-way", "theirs")]
        told, _, theirs = (db.get_one(CreditMemoRow, memo) for memo in memos)
        db.add(OutboxRow(
            channel=Channel.ERP, kind="credit_memo.issued", key=f"credit:{told.number}", payload="{}", state=OutboxState.SENT,
            next_at=now(), created_at=now()))
        total, number, order_no = told.total, told.number, db.get_one(SalesOrderRow, sold.order_id).order_no
        theirs.key = f"erp:tryton:{order_no}/2031/9"
    mine = NoteThere("", "2031/8", number, True, "EUR", total)
    booked = NoteThere(order_no, "2031/9", "", True, "EUR", total)
    for notes, codes in (
        ([mine, booked], []), ([booked], ["erp_credit_missing"]),
        ([mine, booked, replace(mine, number="3")], ["erp_credit_doubled"]),
        ([replace(mine, is_posted=False)], ["erp_credit_draft"]),
        ([mine, replace(booked, total=Decimal(9))], ["erp_credit_differs"]),
        ([mine, replace(booked, number="4")], ["erp_credit_extra"]),
        ([mine, replace(mine, memo="CM-9")], ["erp_credit_extra"]),
        ([mine, replace(booked, order_no="", is_posted=False, is_cancelled=True)], ["erp_credit_cancelled"]),
        ([mine, booked, replace(booked, number="4", is_posted=False, is_cancelled=True)], []),
    ):
        fake.notes = notes
        assert [d.code for d in erp.compare_sales(here, 30)] == codes
        with here.db.read() as db:
            shown = load_connection(db, fake, every_s=0, compare_every_s=0, at=now())        # type: ignore[arg-type]
        assert [d.code for d in shown.differences] == codes


def test_an_invoice_that_waits_for_its_goods_comes_again_with_the_next_delta(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    fake.capabilities = frozenset({Capability.PULL_INVOICES})
    with here.db.write() as db:
        shop = open_shop(db)
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, ((0, 2),)), approved_by="Ann")
    fake.rows = [{
        "order_no": "SO-000001", "invoice": "7", "state": "issued", "currency": "EUR", "issued_on": "2031-01-02", "tax": "0",
        "total": "5", "sku": "WID-1", "quantity": "2", "amount": "5", "credits": ""}]
    (report,) = erp.pull(here, [Noun.INVOICES])
    assert (report.added, report.waiting, report.code, row_of(here.db, Noun.INVOICES).cursor) == (1, 1, None, "")


def test_one_process_pulls_at_a_time_and_only_what_is_due(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    with here.db.write() as db:
        assert pulls.begin(db, "tryton", Noun.ITEMS, at=now(), every=timedelta(0)) is not None
    assert list(erp.pull(here, [Noun.ITEMS])) == []
    with here.db.write() as db:
        later = now() + pulls.LONGEST
        assert pulls.begin(db, "tryton", Noun.ITEMS, at=later, every=timedelta(0)) is not None   # that process died
        pulls.finish(db, "tryton", Noun.ITEMS)
    assert list(erp.pull(here, [Noun.ITEMS], every=timedelta(minutes=5))) == []
    assert fake.asked == []


def test_a_shipment_is_noted_once_at_its_order(faked: tuple[Rooms, Fake]) -> None:
    here, fake = faked
    with here.db.write() as db:
        shop = open_shop(db)
        order = SalesOrderRow(
            order_no="SO-000001", customer_id=shop.customer_id, po_number="1", currency="EUR", total=Decimal(1),
            approved_by="Ann", created_at=now())
        db.add(order)
        db.flush()
        order_id = order.id
    common = {"order_no": "SO-000001", "shipment": "7", "tracking": "T1"}
    fake.rows = [common | {"state": "shipped", "sku": sku, "quantity": "2"} for sku in ("WID-1", "WID-2")]
    assert [r.added for _ in range(2) for r in erp.pull(here, [Noun.SHIPMENTS])] == [1, 0]
    fake.rows = [row | {"state": "delivered"} for row in fake.rows] + [{**fake.rows[0], "order_no": "SO-999999"}]
    assert [r.added for r in erp.pull(here, [Noun.SHIPMENTS])] == [1]
    with here.db.read() as db:
        links = [(link.noun, link.external_id) for link in pulls.links_of(db, "tryton", order_id)]
        told = db.execute(select(AuditEntryRow.action, AuditEntryRow.content).where(
            AuditEntryRow.subject == "order:SO-000001").order_by(AuditEntryRow.seq)).all()
    assert links == [("shipment.shipped", "SO-000001/7"), ("shipment.delivered", "SO-000001/7")]
    assert [action for action, _ in told] == ["erp.shipment.shipped", "erp.shipment.delivered"]
    assert '"WID-1":"2"' in told[0].content.replace(" ", "")


@pytest.mark.slow
def test_masters_of_tryton_become_ours(connected: Rooms) -> None:
    reports = list(erp.pull(connected, ALL))
    assert [(r.noun, r.code) for r in reports] == [(noun, None) for noun in ALL]
    with connected.db.read() as db:
        customer = db.execute(select(CustomerRow).where(CustomerRow.customer_no == "C-1001")).scalar_one()
        assert (customer.name, customer.currency, customer.payment_terms) == ("Nordwind Anlagenbau GmbH", "EUR", "30 days net")
        streets = db.execute(select(AddressRow.street, AddressRow.kind).order_by(AddressRow.id)).all()
        assert [tuple(row) for row in streets] == [
            ("Hafenweg 3", "ship_to"), ("Hafenweg 3", "bill_to"), ("Werkstrasse 9", "ship_to")]
        units = db.execute(select(ItemRow.sku, ItemUnitRow.uom, ItemUnitRow.factor).join(ItemUnitRow).order_by(
            ItemRow.sku, ItemUnitRow.factor)).all()
        assert [tuple(row) for row in units] == [("BRK-100", "H87", 1), ("VLV-20", "H87", 1), ("VLV-20", "XBX", 10)]
        group = db.execute(
            select(ItemRow.sku, PriceRow.min_quantity, PriceRow.price).join(ItemRow, ItemRow.id == PriceRow.item_id)
            .where(PriceRow.kind == PriceKind.GROUP, PriceRow.group_code == customer.group_code)).all()
        assert {tuple(row) for row in group} == {
            ("BRK-100", 0, Decimal("4.1")), ("BRK-100", 100, Decimal("3.9")), ("VLV-20", 0, Decimal("170.1"))}
        stock = db.execute(select(ItemRow.sku, LocationRow.code, StockLevelRow.on_hand).select_from(StockLevelRow).join(
            ItemRow, ItemRow.id == StockLevelRow.item_id).join(LocationRow, LocationRow.id == StockLevelRow.location_id)).all()
        assert {(sku, place) for sku, place, _ in stock} == {("BRK-100", "WH"), ("VLV-20", "WH")}
        assert all(0 < on_hand <= 500 for _, _, on_hand in stock)
    assert all(r.added == r.changed == 0 for r in erp.pull(connected, ALL, is_full=True))


@pytest.mark.slow
def test_a_change_in_tryton_arrives_with_the_next_delta(connected: Rooms, tryton: PrivateTryton) -> None:
    list(erp.pull(connected, ALL))
    (party,) = tryton.call("model.party.party.search", [["code", "=", "C-1001"]])
    for name in ("Nordwind Anlagen AG", "Nordwind Anlagenbau GmbH"):
        tryton.call("model.party.party.write", [party], {"name": name})
        (report,) = erp.pull(connected, [Noun.CUSTOMERS])
        assert (report.is_full, report.changed) == (False, 1)
        with connected.db.read() as db:
            assert db.execute(select(CustomerRow.name)).scalar_one() == name


@pytest.mark.slow
def test_shipment_and_invoice_of_a_sale_come_back(tryton: PrivateTryton) -> None:
    there = TrytonErp(tryton.access(), {}, "shipping house")
    there.submit(sale_message("SO-000001"), key="shipping house/so:1:1")
    assert list(there.pull(Noun.SHIPMENTS, None).rows) == []
    tryton.ship("shipping house")
    rows = list(there.pull(Noun.SHIPMENTS, None).rows)
    assert {(r["sku"], r["quantity"], r["state"]) for r in rows} == {
        ("BRK-100", "100", "delivered"), ("VLV-20", "20", "delivered")}
    tryton.post_invoices("shipping house")
    lines = list(there.pull(Noun.INVOICES, None).rows)
    assert {(r["sku"], r["quantity"], r["amount"], r["state"], r["total"], r["currency"]) for r in lines} == {
        ("BRK-100", "100", "390.00", "issued", "730.20", "EUR"), ("VLV-20", "20", "340.20", "issued", "730.20", "EUR")}


@pytest.mark.slow
def test_a_difference_to_trytons_sales_is_an_exception_until_it_is_gone(connected: Rooms, tryton: PrivateTryton) -> None:
    with connected.db.write() as db:
        shop = open_shop(db)
        order = SalesOrderRow(
            order_no="SO-000001", customer_id=shop.customer_id, po_number="1", currency="EUR",
            total=Decimal("730.20"), approved_by="Ann", created_at=now())
        db.add(order)
        db.flush()
        number, order_id = order.order_no, order.id
        Outbox(db).add(Channel.ERP, "sales_order.created", f"so:{number}", sale_message(number), order_id=order_id)

    def differences() -> list[str]:
        return [d.code for d in erp.compare_sales(connected, 30) if d.order_no == number]

    assert differences() == []                       # on its way
    connected.dispatcher.drain()
    assert differences() == []                       # arrived
    with connected.db.write() as db:
        db.get_one(SalesOrderRow, order_id).total = Decimal("731.00")
    assert differences() == ["erp_total_differs"]
    with connected.db.read() as db:
        opened = db.execute(select(ExceptionRow).where(ExceptionRow.order_id == order_id)).scalar_one()
        assert (opened.kind, opened.state, opened.code) == ("reconciliation", "open", "erp_total_differs")
    with connected.db.write() as db:
        db.get_one(SalesOrderRow, order_id).total = Decimal("730.20")
    assert differences() == []
    with connected.db.read() as db:
        assert db.execute(select(ExceptionRow.state).where(ExceptionRow.order_id == order_id)).scalar_one() == "resolved"
