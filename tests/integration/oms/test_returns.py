"""Returns from the request to the close: stock and money move once, and never more than was shipped."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from models.domain.order_work import HoldKind, OrderSource
from models.domain.returns import Disposition, Grade, ReturnOutcome, ReturnState
from models.domain.stock import Tracking
from models.errors import ConflictError, InputError, ServiceError
from models.tables.audit import AuditEntryRow
from models.tables.billing import CreditMemoRow, InvoiceRow
from models.tables.fulfilment import ShipmentRow
from models.tables.inventory import LocationRow, LotLevelRow, LotRow, ReservationRow, StockLevelRow
from models.tables.items import ItemRow, KitComponentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from models.tables.partners import CustomerRow
from models.tables.returns import InspectionRow, ReturnLineRow, ReturnRow
from oms.billing.invoices import issue_invoice
from oms.erp.returned import ErpReturnFollower
from oms.events.follow import follow
from oms.inventory.reconcile import reconcile
from oms.orders.holds import standing
from oms.returns.close import NotBilled, close_return
from oms.returns.inspection import MoreThanExpected, inspect, receive_return, withdraw_inspection
from oms.returns.match import match_return
from oms.returns.requests import (
    Wanted,
    approve_return,
    cancel_return,
    decline_return,
    open_blind_return,
    request_return,
    send_return,
)
from oms.returns.room import returnable
from oms.returns.rows import MoreThanShipped, ReturnRefused
from runtime.db import Database
from tests.support.orders import open_shop
from tests.support.shipments import Sold, sell, send

FIVE = Decimal(5)


def sold(database: Database, shipped: int = 10) -> Sold:
    with database.write() as db:
        order = sell(db)
        send(db, order, [shipped])
    return order


def asked(database: Database, order: Sold, quantity: int = 5) -> int:
    with database.write() as db:
        return request_return(
            db, order_id=order.order_id, lines=[Wanted(Decimal(quantity), order.line_ids[0])], reason="Too many.", actor="Ann")


def line_of(database: Database, return_id: int) -> int:
    with database.read() as db:
        return db.execute(select(ReturnLineRow.id).where(ReturnLineRow.return_id == return_id)).scalar_one()


def came(database: Database, order: Sold, quantity: int = 5) -> int:
    """An approved return whose goods are here."""
    return_id = asked(database, order, quantity)
    with database.write() as db:
        approve_return(db, return_id, actor="Ann")
        receive_return(db, return_id, quantities={line_of(database, return_id): Decimal(quantity)}, actor="Ann")
    return return_id


def state(database: Database, return_id: int) -> ReturnState:
    with database.read() as db:
        return db.get_one(ReturnRow, return_id).state


def test_no_more_can_be_asked_back_than_was_shipped_and_is_not_asked_already(database: Database) -> None:
    order = sold(database, shipped=8)
    first = asked(database, order, 5)
    with pytest.raises(MoreThanShipped, match="line 1: 4 asked, 3 left"):
        asked(database, order, 4)
    with database.write() as db:
        decline_return(db, first, actor="Ann", answer="The box was opened.")
    with database.read() as db:
        assert returnable(db, order.order_id) == {order.line_ids[0]: 8}


def test_the_way_of_a_return_is_told_move_by_move(database: Database) -> None:
    return_id = asked(database, sold(database))
    line = line_of(database, return_id)
    with database.write() as db:
        approve_return(db, return_id, actor="Ann", fee=Decimal("2.50"))
        send_return(db, return_id, actor="Ann")
        receive_return(db, return_id, quantities={line: Decimal(2)}, actor="Ann")
        receive_return(db, return_id, quantities={line: Decimal(3)}, actor="Ann")
        inspect(db, return_id, line_id=line, quantity=FIVE, grade=Grade.NEW, actor="Ann")
    with database.read() as db:
        row = db.get_one(ReturnRow, return_id)
        assert (row.number, row.state, row.fee) == (f"RMA-{return_id:06d}", ReturnState.INSPECTED, Decimal("2.5"))
        told = db.execute(select(AuditEntryRow.action).where(AuditEntryRow.subject == f"return:{row.number}"))
        assert told.scalars().all() == [
            "return.requested", "return.approved", "return.sent", "return.received", "return.received_more", "return.inspected"]


def test_what_is_not_its_turn_is_refused_with_what_is(sqlite_database: Database) -> None:
    return_id = asked(sqlite_database, sold(sqlite_database))
    line = line_of(sqlite_database, return_id)
    with sqlite_database.write() as db:
        with pytest.raises(ReturnRefused, match="is requested; this can be done while it is approved or in transit or received"):
            receive_return(db, return_id, quantities={line: FIVE}, actor="Ann")
        with pytest.raises(InputError, match="Say why"):
            decline_return(db, return_id, actor="Ann", answer=" ")
        cancel_return(db, return_id, actor="Ann")
        with pytest.raises(ReturnRefused):
            approve_return(db, return_id, actor="Ann")


def test_no_more_is_received_or_judged_than_there_is(database: Database) -> None:
    return_id = came(database, sold(database), 5)
    line = line_of(database, return_id)
    with database.write() as db:
        with pytest.raises(ReturnRefused, match="is here whole"):
            receive_return(db, return_id, quantities={line: Decimal(1)}, actor="Ann")
        inspect(db, return_id, line_id=line, quantity=Decimal(3), grade=Grade.NEW, actor="Ann")
        with pytest.raises(MoreThanExpected, match="2 units of this line wait"):
            inspect(db, return_id, line_id=line, quantity=Decimal(3), grade=Grade.DAMAGED, actor="Ann")


@pytest.mark.parametrize(("grade", "disposition", "outcome"), [
    (Grade.NEW, Disposition.RESTOCK, ReturnOutcome.CREDIT), (Grade.DAMAGED, Disposition.SCRAP, ReturnOutcome.REJECT),
    (Grade.DEFECTIVE, Disposition.QUARANTINE, ReturnOutcome.EXCHANGE)])
def test_the_grade_says_what_is_usual(
    sqlite_database: Database, grade: Grade, disposition: Disposition, outcome: ReturnOutcome
) -> None:
    return_id = came(sqlite_database, sold(sqlite_database))
    with sqlite_database.write() as db:
        found = db.get_one(InspectionRow, *inspect(
            db, return_id, line_id=line_of(sqlite_database, return_id), quantity=FIVE, grade=grade, actor="Ann"))
        assert (found.disposition, found.outcome) == (disposition, outcome)


def test_a_judgement_can_be_taken_back_until_the_close(database: Database) -> None:
    return_id = came(database, sold(database))
    line = line_of(database, return_id)
    with database.write() as db:
        (inspection,) = inspect(db, return_id, line_id=line, quantity=FIVE, grade=Grade.DAMAGED, actor="Ann")
    assert state(database, return_id) is ReturnState.INSPECTED
    for _ in range(2):
        with database.write() as db:
            withdraw_inspection(db, return_id, inspection, actor="Ann")
    assert state(database, return_id) is ReturnState.RECEIVED
    with database.read() as db:
        assert db.get_one(ReturnLineRow, line).inspected == 0


def test_a_blind_return_finds_its_order_later(database: Database) -> None:
    order = sold(database, shipped=6)
    item = order.shop.item_ids[0]
    with database.write() as db:
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(4), item_id=item)], reason="No paper in the box.", actor="Ann")
        other = sell(db, [("1", "1.00")], shop=order.shop)
        with pytest.raises(InputError, match="did not ship every item"):
            match_return(db, blind, other.order_id, actor="Ann")
        for _ in range(2):
            match_return(db, blind, order.order_id, actor="Ann")
    with database.read() as db:
        assert db.get_one(ReturnLineRow, line_of(database, blind)).order_line_id == order.line_ids[0]
        assert returnable(db, order.order_id) == {order.line_ids[0]: 2}


def test_a_blind_return_that_is_more_than_the_order_shipped_stays_blind(sqlite_database: Database) -> None:
    order = sold(sqlite_database, shipped=3)
    with sqlite_database.write() as db:
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(4), item_id=order.shop.item_ids[0])], reason="?", actor="Ann")
        with pytest.raises(MoreThanShipped):
            match_return(db, blind, order.order_id, actor="Ann")
        assert db.get_one(ReturnRow, blind).order_id is None


def judged(database: Database, order: Sold, *judgements: tuple[int, Grade], fee: str = "0") -> int:
    """A return whose goods are here and judged: (base units, grade)."""
    return_id = asked(database, order, sum(quantity for quantity, _ in judgements))
    line = line_of(database, return_id)
    with database.write() as db:
        approve_return(db, return_id, actor="Ann", fee=Decimal(fee))
        receive_return(db, return_id, quantities={line: Decimal(sum(q for q, _ in judgements))}, actor="Ann")
        for quantity, grade in judgements:
            inspect(db, return_id, line_id=line, quantity=Decimal(quantity), grade=grade, actor="Ann")
    return return_id


def bill(database: Database, order: Sold) -> int:
    """The invoice of the order's only shipment."""
    with database.write() as db:
        return issue_invoice(db, db.execute(select(ShipmentRow.id)).scalars().one(), actor="Ann")


