"""What stands in for an item that cannot be had, or that there is a newer one for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from matching.records import ItemRecord
from matching.units import factor_of
from models.domain.items import ItemStatus


def successor_of(item: ItemRecord, items: Mapping[int, ItemRecord]) -> ItemRecord | None:
    """The last item in the chain of successors that can be ordered; None where there is none, or where the chain is a ring."""
    seen, at, found = {item.item_id}, item.superseded_by, None
    while at is not None and at not in seen:
        seen.add(at)
        known = items.get(at)
        if known is None:
            break
        found, at = known if known.status is ItemStatus.ACTIVE else found, known.superseded_by
    return found if at not in seen or at is None else None


def fits_unit(other: ItemRecord, uom: str | None) -> bool:
    """True when the other item is sold in this unit too."""
    return uom is not None and factor_of(uom, other.base_uom, other.convertible) is not None


def substitutes_of(item: ItemRecord, items: Mapping[int, ItemRecord]) -> list[ItemRecord]:
    """What may be offered instead, the best first; only what can be ordered."""
    known = (items.get(i) for i in item.substitutes)
    return [other for other in known if other is not None and other.status is ItemStatus.ACTIVE]


def has_enough(item: ItemRecord, base_quantity: Decimal) -> bool:
    """True when the stock covers a quantity, or no stock is kept."""
    return item.available is None or item.available >= base_quantity
