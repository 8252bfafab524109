"""Stories of other products that no other test tells; the page docs/failure-stories.md has them all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.domain.returns import Disposition, Grade, ReturnOutcome
from models.domain.states import SalesOrderState
from models.domain.stock import Pick
from models.errors import ServiceError
from models.tables.billing import InvoiceRow
from models.tables.exceptions import ExceptionRow
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.inventory import StockEntryRow, StockLevelRow
from models.tables.items import ItemRow, KitComponentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.returns import ReturnLineRow
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice, receive_payment
from oms.billing.refunds import request_refund
from oms.erp.adapters.tryton.rows import stock_rows
from oms.erp.invoiced import book_told
from oms.erp.shipped import book as book_shipment
from oms.erp.told import InvoicedAhead
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.ship import confirm
from oms.inventory import ledger
from oms.inventory.levels import StockMoved, available, give_back, release, reserve
from oms.inventory.reconcile import reconcile
from oms.inventory.service import import_stock
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import CancelLine
from oms.orders.changes.service import change_order
from oms.orders.service import accept_order, release_order
from oms.returns.close import close_return
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, request_return
from runtime.db import Database
from tests.integration.oms.test_erp_invoiced import told as told_invoice
from tests.integration.oms.test_erp_shipped import told as told_shipment
from tests.support.fulfilment import packed, released_order
from tests.support.orders import AT, draft, open_case, open_shop, reserved

D = Decimal


def together(work: Callable[[int], Any], many: int) -> list[Any]:
    """`work` of 0, 1, … begun at one instant: what each answered, or the refusal it met."""
    start = Barrier(many)

    def one(n: int) -> Any:
        start.wait(240)
        try:
            return work(n)
        except ServiceError as refusal:
            return refusal

    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(one, range(many)))


def shelf(database: Database) -> list[tuple[Decimal, Decimal]]:
    """(on hand, reserved) by item; the books agree."""
    with database.read() as db:
        assert reconcile(db) == []
        c = StockLevelRow
        return [tuple(row) for row in db.execute(select(c.on_hand, c.reserved).order_by(c.item_id, c.location_id))]


def empty_order(database: Database, stock: int, *, orders: int) -> tuple[list[int], list[int], int, int]:
    """Accepted orders of one unit each that hold nothing, beside a shelf: their ids, their lines, the item and the location."""
    with database.write() as db:
        shop = open_shop(db, [[stock]])
        ids = [
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 1)]), approved_by="Ann")
            for _ in range(orders)]
        lines = list(db.execute(select(OrderLineRow.id).order_by(OrderLineRow.id)).scalars())
        release(db, lines)
    return ids, lines, shop.item_ids[0], shop.location_ids[0]


def test_who_goes_round_the_lock_is_stopped_by_the_database(database: Database) -> None:
    _, lines, item, place = empty_order(database, 5, orders=12)

    def take(n: int) -> None:
        with database.write() as db:                        # no level was locked, no stock was looked at
            reserve(db, [Pick(lines[n], item, place, D(1))])

    answers = together(take, 12)
    assert [a for a in answers if a is not None and not isinstance(a, StockMoved)] == []
    assert (answers.count(None), shelf(database)) == (5, [(D(5), D(5))])
    for wrong in ({"reserved": D(6)}, {"on_hand": D(4)}, {"reserved": D(-1)}, {"on_hand": D(-1)}):
        with pytest.raises(IntegrityError), database.write() as db:
            db.execute(update(StockLevelRow).values(wrong))
    assert shelf(database) == [(D(5), D(5))]


def test_a_promise_given_back_by_several_at_once_is_given_back_once_and_stock_can_be_promised_again(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        first, second = (
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 5)]), approved_by="Ann")
            for _ in range(2))
        line = db.execute(select(OrderLineRow.id).where(OrderLineRow.order_id == first)).scalar_one()
    item, place = shop.item_ids[0], shop.location_ids[0]

    def let_go(n: int) -> Any:
        with database.write() as db:
            if n % 3 == 0:
                cancel_order(db, first, user="Ann", reason="not needed")
                return D(0)
            if n % 3 == 1:
                return sum(release(db, [line]).values(), D(0))
            give_back(db, [Pick(line, item, place, D(5))])
            return D(5)

    refused = [a for a in together(let_go, 9) if not isinstance(a, Decimal)]
    assert shelf(database) == [(D(10), D(5))]               # the other order's five are untouched
    assert {getattr(a, "code", "") for a in refused} <= {"stock_moved", "refused_move"} and len(refused) >= 2
    with database.write() as db:
        change_order(db, second, [CancelLine(1)], actor="Ann", reason="not needed")
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10)]), approved_by="Ann")
    assert shelf(database) == [(D(10), D(10))]


def half_sent(database: Database, *, kit: bool) -> int:
    """A released order of ten, or of ten kits of two each, of which four have left and are billed; stock for more is there."""
    with database.write() as db:
        shop = open_shop(db, [[60], [0]] if kit else [[60]])
        if kit:
            db.get_one(ItemRow, shop.item_ids[1]).is_kit = True
            db.add(KitComponentRow(kit_id=shop.item_ids[1], component_id=shop.item_ids[0], quantity=D(2)))
            db.flush()
        order = accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(int(kit), 10)]), approved_by="Ann")
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 7)]), approved_by="Ann")
        release_order(db, order, user="Ann")
        (fulfilment,) = create_fulfilment_orders(db, order, actor="Ann")
        shipment = packed(db, fulfilment, 8 if kit else 4)
        confirm(db, shipment, actor="carl")
        issue_invoice(db, shipment, actor="Ann")
    return order


@pytest.mark.parametrize("kit", [False, True])
def test_cancelling_after_a_part_was_sent_and_billed_gives_back_the_rest_once(database: Database, kit: bool) -> None:
    order, each = half_sent(database, kit=kit), 2 if kit else 1
    assert shelf(database) == [(D(60 - 4 * each), D(6 * each + 7))]

    def cancel(_: int) -> None:
        with database.write() as db:
            cancel_order(db, order, user="Ann", reason="The rest is not needed.")

    answers = together(cancel, 6)
    assert answers.count(None) == 1 and {a.code for a in answers if a} == {"refused_move"}
    assert shelf(database) == [(D(60 - 4 * each), D(7))]    # not ten, and not six twice
    with database.read() as db:
        line = db.execute(select(OrderLineRow).where(OrderLineRow.order_id == order)).scalar_one()
        assert (line.shipped, line.cancelled, line.invoiced) == (4, 6, 4)
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED


def bring_back(db: Session, order: int, quantity: int, outcome: ReturnOutcome) -> None:
    """Units of the order's only line come back, are judged and booked."""
    line = db.execute(select(OrderLineRow.id).where(OrderLineRow.order_id == order)).scalars().one()
    made = request_return(db, order_id=order, lines=[Wanted(D(quantity), line)], reason="broken", actor="anna")
    approve_return(db, made, actor="anna")
    came = db.execute(select(ReturnLineRow.id).where(ReturnLineRow.return_id == made)).scalar_one()
    receive_return(db, made, quantities={came: D(quantity)}, actor="anna")
    inspect(db, made, line_id=came, quantity=D(quantity), grade=Grade.NEW, outcome=outcome, actor="anna")
    close_return(db, made, actor="anna")


