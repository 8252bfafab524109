"""What the quantity and the price of a line are for, where more than one reading is likely. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from matching.assemble import is_typed, unit_readings
from matching.merge import Merged
from matching.pricing import prices_by_unit
from matching.records import Facts, ItemRecord
from matching.unit_reading import UnitReading, basis_words
from matching.units import unit_name
from matching.wording import line_value, money, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import DraftLine
from models.domain.money import round_money


def check_unit(line: DraftLine, merged: Merged, item: ItemRecord, currency: str | None, facts: Facts) -> Iterator[Doubt]:
    """A unit, or what the price is for, that the paper and our prices leave open: both readings in words, and the difference."""
    if is_typed(line.uom) or line.quantity is None:
        return
    sure = facts.line_confidence
    asks_unit = line.uom is None or line.uom.confidence < sure
    asks_basis = line.unit_price is not None and not is_typed(line.unit_price) and line.unit_price.confidence < sure
    if not asks_unit and not asks_basis:
        return
    readings = unit_readings(line, merged.printed.get(line.key), item, currency, facts)
    if not readings:
        yield _not_sold(line, merged, item)
    elif asks_unit:
        yield _which_unit(line, readings, merged, item, currency, facts)
    else:
        yield from _which_basis(line, readings, currency)


def _not_sold(line: DraftLine, merged: Merged, item: ItemRecord) -> Doubt:
    said = merged.printed[line.key].uom if line.key in merged.printed else None
    units = tuple(Choice(u.uom, unit_name(u.uom, Decimal(2)), 0.0) for u in item.convertible)[:9]
    return Doubt(
        DoubtCode.UNIT_UNSURE,
        f"{row_name(line)}: {item.sku} is not sold by “{said.value if said else '?'}”. Which unit is meant?",
        f"lines.{line.key}.uom", line.quantity.evidence if line.quantity else None, units, line_value(line))


def _which_unit(
    line: DraftLine, readings: Sequence[UnitReading], merged: Merged, item: ItemRecord, currency: str | None, facts: Facts
) -> Doubt:
    assert line.quantity is not None and line.uom is not None
    quantity = line.quantity.value
    meant = _by_unit(readings)[:9]
    words = [unit_meaning(quantity, r, item.base_uom) for r in meant]
    printed = merged.printed.get(line.key)
    said = printed.uom.value if printed and printed.uom else None
    if len(meant) > 1:
        sentence = f"{row_name(line)}: {', or '.join(words[:2])}?{_difference(line, meant, item, currency, facts)}"
    else:
        sentence = f"{row_name(line)}: {item.sku} is not sold by “{said or '?'}”. Are {words[0]} meant?"
    if printed and printed.pack and printed.pack.value not in {Decimal(1), *(r.factor for r in meant)}:
        sentence += f" A pack of {number(printed.pack.value)} is printed, which is none of ours."
    choices = tuple(Choice(r.uom, w, r.probability, "; ".join(r.reasons)) for r, w in zip(meant, words, strict=True))
    return Doubt(
        DoubtCode.UNIT_UNSURE, sentence, f"lines.{line.key}.uom", line.uom.evidence, choices,
        (1 - line.uom.confidence) * line_value(line))


def _difference(
    line: DraftLine, meant: Sequence[UnitReading], item: ItemRecord, currency: str | None, facts: Facts
) -> str:
    """What the choice between the first two readings is worth, as a sentence; empty when no price is known."""
    quantity = line.quantity.value if line.quantity else Decimal(0)
    ours = prices_by_unit(item, [r.uom for r in meant[:2]], quantity, facts.on, currency)
    worth = [quantity * price for r in meant[:2] if (price := ours.get(r.uom) or r.unit_price) is not None]
    if len(worth) < 2 or worth[0] == worth[1]:
        return ""
    return f" The difference is {money(round_money(abs(worth[0] - worth[1]), currency))}{f' {currency}' if currency else ''}."


def _which_basis(line: DraftLine, readings: Sequence[UnitReading], currency: str | None) -> Iterator[Doubt]:
    assert line.quantity is not None and line.unit_price is not None and line.uom is not None
    uom = line.uom.value
    same = [r for r in readings if r.uom == uom and r.unit_price is not None]
    if len(same) < 2 or same[1].probability < 0.01:
        return
    quantity, whole = line.quantity.value, sum(r.probability for r in same)
    amounts = [f"{money(round_money(quantity * (r.unit_price or 0), currency))}" for r in same[:2]]
    bases = [basis_words(r.price_uom, r.per) for r in same[:2]]
    choices = tuple(
        Choice(number(r.unit_price or Decimal(0)), f"for {basis_words(r.price_uom, r.per)}", r.probability / whole,
               f"{money(r.unit_price or Decimal(0))} for one {unit_name(uom)}") for r in same[:9])
    yield Doubt(
        DoubtCode.UNIT_UNSURE,
        f"{row_name(line)}: is the printed price for {bases[0]}, or for {bases[1]}? "
        f"{number(quantity)} {unit_name(uom, quantity)} make {amounts[0]} or {amounts[1]}.",
        f"lines.{line.key}.unit_price", line.unit_price.evidence, choices,
        (1 - same[0].probability / whole) * line_value(line))


def _by_unit(readings: Sequence[UnitReading]) -> list[UnitReading]:
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
    total = (quantity * reading.factor).normalize()
    return f"{said} of {number(reading.factor)} = {number(total)} {unit_name(base_uom, total)}"
