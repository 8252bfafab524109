"""Locations as people keep them: where they are, what they may send, how much, at what cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.geography import check_coordinates
from models.domain.stock import STOCKED, LocationKind
from models.errors import ConflictError, InputError, NotFound
from models.tables.inventory import LocationRow, StockLevelRow
from runtime.audit import record

FIELDS = (
    "name", "kind", "priority", "is_active", "channel_pool", "street", "postcode", "city", "country", "latitude", "longitude",
    "cost_per_order", "capacity_per_day")


@dataclass(frozen=True, slots=True)
class LocationDetail:
    """A place that holds stock. `priority`: lower is preferred; `channel_pool` None serves every channel; `cost_per_order` in
    company money; `capacity_per_day` in fulfilment orders, None for any number; coordinates in degrees."""

    code: str
    name: str
    kind: LocationKind
    priority: int
    is_active: bool
    channel_pool: str | None
    street: str | None
    postcode: str | None
    city: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    cost_per_order: Decimal | None
    capacity_per_day: int | None


def list_locations(db: Session, *, after: str = "", limit: int = 100) -> list[LocationDetail]:
    """Locations that hold stock, by code. `after`: codes beyond it."""
    x = LocationRow
    rows = db.execute(
        select(x).where(x.kind.in_(STOCKED), x.code > after, ~x.code.startswith("@")).order_by(x.code).limit(limit)).scalars()
    return [_detail(row) for row in rows]


def load_location(db: Session, code: str) -> LocationDetail:
    """One location. Raises NotFound."""
    row = db.execute(select(LocationRow).where(LocationRow.code == code, LocationRow.kind.in_(STOCKED))).scalar_one_or_none()
    if row is None:
        raise NotFound(f"There is no location {code} that holds stock; look at the list of locations.")
    return _detail(row)


def set_location(db: Session, code: str, values: Mapping[str, Any], *, actor: str) -> dict[str, tuple[Any, Any]] | None:
    """Make the location, or change what is given of FIELDS; returns before and after by field, None for a new one.

    Raises InputError for values that are none, ConflictError for a kind that the stock there does not allow.
    """
    _check(code, values)
    row = db.execute(select(LocationRow).where(LocationRow.code == code)).scalar_one_or_none()
    if row is None:
        db.add(LocationRow(code=code, **({"name": code} | dict(values))))
        db.flush()
        record(db, actor=actor, action="locations.added", subject=f"location:{code}")
        return None
    changes = {name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value}
    promised = select(StockLevelRow.item_id).where(StockLevelRow.location_id == row.id, StockLevelRow.reserved > 0).limit(1)
    if "kind" in changes and db.execute(promised).first():
        raise ConflictError(
            f"Stock at {code} is reserved for orders; what kind of location it is cannot change before it has left.",
            code="stock_reserved")
    for name, (_, after) in changes.items():
        setattr(row, name, after)
    db.flush()
    if changes:
        record(db, actor=actor, action="locations.changed", subject=f"location:{code}", content={
            "changes": [[name, str(before), str(after)] for name, (before, after) in changes.items()]})
    return changes


def _check(code: str, values: Mapping[str, Any]) -> None:
    if not code or len(code) > 32 or code.startswith("@"):
        raise InputError("A location's code has up to 32 characters and does not begin with @; choose another.", code="bad_code")
    if values.get("kind", LocationKind.OWN) not in STOCKED:
        raise InputError(f"{code}: a location holds stock: own, third_party, transit or quarantine.", code="no_stock_here")
    check_coordinates(code, values)
    if values.get("country") and not re.fullmatch("[A-Z]{2}", values["country"]):
        raise InputError(f"{code}: the country is two capital letters, as in DE.", code="bad_country")


def _detail(row: LocationRow) -> LocationDetail:
    return LocationDetail(**{name: getattr(row, name) for name in LocationDetail.__dataclass_fields__})