@pytest.mark.parametrize("steps", [
    steps for steps in permutations(("ship", "bill", "cancel", "return")) if steps.index("ship") < steps.index("bill")])
def test_in_whatever_order_the_rest_is_sent_billed_cancelled_and_returned_nothing_is_given_back_twice(
    sqlite_database: Database, steps: tuple[str, ...],
) -> None:
    order = half_sent(sqlite_database, kit=False)
    sent: list[int] = []

    def step(db: Session, what: str) -> None:
        if what == "ship":
            live = select(FulfilmentOrderRow.id).where(FulfilmentOrderRow.order_id == order)
            sent.append(packed(db, db.execute(live).scalar_one(), 2))
            confirm(db, sent[0], actor="carl")
        elif what == "bill" and sent:
            issue_invoice(db, sent[0], actor="Ann")
        elif what == "cancel":
            cancel_order(db, order, user="Ann", reason="Not needed.")
        elif what == "return":
            bring_back(db, order, 2, ReturnOutcome.CREDIT)

    for what in steps:
        try:
            with sqlite_database.write() as db:
                step(db, what)
        except ServiceError:                                # the rest was cancelled: nothing of it leaves any more
            assert (what, "cancel" in steps[:steps.index("ship")]) == ("ship", True)
            sent.clear()
        ((on_hand, held),) = shelf(sqlite_database)
    with sqlite_database.read() as db:
        line = db.execute(select(OrderLineRow).where(OrderLineRow.order_id == order)).scalar_one()
        shipped = 4 if steps.index("cancel") < steps.index("ship") else 6
        assert (line.shipped, line.cancelled, line.returned, line.credited) == (shipped, 10 - shipped, 2, 2)
        assert (on_hand, held) == (60 - shipped + 2, 7)
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED


