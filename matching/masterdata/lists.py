"""Master data as lists show it: by number, a page at a time, whatever the size of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from matching.catalog_index import CatalogIndex
from matching.items_sql import items_by_code
from models.domain.codes import clean_code, fold_code
from models.domain.items import ItemStatus, PriceKind
from models.domain.partners import ApprovalLevel
from models.tables.items import CustomerPartNumberRow, ItemRow, PriceRow
from models.tables.partners import CustomerEmailRow, CustomerRow


@dataclass(frozen=True, slots=True)
class CustomerListed:
    """A customer in a list."""

    customer_no: str
    name: str
    email_domain: str | None
    group_code: str | None
    approval: ApprovalLevel
    is_active: bool


@dataclass(frozen=True, slots=True)
class ItemListed:
    """An item in a list."""

    sku: str
    description: str
    base_uom: str
    mpn: str | None
    product_line: str | None
    status: ItemStatus


@dataclass(frozen=True, slots=True)
class PriceListed:
    """A price in a list; `price` is for `price_unit` × `uom`."""

    id: int
    sku: str
    kind: PriceKind
    customer_no: str | None
    group_code: str | None
    reference: str | None
    uom: str
    price: Decimal
    price_unit: Decimal
    currency: str
    min_quantity: Decimal
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PartNumberListed:
    """What a customer calls an item."""

    customer_no: str
    part_number: str
    sku: str
    description: str


def list_customers(db: Session, *, text: str = "", after: str = "", limit: int = 50) -> list[CustomerListed]:
    """Customers by number, beyond `after`. `text`: part of the name, number, group, domain or a contact's address."""
    c = CustomerRow
    stmt = select(c.customer_no, c.name, c.email_domain, c.group_code, c.approval, c.is_active).where(c.customer_no > after)
    if words := text.strip():
        contact = exists().where(CustomerEmailRow.customer_id == c.id, CustomerEmailRow.email.icontains(words, autoescape=True))
        columns = (c.name, c.customer_no, c.group_code, c.email_domain)
        stmt = stmt.where(or_(*(column.icontains(words, autoescape=True) for column in columns), contact))
    return [CustomerListed(*row) for row in db.execute(stmt.order_by(c.customer_no).limit(limit))]


_ITEM = (ItemRow.sku, ItemRow.description, ItemRow.base_uom, ItemRow.mpn, ItemRow.product_line, ItemRow.status)


def list_items(db: Session, *, after: str = "", limit: int = 50) -> list[ItemListed]:
    """Items by SKU, beyond `after`."""
    stmt = select(*_ITEM).where(ItemRow.sku > after).order_by(ItemRow.sku).limit(limit)
    return [ItemListed(*row) for row in db.execute(stmt)]


def find_items(db: Session, index: CatalogIndex, text: str, *, limit: int = 50) -> list[ItemListed]:
    """The items most like a text, the likeliest first: those with this very code, then those that the index finds."""
    words = text.strip()
    exact = sorted(set().union(*items_by_code(db, [clean_code(words)]).values()))
    ids = list(dict.fromkeys([*exact, *(hit.item_id for hit in index.search(words, (words,), limit))]))[:limit]
    found = {row.id: ItemListed(*row[1:]) for row in db.execute(select(ItemRow.id, *_ITEM).where(ItemRow.id.in_(ids)))}
    return [found[id_] for id_ in ids if id_ in found]


def list_prices(
    db: Session, *, sku: str = "", customer_no: str = "", group: str = "", after: int = 0, limit: int = 50
) -> list[PriceListed]:
    """Prices in the order they were made, beyond the id `after`; of one item, customer or group where those are given."""
    conditions: list[ColumnElement[bool]] = [PriceRow.id > after]
    if sku.strip():
        conditions.append(ItemRow.sku == sku.strip())
    if customer_no.strip():
        conditions.append(CustomerRow.customer_no == customer_no.strip())
    if group.strip():
        conditions.append(PriceRow.group_code == group.strip())
    return prices_where(db, conditions, limit)


def prices_where(db: Session, conditions: Sequence[ColumnElement[bool]], limit: int) -> list[PriceListed]:
    """Prices by id that meet all conditions, which may speak of the price, its item and its customer."""
    p = PriceRow
    stmt = (
        select(p.id, ItemRow.sku, p.kind, CustomerRow.customer_no, p.group_code, p.reference, p.uom, p.price, p.price_unit,
               p.currency, p.min_quantity, p.valid_from, p.valid_to)
        .join(ItemRow, ItemRow.id == p.item_id).outerjoin(CustomerRow, CustomerRow.id == p.customer_id)
        .where(*conditions).order_by(p.id).limit(limit))
    rows: Iterable[Any] = db.execute(stmt)
    return [PriceListed(*row) for row in rows]


def list_part_numbers(
    db: Session, *, customer_no: str = "", sku: str = "", text: str = "", after: tuple[str, str] = ("", ""), limit: int = 50
) -> list[PartNumberListed]:
    """Customer part numbers by customer and number, beyond `after`; `text` is one part number, however it is written."""
    n = CustomerPartNumberRow
    stmt = (
        select(CustomerRow.customer_no, n.part_number, ItemRow.sku, ItemRow.description)
        .join(CustomerRow, CustomerRow.id == n.customer_id).join(ItemRow, ItemRow.id == n.item_id)
        .order_by(CustomerRow.customer_no, n.part_number_folded).limit(limit))
    if after[0]:
        stmt = stmt.where(tuple_(CustomerRow.customer_no, n.part_number_folded) > tuple_(after[0], fold_code(after[1])))
    if customer_no.strip():
        stmt = stmt.where(CustomerRow.customer_no == customer_no.strip())
    if sku.strip():
        stmt = stmt.where(ItemRow.sku == sku.strip())
    if text.strip():
        stmt = stmt.where(n.part_number_folded == fold_code(text))
    return [PartNumberListed(*row) for row in db.execute(stmt)]
