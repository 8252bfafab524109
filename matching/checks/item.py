"""Whether the item of a line can be what is wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.assemble import is_typed
from matching.records import ItemRecord
from matching.wording import line_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import DraftLine
from models.domain.items import ItemStatus


def check_item(line: DraftLine, item: ItemRecord | None) -> Iterator[Doubt]:
    """Items that cannot be had, and numbers that contradict the description."""
    path, name = f"lines.{line.key}.item", row_name(line)
    if item is not None and item.status is not ItemStatus.ACTIVE:
        yield Doubt(
            DoubtCode.ITEM_INACTIVE, f"{name}: {item.sku} is {item.status}. Choose another item or reject the line.", path,
            line.item.evidence if line.item else None, item_choices(line), line_value(line))
    best = line.item_candidates[0] if line.item_candidates and not is_typed(line.item) else None
    if best is None or line.item is not None:
        return
    against = next((r for r in best.reasons if ", not " in r), None)
    named = next((r for r in best.reasons if r.endswith(" agrees") and "brand" not in r), None)
    if against and named:
        yield Doubt(
            DoubtCode.ITEM_CONFLICT,
            f"{name}: {named} with {best.sku}, but the description contradicts it ({against}). Which is meant?",
            path, line.description.evidence if line.description else None, item_choices(line), line_value(line))


def item_choices(line: DraftLine) -> tuple[Choice, ...]:
    """The candidates of a line as answers; the value is the SKU."""
    return tuple(
        Choice(m.sku, f"{m.sku} · {m.description}", m.probability, "; ".join(m.reasons)) for m in line.item_candidates[:9])
