"""Kits: sold as one, promised, picked and changed as their components, from several locations too."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pdfplumber
import pytest
from sqlalchemy.orm import Session

from models.domain.fulfilment import FulfilmentAction
from models.domain.moves import RefusedMove
from models.domain.order_work import ChargeKind
from models.domain.returns import Grade, ReturnOutcome
from models.domain.states import SalesOrderState
from models.domain.stock import Tracking
from models.tables.billing import InvoiceRow
from models.tables.fulfilment import FulfilmentOrderRow, ShipmentRow
from models.tables.inventory import LotRow
from models.tables.items import ItemRow, KitComponentRow, PriceRow
from models.tables.orders import OrderChargeRow, OrderLineRow, SalesOrderRow
from models.tables.returns import ReturnLineRow
from oms.allocation.service import allocate_order
from oms.billing.follow import BillingFollower
from oms.billing.invoices import NothingToBill, issue_invoice
from oms.billing.paper import Letterhead, credit_pdf
from oms.billing.repository import Billing
from oms.events.follow import Event
from oms.fulfilment.packing import pack
from oms.fulfilment.picking import pick_all
from oms.fulfilment.ship import confirm
from oms.fulfilment.shipments import finish_picking, open_shipment
from oms.fulfilment.work import act, withdraw
from oms.inventory.reconcile import reconcile
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import CancelLine, ChangeRefused, EditLine
from oms.orders.changes.service import change_order
from oms.orders.repository import Orders
from oms.orders.service import accept_order, release_order
from oms.returns.close import close_return
from oms.returns.inspection import inspect, receive_return
from oms.returns.match import match_return
from oms.returns.repository import Returns
from oms.returns.requests import Wanted, approve_return, open_blind_return, request_return
from oms.returns.rows import MoreThanShipped
from runtime.db import Database
from tests.support.fulfilment import PREFIX, packed
from tests.support.orders import AT, draft, open_case, open_shop, reserved

D = Decimal


def kit_order(database: Database, stock: list[list[int]], kits: int) -> int:
    """A released order of so many kits, each of two of the first item and one of the second; `stock` has no row for the kit."""
    with database.write() as db:
        shop = open_shop(db, [*stock, [0] * len(stock[0])])
        first, second, kit = shop.item_ids
        db.get_one(ItemRow, kit).is_kit = True
        db.add_all([
            KitComponentRow(kit_id=kit, component_id=first, quantity=D(2)),
            KitComponentRow(kit_id=kit, component_id=second, quantity=D(1))])
        db.flush()
        order = accept_order(
            db, case_id=open_case(db), case_version=1, draft=draft(shop, [(2, kits)]), approved_by="Ann")
        release_order(db, order, user="Ann")
    return order


def test_a_kit_is_short_only_of_what_its_components_do_not_make_up(database: Database) -> None:
    order = kit_order(database, [[7], [9]], 4)
    with database.read() as db:
        (line,) = Orders(db).detail(f"SO-{order:06d}").lines
        assert (line.short, [(h.sku, h.quantity) for h in line.reserved]) == (1, [("WID-1", 6), ("WID-2", 3)])


def test_a_kit_is_given_to_a_warehouse_when_all_of_it_is_and_what_is_missing_is_sent_by_another(database: Database) -> None:
    order = kit_order(database, [[4, 0], [0, 2]], 2)
    with database.write() as db:
        assert len(allocate_order(db, order).why) == 2
        line = db.get_one(OrderLineRow, 1)
        assert line.allocated == 2
        second = db.query(FulfilmentOrderRow).filter_by(location_id=2).one()
        act(db, second.id, FulfilmentAction.CANCEL, actor="Ann")
        db.refresh(line)
        assert line.allocated == 0                          # the other half is still with its warehouse
        assert Orders(db).detail(f"SO-{order:06d}").lines[0].short == 0
        with pytest.raises(ChangeRefused, match="with a warehouse"):
            change_order(db, order, [CancelLine(1, D(1))], actor="Ann", reason="x")
        plan = allocate_order(db, order)
        assert [(p.item_id, p.quantity) for p in plan.picks] == [(2, D(2))]
        db.refresh(line)
        assert (line.allocated, reserved(db), reconcile(db)) == (2, 6, [])


def test_a_part_of_a_kit_that_has_left_is_not_promised_again_when_the_order_grows(database: Database) -> None:
    order = kit_order(database, [[9, 0], [0, 9]], 2)
    with database.write() as db:
        allocate_order(db, order)
        first = db.query(FulfilmentOrderRow).filter_by(location_id=1).one().id
        confirm(db, packed(db, first, 4), actor="carl")
        assert (reserved(db), Orders(db).detail(f"SO-{order:06d}").lines[0].short) == (2, 0)
        change_order(db, order, [EditLine(1, quantity=D(3))], actor="Ann", reason="one more")
        assert reserved(db) == 2 + 2 + 1                    # the second's part of the two, and one more kit
        allocate_order(db, order)
        for fulfilment in (x.id for x in db.query(FulfilmentOrderRow).filter(FulfilmentOrderRow.id != first).all()):
            shipment = open_shipment(db, fulfilment, actor="carl")
            pick_all(db, shipment)
            finish_picking(db, shipment, actor="carl")
            pack(db, shipment, company_prefix=PREFIX, actor="carl")
            confirm(db, shipment, actor="carl")
        db.expire_all()
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED
        assert (reserved(db), reconcile(db)) == (0, [])


def part_left(database: Database, kits: int = 2) -> tuple[int, int]:
    """An order of kits for 12.50 each of which both pieces of the first component left, one kit's worth; and its shipment."""
    order = kit_order(database, [[9, 0], [0, 9]], kits)
    with database.write() as db:
        db.query(OrderLineRow).update({"unit_price": D("12.50"), "amount": D("12.50") * kits})
        db.query(SalesOrderRow).update({"total": D("12.50") * kits})
        allocate_order(db, order)
        first = db.query(FulfilmentOrderRow).filter_by(location_id=1).one().id
        shipment = packed(db, first, 2)
        confirm(db, shipment, actor="carl")
    return order, shipment