def on_hand(database: Database) -> dict[str, Decimal]:
    """By code of the location."""
    with database.read() as db:
        rows = db.execute(
            select(LocationRow.code, StockLevelRow.on_hand).join(LocationRow, LocationRow.id == StockLevelRow.location_id))
        return dict(rows.all())


def test_closing_moves_stock_and_money_once_however_many_close_at_once(database: Database) -> None:
    order = sold(database)
    invoice = bill(database, order)
    return_id = judged(database, order, (3, Grade.NEW), (1, Grade.OPENED), (1, Grade.DAMAGED), fee="1.00")

    def close(_: int) -> None:
        with database.write() as db:
            close_return(db, return_id, actor="Ann")

    with ThreadPoolExecutor(8) as clients:
        list(clients.map(close, range(8)))
    assert on_hand(database) == {"LOC0": 3, "@quarantine": 1}       # the damaged one is rejected and goes back
    with database.read() as db:
        (memo,) = db.execute(select(CreditMemoRow)).scalars()
        assert (memo.total, memo.fee, memo.return_id) == (Decimal("9.00"), 1, return_id)
        assert db.get_one(InvoiceRow, invoice).credited == 9
        line = db.get_one(OrderLineRow, order.line_ids[0])
        assert (line.returned, line.credited) == (4, 4)
        assert returnable(db, order.order_id) == {line.id: 6}
        closed = select(AuditEntryRow).where(AuditEntryRow.action == "return.closed")
        assert len(db.execute(closed).all()) == 1
        assert reconcile(db) == []


