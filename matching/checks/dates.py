"""Whether the goods can be there on the day they are wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from matching.assemble import is_typed
from matching.calendar import working_days_after
from matching.records import Facts, ItemRecord
from matching.wording import order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Found
from models.domain.reading import DocumentType
from models.domain.states import LineState


def check_dates(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """Days before the earliest one on which goods can arrive: in stock now, or after the lead time, and the days on the way."""
    if draft.doc_type is not DocumentType.PURCHASE_ORDER:
        return
    transit = _transit(draft, facts)
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    for line in (line for line in lines if line.requested_date is not None):
        yield from _too_early(
            line.requested_date, f"lines.{line.key}.requested_date", f"{row_name(line)} is", [line], transit, draft, facts)
    rest = [line for line in lines if line.requested_date is None]
    if rest or not lines:
        yield from _too_early(draft.requested_date, "requested_date", "The order is", rest, transit, draft, facts)


def _transit(draft: Draft, facts: Facts) -> int:
    """Working days on the way to the ship-to address; 0 when none are kept."""
    wanted = draft.ship_to.value.address_id if draft.ship_to else None
    known = facts.customer.addresses if facts.customer else ()
    return next((a.transit_days for a in known if a.address_id == wanted and a.transit_days), 0)


def _too_early(
    wanted: Found[date] | None, path: str, who: str, lines: list[DraftLine], transit: int, draft: Draft, facts: Facts
) -> Iterator[Doubt]:
    if wanted is None or is_typed(wanted):
        return
    waits = [(_lead(line, facts), line) for line in lines]
    lead, slowest = max(waits, key=lambda w: w[0], default=(0, None))
    earliest = working_days_after(working_days_after(facts.on, lead, facts.closed_days), transit, facts.closed_days)
    if wanted.value >= earliest or (wanted.value >= facts.on and lead == transit == 0):
        return
    parts = [f"{_count(lead)} until {slowest.item.value.sku} can leave"] if lead and slowest and slowest.item else []
    parts += [f"{_count(transit)} on the way"] if transit else []
    possible = f"{earliest} ({', '.join(parts)})" if parts else str(earliest)
    day = f"{wanted.value}, which is past," if wanted.value < facts.on else str(wanted.value)
    choices = (
        Choice(str(earliest), f"{earliest}, the earliest day", 0.7),
        Choice(str(wanted.value), f"{wanted.value}, as printed", 0.3))
    yield Doubt(
        DoubtCode.DATE_TOO_EARLY,
        f"{who} wanted on {day} but cannot arrive before {possible}. Agree on a day with the customer.",
        path, wanted.evidence, choices, 0.05 * order_value(draft))


def _count(days: int) -> str:
    return f"{days} {'working day' if days == 1 else 'working days'}"


def _lead(line: DraftLine, facts: Facts) -> int:
    """Working days until a line can leave: none when the stock covers it, or when no lead time is kept."""
    item: ItemRecord | None = facts.items.get(line.item.value.item_id) if line.item else None
    if item is None or item.lead_time_days is None:
        return 0
    in_stock = item.available is not None and line.base_quantity is not None and line.base_quantity <= item.available
    return 0 if in_stock else item.lead_time_days