def price(db: Session, item_id: int, amount: str) -> None:
    db.add(PriceRow(item_id=item_id, uom="PCE", price=D(amount), currency="EUR"))
    db.flush()


def test_a_kit_of_which_a_part_has_left_is_cancelled_and_the_part_is_billed_returned_and_credited(database: Database) -> None:
    order, shipment = part_left(database)
    with database.write() as db:
        price(db, 1, "3")                                   # of one kit 6 of 10 are the first component's
        price(db, 2, "4")
        with pytest.raises(NothingToBill):
            issue_invoice(db, shipment, actor="Ann")
        cancel_order(db, order, user="Ann", reason="too late")
        kit, part = Orders(db).detail(f"SO-{order:06d}").lines
        assert (kit.cancelled, kit.shipped, part.sku, part.shipped, part.amount) == (2, 0, "WID-1", 2, D("7.50"))
        row = db.get_one(SalesOrderRow, order)
        assert (row.state, row.total, reserved(db), reconcile(db)) == (SalesOrderState.CLOSED, D("7.50"), 0, [])
        assert [x.shipment_id for x in Billing(db).unbilled()] == [shipment]
        invoice = issue_invoice(db, shipment, actor="Ann")
        assert (issue_invoice(db, shipment, actor="Ann"), Billing(db).unbilled()) == (invoice, [])
        assert db.get_one(InvoiceRow, invoice).total == D("7.50")
        back = request_return(db, order_id=order, lines=[Wanted(D(2), part.id)], reason="broken", actor="Ann")
        approve_return(db, back, actor="Ann")
        line = db.query(ReturnLineRow).one()
        receive_return(db, back, quantities={line.id: D(2)}, actor="Ann")
        inspect(db, back, line_id=line.id, quantity=D(2), grade=Grade.NEW, actor="Ann")
        close_return(db, back, actor="Ann")
        assert (db.get_one(InvoiceRow, invoice).credited, reconcile(db)) == (D("7.50"), [])