def test_scrapped_goods_leave_the_books_and_are_credited(database: Database) -> None:
    order = sold(database)
    bill(database, order)
    return_id = came(database, order)
    with database.write() as db:
        inspect(
            db, return_id, line_id=line_of(database, return_id), quantity=FIVE, grade=Grade.DAMAGED, actor="Ann",
            disposition=Disposition.SCRAP, outcome=ReturnOutcome.CREDIT)
        close_return(db, return_id, actor="Ann")
        assert reconcile(db) == []
        assert [r.total for r in db.execute(select(CreditMemoRow)).scalars()] == [Decimal("12.50")]
    assert on_hand(database)["LOC0"] == 0


def test_an_exchange_is_an_order_free_of_charge_that_reserves_what_came_back(database: Database) -> None:
    order = sold(database)
    return_id = judged(database, order, (5, Grade.WRONG_ITEM))
    with database.write() as db:
        close_return(db, return_id, actor="Ann")
    with database.read() as db:
        made = db.get_one(SalesOrderRow, db.get_one(ReturnRow, return_id).exchange_order_id)
        assert (made.source, made.origin_order_id, made.total) == (OrderSource.EXCHANGE, order.order_id, 0)
        (line,) = db.execute(select(OrderLineRow).where(OrderLineRow.order_id == made.id)).scalars()
        assert (line.item_id, line.base_quantity, line.unit_price) == (order.shop.item_ids[0], 5, 0)
        held = select(ReservationRow.quantity).where(ReservationRow.order_line_id == line.id)
        assert db.execute(held).scalars().all() == [5]
        assert db.execute(select(CreditMemoRow)).first() is None
        assert reconcile(db) == []


