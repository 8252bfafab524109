"""Stock booked by people and programs: items and places by their codes, one door for every kind of movement, and the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from models.errors import InputError
from oms.inventory import ledger
from oms.inventory.count import count
from oms.inventory.lots import open_lot
from oms.inventory.repository import item_stock, location_id_of
from oms.orders.backorders import tell_counted_short
from runtime.audit import record

LARGEST = Decimal(10) ** 12


class Movement(StrEnum):
    """What can be booked."""

    COUNT = "count"                # the quantity is what is there now
    ADJUSTMENT = "adjustment"      # the quantity is signed
    TRANSFER = "transfer"
    RECEIPT = "receipt"
    SCRAP = "scrap"


@dataclass(frozen=True, slots=True)
class Booking:
    """One movement. `to`: where a transfer goes; `lot`: of items kept by lot or serial number; quantity in base units."""

    kind: Movement
    sku: str
    location: str
    quantity: Decimal
    reference: str
    to: str | None = None
    lot: str | None = None
    expires_on: date | None = None


def book(db: Session, booking: Booking, *, actor: str, key: str | None = None) -> int | None:
    """Book it; returns the entry's id, None for a count that was right. The same `key` again does nothing.

    Raises NotFound, InputError, BelowReserved, LotShort, KeyReused.
    """
    _check(booking)
    item = item_stock(db, booking.sku)
    place = location_id_of(db, booking.location)
    lot = open_lot(db, item_id=item.item_id, code=booking.lot, expires_on=booking.expires_on) if booking.lot else None
    quantity, reference = booking.quantity, booking.reference
    match booking.kind:
        case Movement.COUNT:
            made = count(
                db, item_id=item.item_id, location_id=place, counted=quantity, reference=reference, actor=actor, lot_id=lot,
                key=key)
        case Movement.ADJUSTMENT:
            made = ledger.adjust(
                db, item_id=item.item_id, location_id=place, quantity=quantity, reason=reference, actor=actor, lot_id=lot,
                key=key)
        case Movement.TRANSFER:
            made = ledger.move(
                db, item_id=item.item_id, from_id=place, to_id=location_id_of(db, booking.to or ""), quantity=quantity,
                reference=reference, actor=actor, lot_id=lot, key=key)
        case Movement.RECEIPT:
            made = ledger.receive(
                db, item_id=item.item_id, location_id=place, quantity=quantity, reference=reference, actor=actor, lot_id=lot,
                key=key)
        case Movement.SCRAP:
            made = ledger.scrap(
                db, item_id=item.item_id, location_id=place, quantity=quantity, reference=reference, actor=actor, lot_id=lot,
                key=key)
    record(db, actor=actor, action="stock.booked", subject=f"item:{booking.sku}", content={
        "kind": booking.kind, "location": booking.location, "to": booking.to, "quantity": f"{quantity:f}", "entry": made,
        "reference": reference})
    if booking.kind is Movement.COUNT:
        tell_counted_short(db, [item.item_id], actor=actor)
    return made


def take_back(db: Session, entry_id: int, *, actor: str) -> int:
    """Take an entry back by another one; returns that one's id. Raises NotFound, NotReversible, BelowReserved."""
    made = ledger.reverse(db, entry_id, actor=actor)
    record(db, actor=actor, action="stock.reversed", subject=f"stock_entry:{entry_id}", content={"entry": made})
    return made


def _check(booking: Booking) -> None:
    if not booking.quantity.is_finite() or abs(booking.quantity) >= LARGEST:
        raise InputError("The quantity is beyond what can be booked; mend it.", code="out_of_range")
    if booking.quantity != booking.quantity.quantize(Decimal("0.000001")):
        raise InputError("Quantities have at most six decimal places; round it.", code="out_of_range")
    if not booking.reference.strip() or len(booking.reference) > 128:
        raise InputError("Say why, or by which paper, in at most 128 characters.", code="reference_missing")
    if booking.kind is Movement.TRANSFER and not booking.to:
        raise InputError("A transfer needs two locations; choose another one to move the goods to.", code="same_location")