def test_what_is_taken_off_an_order_before_it_ships_comes_free_once_and_the_order_is_completed(database: Database) -> None:
    order = released_order(database, lines=((0, 10),))
    with database.write() as db:
        change_order(db, order, [CancelLine(1, D(3))], actor="Ann", reason="Three are paid back.")
    assert shelf(database) == [(D(60), D(7))]
    with database.write() as db:
        (fulfilment,) = create_fulfilment_orders(db, order, actor="Ann")
        shipment = packed(db, fulfilment, 7)
        confirm(db, shipment, actor="carl")
        line = db.execute(select(OrderLineRow)).scalar_one()
        assert (line.shipped, line.cancelled) == (7, 3)
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED
    assert shelf(database) == [(D(53), D(0))]


def test_money_that_goes_back_moves_no_goods_and_does_not_stop_what_is_still_to_ship(database: Database) -> None:
    order = half_sent(database, kit=False)
    before = shelf(database)
    with database.write() as db:
        invoice = db.execute(select(InvoiceRow.id)).scalar_one()
        line = db.execute(select(OrderLineRow.id).where(OrderLineRow.order_id == order)).scalar_one()
        receive_payment(db, invoice, key="bank-1", amount=D(10), received_at=AT, actor="Ann")
        memo = issue_credit(db, invoice, key="k", quantities={line: D(1)}, reason="goodwill", actor="Ann")
        request_refund(db, invoice, key="r", amount=D("2.50"), actor="Ann", credit_memo_id=memo)
    assert shelf(database) == before
    with database.write() as db:
        live = db.execute(select(FulfilmentOrderRow.id)).scalar_one()
        confirm(db, packed(db, live, 6), actor="carl")
        assert db.get_one(OrderLineRow, line).shipped == 10
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED


def test_what_happens_to_stock_at_one_instant_all_counts(database: Database) -> None:
    _, lines, item, place = empty_order(database, 20, orders=16)
    with database.write() as db:
        reserve(db, [Pick(line, item, place, D(1)) for line in lines[:4]])
    here: dict[str, Any] = {"item_id": item, "location_id": place, "reference": "x", "actor": "Ann"}

    def work(n: int) -> None:
        with database.write() as db:
            if n < 4:
                ledger.ship(db, order_line_id=lines[n], quantity=D(1), **here)
            elif n < 8:
                ledger.take_back(db, quantity=D(1), **here)
            elif n < 12:
                ledger.receive(db, quantity=D(1), **here)
            else:
                reserve(db, [Pick(lines[n], item, place, D(1))])

    assert together(work, 16) == [None] * 16
    assert shelf(database) == [(D(24), D(4))]


def test_a_feed_that_counts_below_nothing_leaves_nothing_to_promise(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[2]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 9)]), approved_by="Ann")
    report = import_stock(database, stock_rows([{"code": "WID-1", "quantity": -7}], "LOC0"))
    assert (report.refused, shelf(database)) == ((), [(D(0), D(0))])
    with database.write() as db:
        told = db.execute(select(ExceptionRow.order_id, ExceptionRow.code)).all()
        assert (order, "counted_short") in [tuple(x) for x in told]
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 1)]), approved_by="Ann")
    assert shelf(database) == [(D(0), D(0))]


@pytest.mark.parametrize(("outcome", "disposition", "back"), [
    (ReturnOutcome.REJECT, Disposition.RESTOCK, 0), (ReturnOutcome.CREDIT, Disposition.SCRAP, 0),
    (ReturnOutcome.CREDIT, Disposition.RESTOCK, 2)])
