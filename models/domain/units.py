"""Units of measure by their UN/ECE Recommendation 20 code (packages: Recommendation 21 with a leading X)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ItemUnit:
    """One unit an item is sold in. `factor` base units make one of it; the base unit itself has factor 1."""

    uom: str
    factor: Decimal
    gtin: str | None = None
