"""Goods of returns that are on our shelves again, told to an ERP that keeps the stock; each return once."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.domain.stock import EntryKind
from models.tables.inventory import LocationRow, StockEntryRow
from models.tables.items import ItemRow
from models.tables.orders import SalesOrderRow
from models.tables.partners import CustomerRow
from models.tables.returns import ReturnRow
from oms.erp import payload
from oms.events.follow import Event
from oms.outbox import Outbox
from runtime.zone import day_at


class ErpReturnFollower:
    """Writes the message of every closed return that brought anything back to a shelf. What is in quarantine or was thrown away
    is not for sale, and not told."""

    name = "erp_returns"

    def handle(self, db: Session, event: Event) -> None:
        """Write the message of one return."""
        if event.type != "return.closed":
            return
        row = db.execute(
            select(ReturnRow, CustomerRow.customer_no, LocationRow.code, SalesOrderRow.order_no)
            .join(CustomerRow, CustomerRow.id == ReturnRow.customer_id).join(LocationRow, LocationRow.id == ReturnRow.location_id)
            .outerjoin(SalesOrderRow, SalesOrderRow.id == ReturnRow.order_id).where(ReturnRow.number == event.name)).one()
        goods = on_the_shelf(db, row.ReturnRow)
        if goods:
            content = payload.returned(
                key=f"{payload.RETURN_KEY}{event.name}", return_no=event.name, order_no=row.order_no, customer_no=row.customer_no,
                location=row.code, closed_on=day_at(event.at), goods=goods)
            Outbox(db).add(Channel.ERP, payload.RETURNED, content["id"], content, order_id=row.ReturnRow.order_id)


def on_the_shelf(db: Session, row: ReturnRow) -> dict[str, Decimal]:
    """Base units by SKU that a closed return put where it was received, less what was scrapped from there at once; of kits their
    components."""
    x = StockEntryRow
    mine = x.key.startswith(f"return:{row.id}:", autoescape=True)
    goods: dict[str, Decimal] = {}
    for sign, kind, place in ((1, EntryKind.RETURN, x.to_id), (-1, EntryKind.SCRAP, x.from_id)):
        rows = db.execute(
            select(ItemRow.sku, func.sum(x.physical, type_=x.physical.type)).join(ItemRow, ItemRow.id == x.item_id)
            .where(mine, x.kind == kind, place == row.location_id).group_by(ItemRow.sku))
        for sku, quantity in rows:
            goods[sku] = goods.get(sku, Decimal(0)) + sign * quantity
    return {sku: quantity for sku, quantity in sorted(goods.items()) if quantity > 0}