def test_an_exchange_is_held_by_the_rules_like_any_other_order(database: Database) -> None:
    return_id = judged(database, sold(database), (5, Grade.WRONG_ITEM))
    with database.write() as db:
        db.execute(update(CustomerRow).values(overdue=Decimal(7)))
        close_return(db, return_id, actor="Ann")
        exchange = db.get_one(ReturnRow, return_id).exchange_order_id
        assert [hold.kind for hold in standing(db, exchange)] == [HoldKind.CREDIT]


def test_rejected_goods_move_nothing_and_may_be_asked_back_again(database: Database) -> None:
    order = sold(database)
    return_id = judged(database, order, (5, Grade.DAMAGED))
    with database.write() as db:
        close_return(db, return_id, actor="Ann")
    with database.read() as db:
        assert returnable(db, order.order_id) == {order.line_ids[0]: 10}
        assert db.execute(select(CreditMemoRow)).first() is None
    assert on_hand(database) == {}


def test_what_was_never_billed_cannot_be_credited_and_nothing_moves(database: Database) -> None:
    order = sold(database)
    return_id = judged(database, order, (5, Grade.NEW))
    with pytest.raises(NotBilled, match="line 1: 5"), database.write() as db:
        close_return(db, return_id, actor="Ann")
    assert on_hand(database) == {}
    assert state(database, return_id) is ReturnState.INSPECTED


def test_a_return_is_credited_on_the_invoices_that_billed_it_oldest_first(database: Database) -> None:
    with database.write() as db:
        order = sell(db)
        invoices = [issue_invoice(db, send(db, order, [n]), actor="Ann") for n in (3, 7)]
    return_id = judged(database, order, (5, Grade.NEW), fee="2.00")
    with database.write() as db:
        close_return(db, return_id, actor="Ann")
    with database.read() as db:
        memos = db.execute(select(CreditMemoRow.invoice_id, CreditMemoRow.total, CreditMemoRow.fee).order_by(CreditMemoRow.id))
        assert [tuple(m) for m in memos] == [(invoices[0], Decimal("5.50"), 2), (invoices[1], Decimal("5.00"), 0)]


def test_a_blind_return_owes_nothing_until_it_is_matched(database: Database) -> None:
    order = sold(database)
    bill(database, order)
    with database.write() as db:
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(2), item_id=order.shop.item_ids[0])], reason="?", actor="Ann")
        line = db.execute(select(ReturnLineRow.id)).scalar_one()
        receive_return(db, blind, quantities={line: Decimal(2)}, actor="Ann")
        inspect(db, blind, line_id=line, quantity=Decimal(2), grade=Grade.NEW, actor="Ann")
        with pytest.raises(ReturnRefused, match="Match it to its order first"):
            close_return(db, blind, actor="Ann")
        match_return(db, blind, order.order_id, actor="Ann")
        close_return(db, blind, actor="Ann")
        assert [m.total for m in db.execute(select(CreditMemoRow)).scalars()] == [5]


