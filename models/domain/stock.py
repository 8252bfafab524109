"""Inventory in numbers: levels, demands and plans. Quantities are Decimals in the item's base unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from models.domain.lean import lean


@lean
class Level:
    """Stock of one item at one location. Available to promise is what nobody has a claim on."""

    item_id: int
    location_id: int
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    priority: int = 0                 # lower is preferred
    is_sellable: bool = True          # False in quarantine, in transit, and where the location is not active
    expired: Decimal = Decimal(0)     # of what is on hand and not picked
    pool: str | None = None           # set aside for orders whose sourcing rule draws from it; None: for every order

    @property
    def available(self) -> Decimal:
        """Available to promise (ATP): on hand − expired − reserved − safety; never below zero, and zero where nothing is sold
        from."""
        return max(self.on_hand - self.expired - self.reserved - self.safety, Decimal(0)) if self.is_sellable else Decimal(0)


@lean
class Demand:
    """What one order line wants of one item."""

    line_id: int
    item_id: int
    quantity: Decimal


@lean
class Pick:
    """A promise: this quantity for this line from this location."""

    line_id: int
    item_id: int
    location_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Plan:
    """Picks, and by line what could not be covered (base units). Nothing is left unsaid."""

    picks: tuple[Pick, ...]
    short: dict[int, Decimal]


class LocationKind(StrEnum):
    """What a location is. Customers, suppliers, loss and adjustment are locations too, so that every movement of goods has two
    ends and the sum over all locations is zero; only `OWN` and `THIRD_PARTY` ones hold stock that can be sold."""

    OWN = "own"
    THIRD_PARTY = "third_party"
    TRANSIT = "transit"
    QUARANTINE = "quarantine"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    LOSS = "loss"
    ADJUSTMENT = "adjustment"


SELLABLE = frozenset({LocationKind.OWN, LocationKind.THIRD_PARTY})
"""Kinds of locations whose stock can be promised."""
STOCKED = SELLABLE | {LocationKind.TRANSIT, LocationKind.QUARANTINE}
"""Kinds of locations that have levels; of the others only the ledger speaks."""


class EntryKind(StrEnum):
    """Why the ledger has an entry."""

    OPENING = "opening"
    RECEIPT = "receipt"
    COUNT = "count"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    RESERVATION = "reservation"    # promises, or takes a promise back; moves nothing
    SHIPMENT = "shipment"
    RETURN = "return"
    SCRAP = "scrap"
    ASSEMBLY = "assembly"          # of a kit, or its parts
    REVERSAL = "reversal"          # takes back another entry, which it names


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stock ledger to be: `physical` ≥ 0 goes from → to, `promised` (signed) counts at `from_id`."""

    item_id: int
    from_id: int
    to_id: int
    kind: EntryKind
    actor: str
    physical: Decimal = Decimal(0)
    promised: Decimal = Decimal(0)
    lot_id: int | None = None
    order_line_id: int | None = None
    reference: str | None = None
    key: str | None = None
    reverses_id: int | None = None


class Tracking(StrEnum):
    """Whether units of an item are told apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"              # a lot of one


@dataclass(frozen=True, slots=True)
class Lot:
    """What is free of one lot at one location."""

    lot_id: int
    code: str
    expires_on: date | None
    received_on: date | None
    free: Decimal


@dataclass(frozen=True, slots=True)
class LotPick:
    """So much of a lot."""

    lot_id: int
    code: str
    quantity: Decimal
