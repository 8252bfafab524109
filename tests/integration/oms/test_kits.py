"""Kits: sold as one, promised, picked and changed as their components, from several locations too."""

from __future__ import annotations

from decimal import Decimal

import pytest

from models.domain.fulfilment import FulfilmentAction
from models.domain.states import SalesOrderState
from models.tables.fulfilment import FulfilmentOrderRow
from models.tables.items import ItemRow, KitComponentRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.allocation.service import allocate_order
from oms.fulfilment.packing import pack
from oms.fulfilment.picking import pick_all
from oms.fulfilment.ship import confirm
from oms.fulfilment.shipments import finish_picking, open_shipment
from oms.fulfilment.work import act
from oms.inventory.reconcile import reconcile
from oms.orders.changes.plan import CancelLine, ChangeRefused, EditLine
from oms.orders.changes.service import change_order
from oms.orders.repository import Orders
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.fulfilment import PREFIX, packed
from tests.support.orders import draft, open_case, open_shop, reserved

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
