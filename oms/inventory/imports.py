"""Tables about stock beside the counts: locations, what is to come, counts of lots."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from models.domain.stock import STOCKED, LocationKind
from models.errors import InputError
from models.tables.base import Base
from oms.imports import import_each
from oms.inventory.count import count
from oms.inventory.ledger import make_levels
from oms.inventory.locations import FIELDS, set_location
from oms.inventory.lots import open_lot
from oms.inventory.repository import item_stock, location_id_of
from oms.inventory.supplies import expect
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch
from runtime.tabular import Row, date_of, decimal_of, degrees_of, need, optional

_ITEMS, _COMPONENTS, _SUPPLIES, _LEVELS, _LINES, _ORDERS = (
    Base.metadata.tables[name]
    for name in ("items", "kit_components", "incoming_supplies", "stock_levels", "order_lines", "sales_orders"))
_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)


def import_locations(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: code; and any field of a location. A column that is missing leaves what is stored, an empty cell empties it."""
    def store(session: Session, row: dict[str, Any], tally: Tally) -> Outcome:
        code = row.pop("code")
        changes = set_location(session, code, row, actor=watch.actor)
        for name, (before, after) in (changes or {}).items():
            tally.note(Outcome.CHANGED, code, name, before, after)
        return Outcome.ADDED if changes is None else Outcome.CHANGED if changes else Outcome.UNCHANGED

    return import_each(db, rows, watch, "locations", ("code",), _location, store)


def _location(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {"code": need(row, "code", longest=32)}
    for name in FIELDS:
        if name in row:
            values[name] = _field(row, name)
    return values


def _field(row: Row, name: str) -> Any:
    text = optional(row, name)
    if name == "kind":
        if text and text not in STOCKED:
            raise InputError(f"kind is “{text}”; write {', '.join(sorted(STOCKED))}.", code="unknown_word")
        return LocationKind(text or LocationKind.OWN)
    if name == "is_active":
        if text not in (None, "yes", "no"):
            raise InputError(f"is_active is “{text}”; write yes or no.", code="unknown_word")
        return text != "no"
    if name in ("latitude", "longitude"):
        return degrees_of(row, name)
    if name in ("priority", "capacity_per_day"):
        if text is None:
            return 0 if name == "priority" else None
        if not text.isdecimal():
            raise InputError(f"{name} is “{text}”; write a whole number.", code="not_a_number")
        return int(text)
    if name == "cost_per_order":
        return None if text is None else decimal_of(row, name)
    if name == "country":
        return text.upper() if text else None
    return text or (need(row, "code") if name == "name" else None)


def import_supplies(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: reference, sku, location, quantity (base units), expected_on. The same reference, item and location again changes
    quantity and day."""
    def store(session: Session, row: dict[str, Any], tally: Tally) -> Outcome:
        item, place = item_stock(session, row["sku"]).item_id, location_id_of(session, row["location"])
        s = _SUPPLIES.c
        before = session.execute(select(s.quantity, s.expected_on).where(
            s.reference == row["reference"], s.item_id == item, s.location_id == place)).one_or_none()
        after = (row["quantity"], row["expected_on"])
        if before is not None and tuple(before) == after:
            return Outcome.UNCHANGED
        expect(
            session, item_id=item, location_id=place, quantity=row["quantity"], expected_on=row["expected_on"],
            reference=row["reference"])
        key = f"{row['reference']} {row['sku']} {row['location']}"
        for name, old, new in zip(("quantity", "expected_on"), before or (), after, strict=False):
            if old != new:
                tally.note(Outcome.CHANGED, key, name, old, new)
        return Outcome.ADDED if before is None else Outcome.CHANGED

    return import_each(db, rows, watch, "supplies", ("reference", "sku", "location", "quantity", "expected_on"), _supply, store)


def _supply(row: Row) -> dict[str, Any]:
    day = date_of(row, "expected_on")
    if day is None:
        raise InputError("expected_on is empty; fill it in.", code="missing_value")
    return {
        "reference": need(row, "reference", longest=128), "sku": need(row, "sku", longest=64),
        "location": need(row, "location", longest=32), "quantity": decimal_of(row, "quantity"), "expected_on": day}


def import_safety(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: location, sku, safety (base units that nobody is promised). What lies there is not touched."""
    def store(session: Session, row: dict[str, Any], tally: Tally) -> Outcome:
        item, place = item_stock(session, row["sku"]).item_id, location_id_of(session, row["location"])
        level = (_LEVELS.c.item_id == item, _LEVELS.c.location_id == place)
        before = session.execute(select(_LEVELS.c.safety).where(*level).with_for_update()).scalar_one_or_none()
        if before == row["safety"]:
            return Outcome.UNCHANGED
        make_levels(session, [(item, place)])
        session.execute(update(_LEVELS).where(*level).values(safety=row["safety"]))
        tally.note(Outcome.CHANGED, f"{row['location']} {row['sku']}", "safety", before, row["safety"])
        return Outcome.CHANGED

    return import_each(db, rows, watch, "safety_stock", ("location", "sku", "safety"), _safety, store)


def _safety(row: Row) -> dict[str, Any]:
    return {
        "location": need(row, "location", longest=32), "sku": need(row, "sku", longest=64), "safety": decimal_of(row, "safety")}


def import_lots(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns: location, sku, lot, on_hand (base units); expires_on. What was counted of each lot; the difference is booked."""
    def store(session: Session, row: dict[str, Any], tally: Tally) -> Outcome:
        item, place = item_stock(session, row["sku"]).item_id, location_id_of(session, row["location"])
        lot = open_lot(session, item_id=item, code=row["lot"], expires_on=row["expires_on"])
        made = count(
            session, item_id=item, location_id=place, counted=row["on_hand"], reference=watch.source or "import",
            actor=watch.actor, lot_id=lot)
        if made is not None:
            tally.note(Outcome.CHANGED, f"{row['location']} {row['sku']} {row['lot']}", "on_hand", None, row["on_hand"])
        return Outcome.UNCHANGED if made is None else Outcome.CHANGED

    return import_each(db, rows, watch, "lots", ("location", "sku", "lot", "on_hand"), _lot, store)


def _lot(row: Row) -> dict[str, Any]:
    return {
        "location": need(row, "location", longest=32), "sku": need(row, "sku", longest=64), "lot": need(row, "lot", longest=64),
        "on_hand": decimal_of(row, "on_hand"), "expires_on": date_of(row, "expires_on") if "expires_on" in row else None}
