"""Inventory in numbers: levels, demands and plans. Quantities are Decimals in the item's base unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Level:
    """Stock of one item at one location. Available to promise is what nobody has a claim on."""

    item_id: int
    location_id: int
    on_hand: Decimal
    reserved: Decimal
    safety: Decimal
    priority: int = 0                 # lower is preferred

    @property
    def available(self) -> Decimal:
        """Available to promise (ATP): on hand − reserved − safety; never below zero."""
        return max(self.on_hand - self.reserved - self.safety, Decimal(0))


@dataclass(frozen=True, slots=True)
class Demand:
    """What one order line wants of one item."""

    line_id: int
    item_id: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
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


class Tracking(StrEnum):
    """Whether units of an item are told apart."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"              # a lot of one