def test_a_kit_comes_back_as_its_components(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        shop = open_shop(db, [[0], [0], [0]])
        kit, nut, bolt = shop.item_ids
        db.get_one(ItemRow, kit).is_kit = True
        db.add_all([
            KitComponentRow(kit_id=kit, component_id=nut, quantity=Decimal(2)),
            KitComponentRow(kit_id=kit, component_id=bolt, quantity=Decimal(3))])
        order = sell(db, shop=shop)
        issue_invoice(db, send(db, order, [10]), actor="Ann")
    return_id = judged(sqlite_database, order, (2, Grade.NEW))
    with sqlite_database.write() as db:
        close_return(db, return_id, actor="Ann")
        levels = dict(db.execute(select(StockLevelRow.item_id, StockLevelRow.on_hand)).all())
        assert (levels[nut], levels[bolt]) == (4, 6)


def test_goods_without_a_paper_are_shared_over_the_lines_that_sent_them_as_they_were_judged(database: Database) -> None:
    with database.write() as db:
        order = sell(db, [("6", "15"), ("4", "12")])
        db.execute(update(OrderLineRow).values(item_id=order.shop.item_ids[0]))         # as lines that were merged may be
        issue_invoice(db, send(db, order, [6, 4]), actor="Ann")
        blind = open_blind_return(
            db, customer_no="C-1", lines=[Wanted(Decimal(9), item_id=order.shop.item_ids[0])], reason="?", actor="Ann")
        line = db.execute(select(ReturnLineRow.id)).scalar_one()
        receive_return(db, blind, quantities={line: Decimal(8)}, actor="Ann")
        for quantity, grade in ((5, Grade.NEW), (3, Grade.DEFECTIVE)):
            inspect(db, blind, line_id=line, quantity=Decimal(quantity), grade=grade, outcome=ReturnOutcome.CREDIT, actor="Ann")
        match_return(db, blind, order.order_id, actor="Ann")
        x, i = ReturnLineRow, InspectionRow
        assert db.execute(select(x.order_line_id, x.quantity, x.received, x.inspected).order_by(x.id)).all() == [
            (order.line_ids[0], 6, 6, 6), (order.line_ids[1], 3, 2, 2)]
        assert db.execute(
            select(x.order_line_id, i.grade, i.quantity).join(x, x.id == i.return_line_id).order_by(x.id, i.id)).all() == [
            (order.line_ids[0], Grade.NEW, 5), (order.line_ids[0], Grade.DEFECTIVE, 1), (order.line_ids[1], Grade.DEFECTIVE, 2)]
        close_return(db, blind, actor="Ann")
        assert [m.total for m in db.execute(select(CreditMemoRow)).scalars()] == [21]            # 6 × 2.50 and 2 × 3
        assert reconcile(db) == []


def test_an_erp_that_keeps_stock_is_told_of_what_is_for_sale_again_and_of_nothing_else(database: Database) -> None:
    follower = ErpReturnFollower()
    follow(database, follower)
    with database.write() as db:
        sold = sell(db)
        send(db, sold, [10])
    for places, told in (
        ({Disposition.RESTOCK: 2, Disposition.QUARANTINE: 1, Disposition.SCRAP: 1}, ["2"]), ({Disposition.SCRAP: 3}, [])
    ):
        return_id = came(database, sold, sum(places.values()))
        line = line_of(database, return_id)
        with database.write() as db:
            for place, quantity in places.items():
                inspect(db, return_id, line_id=line, quantity=Decimal(quantity), grade=Grade.NEW, disposition=place,
                        outcome=ReturnOutcome.EXCHANGE, actor="Ann")
            close_return(db, return_id, actor="Ann")
        follow(database, follower)
        with database.read() as db:
            number = db.get_one(ReturnRow, return_id).number
            messages = db.execute(select(OutboxRow.payload).where(OutboxRow.key == f"return:{number}")).scalars().all()
        assert [line["quantity"] for message in messages for line in json.loads(message)["lines"]] == told


def told_apart(database: Database, order: Sold, tracking: Tracking, *codes: str) -> None:
    """From now on units of the order's item are told apart by these codes; another item has the same ones."""
    with database.write() as db:
        item = order.shop.item_ids[0]
        other = ItemRow(sku="OTHER", sku_folded="0THER", description="Another", base_uom="PCE", tracking=tracking)
        db.add(other)
        db.execute(update(ItemRow).where(ItemRow.id == item).values(tracking=tracking))
        db.flush()
        db.add_all([
            LotRow(item_id=i, code=code, is_serial=tracking is Tracking.SERIAL) for i in (other.id, item) for code in codes])


def test_each_serial_number_has_a_verdict_of_its_own(database: Database) -> None:
    order = sold(database)
    bill(database, order)
    told_apart(database, order, Tracking.SERIAL, "SN-1", "SN-2", "SN-3")
    return_id = came(database, order, 3)
    line = line_of(database, return_id)

    def judge(quantity: int, *serials: str, grade: Grade = Grade.NEW) -> list[int]:
        with database.write() as db:
            return inspect(
                db, return_id, line_id=line, quantity=Decimal(quantity), grade=grade, lots=serials, actor="Ann")

    for wrong, why in (((2, "SN-1"), "1 serial numbers do not fit 2 units"), ((1, "SN-9"), "no lot SN-9 of WID-1"),
                       ((1,), "say which serial number it is"), ((2, "SN-1", "SN-1"), "1 serial numbers do not fit")):
        with pytest.raises(ServiceError, match=why):
            judge(*wrong)                                   # type: ignore[arg-type]
    first, second = judge(2, "SN-1", "SN-2")
    with pytest.raises(ConflictError, match="SN-2 is judged already, in return RMA"):
        judge(1, "SN-2")
    with database.write() as db:
        withdraw_inspection(db, return_id, second, actor="Ann")
    judge(1, "SN-2", grade=Grade.OPENED)
    judge(1, "SN-3", grade=Grade.DAMAGED)                   # it goes back
    with database.write() as db:
        close_return(db, return_id, actor="Ann")
        assert reconcile(db) == [] and first
        where = db.execute(
            select(LotRow.code, LocationRow.code, ItemRow.sku).join(LotLevelRow, LotLevelRow.lot_id == LotRow.id)
            .join(LocationRow, LocationRow.id == LotLevelRow.location_id).join(ItemRow, ItemRow.id == LotRow.item_id)
            .where(LotLevelRow.on_hand > 0).order_by(LotRow.code)).all()
        assert [tuple(x) for x in where] == [("SN-1", "LOC0", "WID-1"), ("SN-2", "@quarantine", "WID-1")]


def test_goods_kept_by_lot_are_judged_lot_by_lot(sqlite_database: Database) -> None:
    order = sold(sqlite_database)
    bill(sqlite_database, order)
    told_apart(sqlite_database, order, Tracking.LOT, "L-1", "L-2")
    return_id = came(sqlite_database, order, 5)
    line = line_of(sqlite_database, return_id)
    with sqlite_database.write() as db:
        for quantity, lots in ((5, ()), (5, ("L-1", "L-2"))):
            with pytest.raises(InputError, match="lot"):
                inspect(db, return_id, line_id=line, quantity=Decimal(quantity), grade=Grade.NEW, lots=lots, actor="Ann")
        for quantity, lot in ((2, "L-1"), (3, "L-2")):
            inspect(db, return_id, line_id=line, quantity=Decimal(quantity), grade=Grade.NEW, lots=[lot], actor="Ann")
        close_return(db, return_id, actor="Ann")
        levels = dict(db.execute(select(LotRow.code, LotLevelRow.on_hand).join(LotRow, LotRow.id == LotLevelRow.lot_id)).all())
        assert levels == {"L-1": 2, "L-2": 3} and reconcile(db) == []
