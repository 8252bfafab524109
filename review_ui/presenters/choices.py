"""What a field may be set to: candidates of the draft, then master data that fits a typed text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session

from matching.offers import offers
from matching.units import unit_word
from models.domain.codes import fold_code
from models.domain.draft import Draft
from models.domain.items import ItemStatus
from models.domain.partners import AddressKind
from models.tables.items import CustomerPartNumberRow, ItemRow, ItemUnitRow
from models.tables.partners import AddressRow, CustomerRow
from review_ui.presenters.candidates import ShownChoice, fallback_choices, with_differences
from review_ui.state import UiState
from runtime.zone import day_at

MOST = 20
SHORTEST_CODE = 3


def _words(text: str, *columns: Any) -> ColumnElement[bool]:
    """Every word of the text stands in one of the columns."""
    return and_(true(), *(
        or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)) for word in text.lower().split()))


def _items_by_code(db: Session, draft: Draft | None, text: str) -> dict[str, ShownChoice]:
    """Items whose number begins with the text, or whose GTIN or customer's part number it is; by SKU."""
    code = fold_code(text)
    if len(code) < SHORTEST_CODE:
        return {}
    customer_id = draft.customer.value.customer_id if draft and draft.customer else None
    by_part = select(CustomerPartNumberRow.item_id).where(
        CustomerPartNumberRow.part_number_folded == code, CustomerPartNumberRow.customer_id == customer_id)
    by_gtin = select(ItemUnitRow.item_id).where(ItemUnitRow.gtin == text)
    is_named = or_(ItemRow.sku_folded == code, ItemRow.mpn_folded == code, ItemRow.id.in_(by_part), ItemRow.id.in_(by_gtin))
    rows = db.execute(
        select(ItemRow, is_named).where(or_(
            ItemRow.sku_folded.startswith(code), ItemRow.mpn_folded.startswith(code), is_named))
        .order_by(is_named.desc(), ItemRow.sku).limit(MOST))
    return {
        row.sku: ShownChoice(row.sku, f"{row.sku} · {row.description}", None, _remark(row), is_named=bool(named))
        for row, named in rows}


def _remark(item: ItemRow) -> str:
    status = "" if item.status is ItemStatus.ACTIVE else item.status.value
    return " · ".join(filter(None, (item.brand, f"per {unit_word(item.base_uom)}", status)))


def _items(ui: UiState, draft: Draft | None, text: str) -> list[ShownChoice]:
    with ui.services.db.read() as db:
        found = _items_by_code(db, draft, text)
    for match in (m for m in ui.matcher.search_items(text, MOST) if m.reasons):
        found.setdefault(
            match.sku, ShownChoice(match.sku, f"{match.sku} · {match.description}", None, ", ".join(match.reasons)))
    shown = list(found.values())[:MOST]
    customer_id = draft.customer.value.customer_id if draft and draft.customer else None
    currency = draft.currency.value if draft and draft.currency else None
    with ui.services.db.read() as db:
        told = offers(db, [c.value for c in shown], customer_id, currency, day_at(ui.services.clock()))
    return [replace(c, reason="; ".join(filter(None, (told.get(c.value, ""), c.reason)))) for c in shown]


def _customers(db: Session, text: str) -> list[ShownChoice]:
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
            _words(text, *columns))
        .order_by(AddressRow.code).limit(MOST)).scalars()
    return [
        ShownChoice(a.code, f"{a.code} · {a.name}, {a.street}, {a.postcode} {a.city}", None, a.country) for a in rows]


def find_choices(ui: UiState, draft: Draft | None, path: str, text: str) -> Sequence[ShownChoice]:
    """For a path of the draft: its candidates while nothing is typed, else up to MOST entries of master data.

    "lines.new" takes an item, or what was typed as the line's description.
    """
    candidates = fallback_choices(draft, path) if draft and not text else ()
    match path.split(".")[-1]:
        case "customer" if not candidates:
            with ui.services.db.read() as db:
                return _customers(db, text)
        case "ship_to" if not candidates:
            with ui.services.db.read() as db:
                return _addresses(db, draft, text)
        case "item" if text:
            return with_differences(_items(ui, draft, text))
        case "item":
            return with_differences(candidates)
        case "new" if text:
            found = with_differences(_items(ui, draft, text))
            return [*found, ShownChoice(text, f"Add “{text}” without an item", None, "as its description")]
        case _:
            return candidates
