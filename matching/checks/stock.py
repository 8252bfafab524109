"""Whether what is wanted can be promised. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.records import ItemRecord
from matching.units import unit_name
from matching.wording import line_value, number, row_name
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import DraftLine


def check_stock(line: DraftLine, item: ItemRecord) -> Iterator[Doubt]:
    if line.base_quantity is None or item.available is None or line.base_quantity <= item.available:
        return
    yield Doubt(
        DoubtCode.STOCK_SHORT,
        f"{row_name(line)}: {number(line.base_quantity)} {unit_name(item.base_uom, line.base_quantity)} of {item.sku} are "
        f"wanted, {number(item.available)} can be promised.",
        f"lines.{line.key}.quantity", line.quantity.evidence if line.quantity else None, cost=0.05 * line_value(line))
