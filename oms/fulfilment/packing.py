"""What stands in which parcel, and which parcel on which pallet. Services; they never commit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from models.domain.fulfilment import ParcelKind, ShipmentAction, ShipmentState
from models.errors import InputError
from models.tables.base import Base
from oms.fulfilment.lines import tell_shipment
from oms.fulfilment.shipments import Locked, ShipmentRefused, check_shipment, lock_shipment, move_shipment
from oms.fulfilment.sscc import make_sscc

_LINES, _PARCELS = (Base.metadata.tables[name] for name in ("shipment_lines", "parcels"))


@dataclass(frozen=True, slots=True)
class Measures:
    """Of a packed parcel: gross weight in kg, edges in mm; None where nobody measured."""

    weight: Decimal | None = None
    length: int | None = None
    width: int | None = None
    height: int | None = None


def pack(
    db: Session, shipment_id: int, *, company_prefix: str, actor: str, contents: Mapping[int, Decimal] | None = None,
    kind: ParcelKind = ParcelKind.PARCEL, measures: Measures | None = None,
) -> int:
    """Put picked goods into a new parcel or onto a new pallet; returns its id.

    `contents`: base units by id of the shipment's line; None: everything that is in no parcel yet. With the last of it the
    shipment is packed. Raises ShipmentRefused, NotFound, and InputError for goods that are not there.
    """
    locked = lock_shipment(db, shipment_id)
    check_shipment(db, ShipmentAction.PACK, locked)
    loose = {row.id: row for row in db.execute(
        select(_LINES).where(_LINES.c.shipment_id == shipment_id, _LINES.c.parcel_id.is_(None)))}
    wanted = {line: row.quantity for line, row in loose.items()} if contents is None else contents
    if not wanted or any(line not in loose or not 0 < q <= loose[line].quantity for line, q in wanted.items()):
        raise InputError(
            f"Not all of that is picked for {locked.number} and unpacked; look at what lies loose and try again.",
            code="not_loose")
    parcel_id = _make(db, shipment_id, company_prefix, kind, measures or Measures())
    for line, quantity in sorted(wanted.items()):
        _put(db, loose[line], quantity, parcel_id)
    _settle(db, locked, actor)
    return parcel_id


def stack(db: Session, shipment_id: int, parcel_ids: list[int], *, company_prefix: str, actor: str) -> int:
    """Put packed parcels onto a new pallet; returns its id. Raises ShipmentRefused, NotFound, InputError."""
    locked = lock_shipment(db, shipment_id)
    if locked.shipment.state not in (ShipmentState.PICKED, ShipmentState.PACKED):
        raise ShipmentRefused(f"Shipment {locked.number} is {locked.shipment.state}; its parcels can be stacked until it leaves.")
    c = _PARCELS.c
    loose = set(db.execute(select(c.id).where(
        c.shipment_id == shipment_id, c.kind == ParcelKind.PARCEL, c.pallet_id.is_(None))).scalars())
    if not parcel_ids or not set(parcel_ids) <= loose:
        raise InputError(
            f"Not all of these are parcels of {locked.number} that stand on no pallet; choose again.", code="not_loose")
    pallet_id = _make(db, shipment_id, company_prefix, ParcelKind.PALLET, Measures())
    db.execute(update(_PARCELS).where(c.id.in_(parcel_ids)).values(pallet_id=pallet_id))
    tell_shipment(db, *locked, "stacked", actor, parcels=len(parcel_ids))
    return pallet_id


def _make(db: Session, shipment_id: int, company_prefix: str, kind: ParcelKind, measures: Measures) -> int:
    """A new parcel. Its SSCC follows from its id, so nobody waits for a counter and none is given twice."""
    values: dict[str, Any] = {
        "shipment_id": shipment_id, "kind": kind, "sscc": secrets.token_hex(9), "weight": measures.weight,
        "length": measures.length, "width": measures.width, "height": measures.height}
    parcel_id = int(db.execute(insert(_PARCELS).returning(_PARCELS.c.id), values).scalar_one())
    db.execute(update(_PARCELS).where(_PARCELS.c.id == parcel_id).values(sscc=make_sscc(company_prefix, parcel_id)))
    return parcel_id


def _put(db: Session, line: Any, quantity: Decimal, parcel_id: int) -> None:
    """The whole line, or a part of it that becomes a line of its own."""
    here = update(_LINES).where(_LINES.c.id == line.id)
    if quantity == line.quantity:
        db.execute(here.values(parcel_id=parcel_id))
        return
    db.execute(here.values(quantity=line.quantity - quantity))
    db.execute(insert(_LINES), {
        "shipment_id": line.shipment_id, "fulfilment_line_id": line.fulfilment_line_id, "lot_id": line.lot_id,
        "parcel_id": parcel_id, "quantity": quantity})


def _settle(db: Session, locked: Locked, actor: str) -> None:
    """Packed as soon as nothing lies loose."""
    c = _LINES.c
    loose = select(c.id).where(c.shipment_id == locked.shipment.id, c.parcel_id.is_(None)).limit(1)
    if db.execute(loose).first() is None:
        move_shipment(db, locked, ShipmentState.PACKED)
        tell_shipment(db, *locked, "packed", actor)
