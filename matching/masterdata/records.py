"""One customer and one item, whole: values in the words of an import file, so that what is shown can be typed and imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.masterdata.customers import ADDRESS_FIELDS
from matching.masterdata.customers import FIELDS as CUSTOMER_FIELDS
from matching.masterdata.fields import Field
from matching.masterdata.items import FIELDS as ITEM_FIELDS
from matching.masterdata.lists import PartNumberListed, PriceListed, list_part_numbers, prices_where
from models.domain.partners import AddressKind
from models.errors import NotFound
from models.tables.audit import AuditEntryRow
from models.tables.inventory import StockLevelRow
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemSubstituteRow, ItemUnitRow, PriceRow
from models.tables.partners import AddressRow, CustomerEmailRow, CustomerRow
from runtime.imports import Change, Outcome, shown

MOST = 200
"""Prices, part numbers and edits that a record shows; lists show all."""
ITEM_COLUMNS = ("description", "base_uom", "attributes", *(f.column for f in ITEM_FIELDS), "superseded_by")


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the customer writes by."""

    email: str
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a customer gets goods or invoices; values by column."""

    kind: AddressKind
    code: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer as it stands. `seen` changes with any of its values."""

    customer_no: str
    values: Mapping[str, str]
    contacts: tuple[Contact, ...]
    addresses: tuple[Address, ...]
    part_numbers: int
    prices: int
    seen: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit an item is sold in: so many base units."""

    uom: str
    factor: Decimal
    gtin: str | None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """An item as it stands. `seen` changes with any of its values or units; `on_hand` and `available` are over all locations."""

    sku: str
    values: Mapping[str, str]
    units: tuple[Unit, ...]
    prices: tuple[PriceListed, ...]
    part_numbers: tuple[PartNumberListed, ...]
    substitutes: tuple[str, ...]
    on_hand: Decimal
    reserved: Decimal
    seen: str


@dataclass(frozen=True, slots=True)
class Edit:
    """What a person changed at once."""

    at: datetime
    actor: str
    changes: tuple[Change, ...]


def load_customer(db: Session, customer_no: str) -> CustomerRecord:
    """Raises NotFound."""
    row = db.execute(select(CustomerRow.__table__).where(CustomerRow.customer_no == customer_no)).one_or_none()
    if row is None:
        raise NotFound(f"There is no customer {customer_no}. Search for it in the list.")
    values = _values(row, CUSTOMER_FIELDS)
    e, a = CustomerEmailRow, AddressRow
    contacts = db.execute(select(e.email, e.name, e.phone).where(e.customer_id == row.id).order_by(e.email)).all()
    addresses = db.execute(select(a.__table__).where(a.customer_id == row.id).order_by(a.kind, a.code)).all()
    found = tuple(Address(r.kind, r.code, _values(r, ADDRESS_FIELDS)) for r in addresses)
    return CustomerRecord(
        customer_no, values, tuple(Contact(*c) for c in contacts), found,
        _count(db, CustomerPartNumberRow.customer_id == row.id), _count(db, PriceRow.customer_id == row.id),
        _digest(values, *(f"{x.kind} {x.code} {sorted(x.values.items())}" for x in found), *map(tuple, contacts)))


def load_item(db: Session, sku: str) -> ItemRecord:
    """Raises NotFound."""
    row = db.execute(select(ItemRow.__table__).where(ItemRow.sku == sku)).one_or_none()
    if row is None:
        raise NotFound(f"There is no item {sku}. Search for it in the list.")
    successor = db.execute(select(ItemRow.sku).where(ItemRow.id == row.superseded_by_id)).scalar_one_or_none()
    values = {
        "description": row.description, "base_uom": row.base_uom, "attributes": row.attributes or "",
        **_values(row, ITEM_FIELDS), "superseded_by": successor or ""}
    u, s, k = ItemUnitRow, ItemSubstituteRow, StockLevelRow
    units = tuple(Unit(*unit) for unit in db.execute(
        select(u.uom, u.factor, u.gtin).where(u.item_id == row.id).order_by(u.factor, u.uom)))
    substitutes = db.execute(
        select(ItemRow.sku).join(s, s.substitute_id == ItemRow.id).where(s.item_id == row.id).order_by(s.rank)).scalars()
    levels = db.execute(select(k.on_hand, k.reserved).where(k.item_id == row.id)).all()
    return ItemRecord(
        sku, values, units, tuple(prices_where(db, [PriceRow.item_id == row.id], MOST)),
        tuple(list_part_numbers(db, sku=sku, limit=MOST)), tuple(substitutes),
        sum((x.on_hand for x in levels), Decimal(0)), sum((x.reserved for x in levels), Decimal(0)),
        _digest(values, *(f"{x.uom} {x.factor:f} {x.gtin}" for x in units)))


def history(db: Session, subject: str) -> list[Edit]:
    """What people changed of "customer:C-1001" or "item:A-1", the newest first."""
    entry = AuditEntryRow
    stmt = (
        select(entry.at, entry.actor, entry.content).where(entry.subject == subject, entry.action.like("%.edited"))
        .order_by(entry.seq.desc()).limit(MOST))
    return [
        Edit(at, actor, tuple(Change(Outcome(o), *rest) for o, *rest in json.loads(content)["changes"]))
        for at, actor, content in db.execute(stmt)]


def _values(row: Any, fields: Sequence[Field]) -> dict[str, str]:
    return {f.column: shown(getattr(row, f.name)) for f in fields}


def _count(db: Session, condition: Any) -> int:
    return int(db.execute(select(func.count()).where(condition)).scalar_one())


def _digest(values: Mapping[str, str], *more: object) -> str:
    return hashlib.sha256(json.dumps([dict(values), *map(str, more)], sort_keys=True).encode()).hexdigest()