def come_back(db: Session, order: int, *goods: tuple[int, int, int]) -> None:
    """A return that is closed: (order line, item, base units), all of it credited and for sale again."""
    made = request_return(
        db, order_id=order, lines=[Wanted(D(quantity), line, item) for line, item, quantity in goods], reason="x", actor="Ann")
    approve_return(db, made, actor="Ann")
    for line in db.query(ReturnLineRow).filter_by(return_id=made):
        receive_return(db, made, quantities={line.id: line.quantity}, actor="Ann")
        inspect(db, made, line_id=line.id, quantity=line.quantity, grade=Grade.NEW, outcome=ReturnOutcome.CREDIT, actor="Ann")
    close_return(db, made, actor="Ann")
    db.expire_all()


def billed_kits(database: Database, kits: int) -> tuple[int, int, int]:
    """So many kits for 12.50 each that have left and are billed; of one kit 6 of 10 are the first component's. Ids of the order,
    its line and the invoice."""
    order = kit_order(database, [[9], [9]], kits)
    with database.write() as db:
        price(db, 1, "3")
        price(db, 2, "4")
        db.query(OrderLineRow).update({"unit_price": D("12.50"), "amount": D("12.50") * kits})
        db.query(SalesOrderRow).update({"total": D("12.50") * kits})
        allocate_order(db, order)
        shipment = packed(db, db.query(FulfilmentOrderRow).one().id, 2 * kits, kits)
        confirm(db, shipment, actor="carl")
        return order, db.query(OrderLineRow).one().id, issue_invoice(db, shipment, actor="Ann")


def test_a_part_of_a_kit_that_was_billed_whole_is_credited_alone_for_its_share(database: Database) -> None:
    order, line, invoice = billed_kits(database, 2)
    with database.write() as db:
        assert [(x.item_id, x.is_part, x.quantity) for x in Returns(db).returnable(f"SO-{order:06d}")] == [
            (3, False, 2), (1, True, 4), (2, True, 2)]
        come_back(db, order, (line, 1, 2))
        assert db.get_one(InvoiceRow, invoice).credited == D("7.50")
        assert [x.quantity for x in Returns(db).returnable(f"SO-{order:06d}")] == [1, 2, 2]
        for goods in ([(line, 1, 3)], [(line, 3, 2)], [(line, 3, 1), (line, 1, 1)], [(line, 2, 3)]):
            with pytest.raises(MoreThanShipped):
                come_back(db, order, *goods)
        come_back(db, order, (line, 3, 1), (line, 2, 1))
        row, paid = db.get_one(OrderLineRow, line), db.get_one(InvoiceRow, invoice)
        assert (row.returned, row.credited, paid.credited, reconcile(db)) == (2, 2, paid.total, [])


def test_the_paper_of_a_credit_memo_names_the_parts_that_came_back(database: Database) -> None:
    order, line, _ = billed_kits(database, 3)
    with database.write() as db:
        come_back(db, order, (line, 1, 2))
        come_back(db, order, (line, 1, 1), (line, 2, 1))
        come_back(db, order, (line, 3, 1))
        one, several, whole = (page(db, number) for number in ("CM-000001", "CM-000002", "CM-000003"))
    assert re.search(r"1 WID-1 Widget no. 1 2 pcs 3.75 7.50\nPart of WID-3\n", one) and "0.6" not in one
    assert re.search(r"1 WID-1 Widget no. 1 1 pcs 3.75 3.75\n", several) and "8.75" in several
    assert re.search(r"1 WID-2 Widget no. 2 1 pcs 5.00 5.00\n", several)
    assert re.search(r"1 WID-3 Widget no. 3\b.* 1 pcs 12.50 12.50\n", whole) and "Part of" not in whole


