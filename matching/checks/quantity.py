"""Whether a quantity is one we sell in, and one this customer is likely to want. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from statistics import median

from matching.assemble import is_typed
from matching.packs import rounded_down, sellable, whole_pieces, why_not_sold
from matching.records import Facts, ItemRecord
from matching.units import factor_of, to_scale, unit_name
from matching.wording import line_value, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import DraftLine

_FEW = 3
"""From so many former quantities on their spread is believed."""
_OFTEN_ENOUGH = math.log(20)
"""With fewer, only a quantity twenty times as large or small is unusual."""
_LEAST_OFF = math.log(5)
_WIDTH = 3.5
"""How many robust standard deviations (1.4826 × the median absolute deviation, Hampel 1974) are still usual."""


def check_quantity(line: DraftLine, item: ItemRecord, facts: Facts) -> Iterator[Doubt]:
    """Multiples and least quantities of the item, its weight, and the customer's own history."""
    if line.quantity is None or is_typed(line.quantity) or line.uom is None or not line.base_quantity or line.base_quantity < 0:
        return
    yield from _sold_in(line, item)
    yield from _weighed(line, item)
    yield from _unusual(line, item, facts.history.get(item.item_id, ()))


def _sold_in(line: DraftLine, item: ItemRecord) -> Iterator[Doubt]:
    base = line.base_quantity or Decimal(0)
    wanted = sellable(base, item)
    if wanted == base:
        return
    too_few = item.order_minimum is not None and base < item.order_minimum
    below = rounded_down(base, item.order_multiple) if item.order_multiple else Decimal(0)
    offers = [wanted, *([below] if below and sellable(below, item) == below else [])]
    choices = [c for offer in offers if (c := _in_unit(line, item, offer)) is not None]
    choices.append(Choice("rejected", "Leave the line out", 0.1, path=f"lines.{line.key}.state"))
    yield Doubt(
        DoubtCode.BELOW_ORDER_QUANTITY if too_few else DoubtCode.ORDER_MULTIPLE,
        f"{row_name(line)}: {number(base)} {unit_name(item.base_uom, base)} of {item.sku} cannot be ordered, "
        f"{why_not_sold(base, item)}. Take {number(wanted)}?",
        f"lines.{line.key}.quantity", line.quantity.evidence if line.quantity else None, tuple(choices), 0.2 * line_value(line))


def _in_unit(line: DraftLine, item: ItemRecord, base: Decimal) -> Choice | None:
    """A quantity in base units as an answer in the line's own unit; None where that is no plain number."""
    uom = line.uom.value if line.uom else item.base_uom
    factor = factor_of(uom, item.base_uom, item.convertible)
    value = to_scale(base / factor) if factor else None
    if value is None or factor is None or to_scale(value * factor) != to_scale(base):
        return None
    said = f"{number(value)} {unit_name(uom, value)}"
    return Choice(number(value), said if factor == 1 else f"{said} = {number(base)} {unit_name(item.base_uom, base)}", 0.6)


def _weighed(line: DraftLine, item: ItemRecord) -> Iterator[Doubt]:
    """An order by weight of what is sold by the piece must come near to whole pieces."""
    weighed = item.catch_weight
    assert line.quantity is not None and line.uom is not None
    weight = line.quantity.value
    if weighed is None or line.uom.value != weighed.uom or whole_pieces(weight, weighed) is not None:
        return
    below = rounded_down(weight, weighed.nominal)
    offers = [w for w in (below, below + weighed.nominal) if w > 0]
    one, many = unit_name(item.base_uom), unit_name(item.base_uom, Decimal(2))
    choices = tuple(
        Choice(number(w), f"{number(w / weighed.nominal)} {many} = {number(w)} {unit_name(weighed.uom, w)}", 0.5) for w in offers)
    yield Doubt(
        DoubtCode.CATCH_WEIGHT,
        f"{row_name(line)}: {number(weight)} {unit_name(weighed.uom, weight)} of {item.sku} are no whole {many}; one {one} "
        f"weighs about {number(weighed.nominal)} {unit_name(weighed.uom, weighed.nominal)} (± {number(weighed.tolerance)} %). "
        "How many are meant?",
        f"lines.{line.key}.quantity", line.quantity.evidence, choices, 0.3 * line_value(line))


def _unusual(line: DraftLine, item: ItemRecord, history: Sequence[Decimal]) -> Iterator[Doubt]:
    base, former = line.base_quantity, [q for q in history if q > 0]
    if not base or not former or not is_unusual(base, former):
        return
    usual = Decimal(median(former)).normalize()
    times = base / usual
    how = f"{number(round(times, 1))} times" if times > 1 else f"1/{round(1 / times)} of"
    as_usual = _in_unit(line, item, usual)
    printed = line.quantity.value if line.quantity else base
    choices = (Choice(number(printed), f"{number(printed)}, as printed", 0.6), *((as_usual,) if as_usual else ()))
    yield Doubt(
        DoubtCode.UNUSUAL_QUANTITY,
        f"{row_name(line)}: {number(base)} {unit_name(item.base_uom, base)} of {item.sku} are {how} what this customer "
        f"usually orders ({number(usual)}, in {len(former)} earlier {'order' if len(former) == 1 else 'orders'}). Is that right?",
        f"lines.{line.key}.quantity", line.quantity.evidence if line.quantity else None, choices, 0.3 * line_value(line))


def is_unusual(quantity: Decimal, former: Sequence[Decimal]) -> bool:
    """True when a quantity is far from the former ones, on a scale of ratios; all are positive."""
    logs = [math.log(q) for q in former]
    middle = median(logs)
    off = abs(math.log(quantity) - middle)
    if len(former) < _FEW:
        return off >= _OFTEN_ENOUGH
    spread = 1.4826 * median(abs(x - middle) for x in logs)
    seen = min(logs) <= math.log(quantity) <= max(logs)
    return not seen and off >= max(_LEAST_OFF, _WIDTH * spread)
