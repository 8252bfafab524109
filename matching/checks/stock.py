"""Whether what is wanted can be promised, all lines of one item together. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR, Decimal

from matching.assemble import is_typed
from matching.records import Facts, ItemRecord
from matching.replacements import fits_unit, has_enough, substitutes_of, successor_of
from matching.units import factor_of, unit_name
from matching.wording import line_value, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState


def check_stock(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """Each line that the stock does not cover after the lines before it: part now, wait, or something else."""
    taken: dict[int, Decimal] = {}
    for line in draft.lines:
        item = facts.items.get(line.item.value.item_id) if line.item and line.state is not LineState.REJECTED else None
        if item is None or item.available is None or not line.base_quantity or line.base_quantity < 0:
            continue
        before = taken.get(item.item_id, Decimal(0))
        taken[item.item_id] = before + line.base_quantity
        left = max(item.available - before, Decimal(0))
        if line.base_quantity > left and not is_typed(line.quantity):
            yield _short(line, item, left, before, facts)


def _short(line: DraftLine, item: ItemRecord, left: Decimal, before: Decimal, facts: Facts) -> Doubt:
    wanted = line.base_quantity or Decimal(0)
    shared = f" after the {number(before)} of the lines above" if before else ""
    return Doubt(
        DoubtCode.STOCK_SHORT,
        f"{row_name(line)}: {number(wanted)} {unit_name(item.base_uom, wanted)} of {item.sku} are wanted, {number(left)} can be "
        f"promised{shared}.",
        f"lines.{line.key}.quantity", line.quantity.evidence if line.quantity else None, tuple(_ways(line, item, left, facts)),
        0.05 * line_value(line))


def _ways(line: DraftLine, item: ItemRecord, left: Decimal, facts: Facts) -> Iterator[Choice]:
    if line.quantity is None or line.uom is None:
        return
    factor = factor_of(line.uom.value, item.base_uom, item.convertible) or Decimal(1)
    now = (left / factor).to_integral_value(ROUND_FLOOR)
    wanted, unit = line.quantity.value, unit_name(line.uom.value, Decimal(2))
    if facts.customer and facts.customer.rules.ship_complete:
        yield Choice(number(wanted), f"{number(wanted)} {unit}, sent together when all are there", 0.5)
    elif now > 0:
        yield Choice(number(wanted), f"Split: {number(now)} {unit} now, {number(wanted - now)} when they come", 0.5)
    else:
        yield Choice(number(wanted), f"{number(wanted)} {unit} as a backorder", 0.5)
    if now > 0:
        yield Choice(number(now), f"Only the {number(now)} {unit} that are there", 0.2)
    successor = successor_of(item, facts.items)
    for other in [*([successor] if successor else []), *substitutes_of(item, facts.items)]:
        if fits_unit(other, line.uom.value) and has_enough(other, line.base_quantity or Decimal(0)):
            yield Choice(
                other.sku, f"{other.sku} · {other.description}", 0.2, f"instead of {item.sku}", path=f"lines.{line.key}.item")