def page(db: Session, number: str) -> str:
    with pdfplumber.open(io.BytesIO(credit_pdf(db, Letterhead("Kestrel Supply"), number))) as opened:
        return "\n".join(x.extract_text() for x in opened.pages)


def test_a_part_of_a_kit_is_exchanged_for_the_part(database: Database) -> None:
    order, line, _ = billed_kits(database, 2)
    with database.write() as db:
        made = request_return(db, order_id=order, lines=[Wanted(D(1), line, 2)], reason="bent", actor="Ann")
        approve_return(db, made, actor="Ann")
        back = db.query(ReturnLineRow).one().id
        receive_return(db, made, quantities={back: D(1)}, actor="Ann")
        inspect(db, made, line_id=back, quantity=D(1), grade=Grade.DEFECTIVE, outcome=ReturnOutcome.EXCHANGE, actor="Ann")
        close_return(db, made, actor="Ann")
        new = db.query(OrderLineRow).filter(OrderLineRow.order_id != order).one()
        assert (new.item_id, new.base_quantity, new.amount) == (2, 1, 0)


def test_a_part_of_a_kit_that_comes_without_a_paper_finds_the_kit(database: Database) -> None:
    order, _, invoice = billed_kits(database, 1)
    with database.write() as db:
        made = open_blind_return(db, customer_no="C-1", lines=[Wanted(D(2), item_id=1)], reason="?", actor="Ann")
        back = db.query(ReturnLineRow).one().id
        receive_return(db, made, quantities={back: D(2)}, actor="Ann")
        inspect(db, made, line_id=back, quantity=D(2), grade=Grade.NEW, outcome=ReturnOutcome.CREDIT, actor="Ann")
        match_return(db, made, order, actor="Ann")
        close_return(db, made, actor="Ann")
        assert db.get_one(InvoiceRow, invoice).credited == D("7.50")


def test_parts_of_a_kit_whose_shipment_is_billed_already_get_an_invoice_of_their_own_and_the_tax_is_shared_once(
    database: Database,
) -> None:
    order, shipment = part_left(database, kits=1)
    with database.write() as db:
        db.add(OrderChargeRow(order_id=order, position=1, kind=ChargeKind.TAX, name="VAT", amount=D("3.00")))
        db.flush()
        cancel_order(db, order, user="Ann", reason="too late")
        line = db.query(OrderLineRow).filter_by(position=2).one()
        first = issue_invoice(db, shipment, actor="Ann")
        row = db.get_one(InvoiceRow, first)
        assert (row.net, row.tax) == (D("8.33"), D("2.00"))         # of 12.50 and 3.00
        db.refresh(line)
        line.invoiced = D(0)                                        # as if the shipment had been billed before
        db.flush()
        second = issue_invoice(db, shipment, actor="Ann")
        assert second != first and db.get_one(InvoiceRow, second).shipment_id is None
        assert issue_invoice(db, shipment, actor="Ann") == first


def test_only_the_open_remainder_of_kits_is_compensated_and_the_rest_still_leaves(database: Database) -> None:
    order, _ = part_left(database, kits=3)
    with database.write() as db:
        withdraw(db, order, actor="Ann", reason="again")
        change_order(db, order, [CancelLine(1, D(2))], actor="Ann", reason="fewer")
        (kit,) = Orders(db).detail(f"SO-{order:06d}").lines     # the part that left is of the kit that remains
        assert (kit.cancelled, db.get_one(SalesOrderRow, order).total) == (2, D("12.50"))
        assert [(h.sku, h.quantity) for h in kit.reserved] == [("WID-2", 1)]
        change_order(db, order, [CancelLine(1, D(1))], actor="Ann", reason="none")
        _, part = Orders(db).detail(f"SO-{order:06d}").lines    # without list prices: 2 of the kit's 3 pieces
        assert (part.amount, part.shipped, db.get_one(SalesOrderRow, order).total) == (D("8.33"), 2, D("8.33"))
        assert (reserved(db), db.get_one(SalesOrderRow, order).state) == (0, SalesOrderState.CLOSED)


