"""Stories of other products that no other test tells; the page docs/failure-stories.md has them all."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from models.domain.returns import Grade
from models.tables.inventory import StockEntryRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.returns import ReturnLineRow
from oms.billing.invoices import issue_invoice
from oms.fulfilment.create import create_fulfilment_orders
from oms.fulfilment.ship import confirm
from oms.inventory.levels import available
from oms.inventory.reconcile import reconcile
from oms.inventory.service import import_stock
from oms.orders.cancel import cancel_order
from oms.orders.service import accept_order
from oms.returns.close import close_return
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, request_return
from runtime.db import Database
from tests.support.fulfilment import packed, released_order
from tests.support.orders import draft, open_case, open_shop, reserved


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
