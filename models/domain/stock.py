"""Inventory in numbers: levels, demands and plans. Quantities are Decimals in the item's base unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


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