def test_goods_are_on_the_shelf_again_only_when_somebody_said_so(
    sqlite_database: Database, outcome: ReturnOutcome, disposition: Disposition, back: int,
) -> None:
    order = half_sent(sqlite_database, kit=False)
    with sqlite_database.write() as db:
        line = db.execute(select(OrderLineRow.id).where(OrderLineRow.order_id == order)).scalar_one()
        made = request_return(db, order_id=order, lines=[Wanted(D(2), line)], reason="broken", actor="anna")
        approve_return(db, made, actor="anna")
        came = db.execute(select(ReturnLineRow.id)).scalar_one()
        receive_return(db, made, quantities={came: D(2)}, actor="anna")
        inspect(
            db, made, line_id=came, quantity=D(2), grade=Grade.NEW, outcome=outcome, disposition=disposition, actor="anna")
    assert shelf(sqlite_database)[0][0] == 56               # they are here, and not yet anybody's to sell
    with sqlite_database.write() as db:
        close_return(db, made, actor="anna")
    assert shelf(sqlite_database)[0][0] == 56 + back


def test_news_of_the_erp_that_come_eight_times_at_one_instant_and_the_wrong_way_round_are_booked_once(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[60]])
        order = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 10)]), approved_by="Ann")
        number = db.get_one(SalesOrderRow, order).order_no
    bill = told_invoice(number, ("WID-1", "10", "25.00"))
    with pytest.raises(InvoicedAhead), database.write() as db:
        book_told(db, "tryton", bill)                       # the invoice is heard of before the goods

    def hear(n: int) -> bool:
        with database.write() as db:
            part = told_shipment(number, f"CS-{1 + n % 2}", state="delivered" if n % 4 < 2 else "shipped", i1=4 + 2 * (n % 2))
            return book_shipment(db, "tryton", part)

    answers = together(hear, 8)
    assert all(isinstance(answer, bool) for answer in answers), answers
    assert shelf(database) == [(D(50), D(0))]

    def hear_of_the_bill(_: int) -> bool:
        with database.write() as db:
            return book_told(db, "tryton", bill)

    assert together(hear_of_the_bill, 8) == [True] * 8
    with database.read() as db:
        assert sorted(db.execute(select(ShipmentRow.state)).scalars()) == ["delivered", "delivered"]
        assert db.execute(select(InvoiceRow.total)).scalars().all() == [D(25)]
        line = db.execute(select(OrderLineRow)).scalar_one()
        assert (line.shipped, line.invoiced) == (10, 10)


def test_an_item_that_is_renamed_stays_the_one_that_was_ordered_and_comes_back(database: Database) -> None:
    order = released_order(database, stock=((10,), (10,)), lines=((0, 4),))
    with database.write() as db:
        (fulfilment,) = create_fulfilment_orders(db, order, actor="anna")
        first, second = db.execute(select(ItemRow).order_by(ItemRow.id)).scalars()
        first.sku, second.sku = "OLD-1", "WID-1"            # another item has the old name now
        db.flush()
        shipment = packed(db, fulfilment, 4)
        confirm(db, shipment, actor="carl")
        issue_invoice(db, shipment, actor="anna")
        made = request_return(db, order_id=order, lines=[Wanted(Decimal(4), 1)], reason="broken", actor="anna")
        approve_return(db, made, actor="anna")
        line = db.execute(select(ReturnLineRow.id).where(ReturnLineRow.return_id == made)).scalar_one()
        receive_return(db, made, quantities={line: Decimal(4)}, actor="anna")
        inspect(db, made, line_id=line, quantity=Decimal(4), grade=Grade.NEW, actor="anna")
        close_return(db, made, actor="anna")
        levels = dict(db.execute(select(StockLevelRow.item_id, StockLevelRow.on_hand)).all())
        assert levels == {first.id: 10, second.id: 10} and reconcile(db) == []


def test_a_feed_of_stock_says_what_is_on_the_shelf_and_promises_are_taken_off_once(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[10]])
        accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 4)]), approved_by="Ann")
    for _ in range(2):
        import_stock(database, [{"location": "LOC0", "sku": "WID-1", "on_hand": "10"}])
        with database.read() as db:
            assert available(db, shop.item_ids) == {shop.item_ids[0]: 6}
            assert (reserved(db), reconcile(db)) == (4, [])


def test_an_order_that_got_nothing_gives_nothing_back(database: Database) -> None:
    with database.write() as db:
        shop = open_shop(db, [[5]])
        first, second = (
            accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop, [(0, 5)]), approved_by="Ann")
            for _ in range(2))
        entries = len(db.execute(select(StockEntryRow.id)).all())
        cancel_order(db, second, user="Ann", reason="not needed")
        assert len(db.execute(select(StockEntryRow.id)).all()) == entries and reserved(db) == 5
        cancel_order(db, first, user="Ann", reason="not needed")
        assert (reserved(db), reconcile(db)) == (0, [])