def test_parts_that_became_lines_do_not_make_up_kits_again(database: Database) -> None:
    order = kit_order(database, [[9, 0], [0, 9]], 2)
    with database.write() as db:
        allocate_order(db, order)
        first = db.query(FulfilmentOrderRow).filter_by(location_id=1).one().id
        confirm(db, packed(db, first, 4), actor="carl")
        withdraw(db, order, actor="Ann", reason="again")
        change_order(db, order, [CancelLine(1, D(1))], actor="Ann", reason="one less")
        allocate_order(db, order)
        second = db.query(FulfilmentOrderRow).filter_by(location_id=2).order_by(FulfilmentOrderRow.id.desc()).first()
        assert second is not None
        confirm(db, packed(db, second.id, 1), actor="carl")
        db.expire_all()
        kit, part = db.query(OrderLineRow).order_by(OrderLineRow.position).all()
        assert (kit.shipped, kit.cancelled, part.shipped, reserved(db), reconcile(db)) == (1, 1, 2, 0, [])
        assert db.get_one(SalesOrderRow, order).state is SalesOrderState.CLOSED
        with pytest.raises(RefusedMove):
            change_order(db, order, [CancelLine(1)], actor="Ann", reason="x")


def test_a_kit_a_warehouse_is_at_is_not_taken_apart_and_kits_are_only_taken_apart_whole(database: Database) -> None:
    order, _ = part_left(database, kits=1)
    with database.write() as db:
        with pytest.raises(ChangeRefused, match="with a warehouse"):
            change_order(db, order, [CancelLine(1, D(1))], actor="Ann", reason="x")
        withdraw(db, order, actor="Ann", reason="again")
        with pytest.raises(ChangeRefused, match="only cancelled whole"):
            change_order(db, order, [CancelLine(1, D("0.5"))], actor="Ann", reason="x")


def test_the_house_that_bills_bills_the_parts_of_a_kit_taken_apart(database: Database) -> None:
    order, shipment = part_left(database)
    with database.write() as db:
        number = db.get_one(ShipmentRow, shipment).number
        BillingFollower().handle(db, Event(1, "shipment.shipped", f"shipment:{number}", "carl", AT, {}))
        assert db.query(InvoiceRow).count() == 0
        cancel_order(db, order, user="Ann", reason="too late")
        for _ in range(2):
            BillingFollower().handle(db, Event(2, "order.closed", f"order:SO-{order:06d}", "Ann", AT, {}))
        assert db.query(InvoiceRow).one().total == D("8.33")


def test_a_kit_with_a_part_kept_by_lot_comes_back_as_its_parts_and_is_credited_whole(database: Database) -> None:
    order, line_id, _ = billed_kits(database, 2)
    with database.write() as db:
        db.get_one(ItemRow, 1).tracking = Tracking.LOT
        db.add(LotRow(item_id=1, code="L-7"))
        made = request_return(db, order_id=order, lines=[Wanted(D(2), line_id)], reason="Too many.", actor="Ann")
        approve_return(db, made, actor="Ann")
        parts = Returns(db).lines(made)
        assert [(x.sku, x.quantity, x.tracking) for x in parts] == [("WID-1", 4, "lot"), ("WID-2", 2, "none")]
        receive_return(db, made, quantities={x.id: x.quantity for x in parts}, actor="Ann")
        for part, lots in zip(parts, (["L-7"], []), strict=True):
            inspect(db, made, line_id=part.id, quantity=part.quantity, grade=Grade.NEW, lots=lots, actor="Ann")
        close_return(db, made, actor="Ann")
        line = db.get_one(OrderLineRow, line_id, populate_existing=True)
        assert line.returned == 2
        (memo,) = Billing(db).credits(return_id=made)
        assert memo.total == line.amount and reconcile(db) == []
