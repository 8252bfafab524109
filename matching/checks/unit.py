"""What the quantity of a line is in, where more than one reading is likely. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from matching.assemble import is_typed, unit_readings
from matching.merge import Merged
from matching.records import Facts, ItemRecord
from matching.unit_reading import UnitReading
from matching.units import unit_name
from matching.wording import line_value, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import DraftLine


def check_unit(line: DraftLine, merged: Merged, item: ItemRecord, currency: str | None, facts: Facts) -> Iterator[Doubt]:
    if is_typed(line.uom) or line.quantity is None:
        return
    path, name = f"lines.{line.key}.uom", row_name(line)
    readings = unit_readings(line, merged.printed.get(line.key), item, currency, facts)
    if not readings:
        said = merged.printed[line.key].uom if line.key in merged.printed else None
        units = tuple(Choice(u.uom, unit_name(u.uom, Decimal(2)), 0.0) for u in item.units)[:9]
        yield Doubt(
            DoubtCode.UNIT_UNSURE, f"{name}: {item.sku} is not sold by “{said.value if said else '?'}”. Which unit is meant?",
            path, line.quantity.evidence, units, line_value(line))
    elif line.uom is not None and line.uom.confidence < facts.line_confidence:
        meant = _by_unit(readings)[:9]
        said_words = [unit_meaning(line.quantity.value, r, item.base_uom) for r in meant[:2]]
        choices = tuple(
            Choice(r.uom, unit_meaning(line.quantity.value, r, item.base_uom), r.probability, "; ".join(r.reasons))
            for r in meant)
        yield Doubt(
            DoubtCode.UNIT_UNSURE, f"{name}: {', or '.join(said_words)}?", path, line.uom.evidence, choices,
            (1 - line.uom.confidence) * line_value(line))


def _by_unit(readings: tuple[UnitReading, ...]) -> list[UnitReading]:
    """The likeliest reading of each unit that is worth offering."""
    best: dict[str, UnitReading] = {}
    for reading in readings:
        best.setdefault(reading.uom, reading)
    return [r for r in best.values() if r.probability >= 0.01] or list(best.values())[:2]


def unit_meaning(quantity: Decimal, reading: UnitReading, base_uom: str) -> str:
    """A quantity in words: "12 cases of 24 = 288 pieces", or "12 pieces"."""
    said = f"{number(quantity)} {unit_name(reading.uom, quantity)}"
    if reading.factor == 1:
        return said
    total = quantity * reading.factor
    return f"{said} of {number(reading.factor)} = {number(total)} {unit_name(base_uom, total)}"
