"""What a field may be set to: candidates of the draft, then master data that fits a typed text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from models.domain.codes import fold_code
from models.domain.draft import Draft
from models.domain.items import ItemStatus
from models.domain.partners import AddressKind
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemUnitRow
from models.tables.partners import AddressRow, CustomerRow
from review_ui.presenters.case import ShownChoice, fallback_choices

MOST = 20


def _words(text: str, *columns: Any) -> ColumnElement[bool]:
    """Every word of the text stands in one of the columns."""
    return and_(*(
        or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)) for word in text.lower().split()))


def _items(db: Session, draft: Draft | None, text: str) -> list[ShownChoice]:
    code = fold_code(text)
    by_code = or_(ItemRow.sku_folded.startswith(code), ItemRow.mpn_folded.startswith(code)) if code else false()
    by_gtin = ItemRow.id.in_(select(ItemUnitRow.item_id).where(ItemUnitRow.gtin == text))
    by_part = ItemRow.id.in_(select(CustomerPartNumberRow.item_id).where(
        CustomerPartNumberRow.part_number_folded == code,
        CustomerPartNumberRow.customer_id == (draft.customer.value.customer_id if draft and draft.customer else 0)))
    rows = db.execute(
        select(ItemRow.sku, ItemRow.description, ItemRow.brand, ItemRow.base_uom, ItemRow.status)
        .where(or_(by_code, by_gtin, by_part, _words(text, ItemRow.description, ItemRow.brand, ItemRow.sku)))
        .order_by(by_code.desc(), ItemRow.sku).limit(MOST))
    return [
        ShownChoice(sku, f"{sku} · {description}", None, " · ".join(filter(None, (
            brand, f"per {uom}", "" if status is ItemStatus.ACTIVE else status))))
        for sku, description, brand, uom, status in rows
    ]


def _customers(db: Session, _draft: Draft | None, text: str) -> list[ShownChoice]:
    rows = db.execute(
        select(CustomerRow.customer_no, CustomerRow.name, CustomerRow.email_domain)
        .where(CustomerRow.is_active, _words(text, CustomerRow.name, CustomerRow.customer_no, CustomerRow.email_domain))
        .order_by(CustomerRow.name).limit(MOST))
    return [ShownChoice(no, f"{no} · {name}", None, domain or "") for no, name, domain in rows]


def _addresses(db: Session, draft: Draft | None, text: str) -> list[ShownChoice]:
    if draft is None or draft.customer is None:
        return []
    columns = (AddressRow.name, AddressRow.street, AddressRow.postcode, AddressRow.city, AddressRow.code)
    rows = db.execute(
        select(AddressRow).where(
            AddressRow.customer_id == draft.customer.value.customer_id, AddressRow.kind == AddressKind.SHIP_TO,
            _words(text, *columns) if text else true())
        .order_by(AddressRow.code).limit(MOST)).scalars()
    return [
        ShownChoice(a.code, f"{a.code} · {a.name}, {a.street}, {a.postcode} {a.city}", None, a.country) for a in rows]


_SEARCHES: Mapping[str, Callable[[Session, Draft | None, str], list[ShownChoice]]] = {
    "item": _items, "customer": _customers, "ship_to": _addresses,
}


def find_choices(db: Session, draft: Draft | None, path: str, text: str) -> Sequence[ShownChoice]:
    """Candidates for a path of the draft while nothing is typed, then up to MOST entries of master data."""
    name = path.split(".")[-1]
    candidates = fallback_choices(draft, path) if draft and not text else ()
    search = _SEARCHES.get(name)
    wants_search = search is not None and (text or (name == "ship_to" and not candidates))
    return [*candidates, *(search(db, draft, text) if search and wants_search else ())]
