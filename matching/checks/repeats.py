"""Lines that ask for the same goods twice. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from matching.assemble import is_typed
from matching.records import Facts
from matching.wording import line_value, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState

_Same = tuple[int, str | None, Decimal | None, date | None]


def check_repeats(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """A line with the item, unit, price and day of one above it. Customers for whom repeated lines are usual are not asked."""
    if facts.customer is not None and facts.customer.rules.merge_repeated_lines:
        return
    first: dict[_Same, DraftLine] = {}
    for line in draft.lines:
        if line.item is None or line.state is LineState.REJECTED or line.quantity is None:
            continue
        key = (
            line.item.value.item_id, line.uom.value if line.uom else None, line.unit_price.value if line.unit_price else None,
            line.requested_date.value if line.requested_date else None)
        above = first.setdefault(key, line)
        if above is not line and not is_typed(line.item):
            yield _repeat(above, line)


def _repeat(above: DraftLine, line: DraftLine) -> Doubt:
    assert above.quantity is not None and line.quantity is not None and line.item is not None
    counts = f"{number(above.quantity.value)} and {number(line.quantity.value)}"
    return Doubt(
        DoubtCode.REPEATED_LINE,
        f"{row_name(above)} and {row_name(line).lower()} both ask for {line.item.value.sku} ({counts}). Are both meant?",
        f"lines.{line.key}.state", line.quantity.evidence,
        (Choice("confirmed", "Both are meant", 0.6), Choice("rejected", f"{row_name(line)} is a repeat: leave it out", 0.4)),
        0.4 * line_value(line))
