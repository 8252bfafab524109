"""Master data by what people type: a customer's number, the code of an address, an item's number."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.corrections import ItemUnits, Lookups
from matching.records import AddressRecord
from models.domain.draft import AddressMatch, CustomerMatch, Draft, ItemMatch
from models.domain.partners import AddressKind
from models.domain.units import ItemUnit
from models.tables.items import ItemRow, ItemUnitRow
from models.tables.partners import AddressRow, CustomerRow


def lookups_of(db: Session, draft: Draft) -> Lookups:
    """Master data by what people type, through this session."""
    def customer(number: str) -> CustomerMatch | None:
        row = db.execute(select(CustomerRow).where(CustomerRow.customer_no == number)).scalar_one_or_none()
        return CustomerMatch(row.id, row.customer_no, row.name, 1.0, ("chosen by a person",)) if row else None

    def address(code: str) -> AddressMatch | None:
        owner = draft.customer.value.customer_id if draft.customer else None
        stmt = select(AddressRow).where(AddressRow.customer_id == owner, AddressRow.code == code)
        found = sorted(db.execute(stmt).scalars(), key=lambda a: a.kind is not AddressKind.SHIP_TO)
        return _address_match(found[0]) if found else None

    def item(sku: str) -> ItemUnits | None:
        row = db.execute(select(ItemRow).where(ItemRow.sku == sku)).scalar_one_or_none()
        if row is None:
            return None
        units = db.execute(select(ItemUnitRow).where(ItemUnitRow.item_id == row.id)).scalars()
        match = ItemMatch(row.id, row.sku, row.description, 1.0, ("chosen by a person",))
        weighed = [ItemUnit(row.catch_weight_uom, 1 / row.catch_weight)] if row.catch_weight_uom and row.catch_weight else []
        return ItemUnits(match, row.base_uom, (*(ItemUnit(u.uom, u.factor, u.gtin) for u in units), *weighed))

    return Lookups(customer, address, item)


def _address_match(a: AddressRow) -> AddressMatch:
    record = AddressRecord(a.id, a.kind, a.code, a.name, a.street, a.postcode, a.city, a.country, a.is_default)
    return AddressMatch(a.id, record.label, 1.0, ("chosen by a person",))
