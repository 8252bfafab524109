"""What must hold of every reading of a written order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edi.segments import Segment
from models.domain.evidence import Found
from models.domain.reading import Header, Reading, ReadingLine
from tests.unit.edi.strategies import Order


def value(found: Found[Any] | None) -> Any:
    return None if found is None else found.value


def assert_says(reading: Reading, order: Order) -> None:
    """Header and lines are the written ones, prices for one unit; nothing odd was found."""
    header = reading.header
    assert not reading.problems
    assert {found.confidence for found in all_found(reading)} == {0.99}
    assert value(header.po_number) == order.number
    assert value(header.order_date) == order.day
    assert value(header.requested_date) == order.wanted
    assert value(header.currency) == order.currency
    assert len(reading.lines) == len(order.items)
    for line, item in zip(reading.lines, order.items, strict=True):
        assert value(line.quantity) == item.quantity
        assert value(line.unit_price) == item.price / item.per
        assert value(line.price_unit) == (None if item.per == 1 else item.per)
        assert value(line.uom) == item.unit
        assert value(line.buyer_sku) == item.buyer_sku
        assert value(line.description) == item.description


def all_found(reading: Reading) -> list[Found[Any]]:
    parts: list[Header | ReadingLine] = [reading.header, *reading.lines]
    return [reading.doc_type, *(
        found for part in parts for name in part.__dataclass_fields__ if (found := getattr(part, name)) is not None)]


def assert_proven(reading: Reading, segments: Sequence[Segment]) -> None:
    """Each value's evidence stands, word for word, in the elements it points at."""
    for found in all_found(reading):
        places = found.evidence.places
        assert places
        there = " ".join(
            c.strip() for place in places for c in segments[int(place.box[1])].elements[int(place.box[0])])
        assert all(piece in there for piece in found.evidence.text.split())
