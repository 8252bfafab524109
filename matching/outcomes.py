"""What a person's verdict says about the draft the machine had made: which of its lines were right. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from models.domain.draft import Draft, DraftLine
from models.domain.states import LineState


def judged_lines(decided: Draft, final: Draft | None) -> Iterator[tuple[str, bool]]:
    """For each line of the decided draft its key and whether it was wrong, and for each line it had missed, which is wrong.

    A line is wrong when an order takes something else from the final draft: item, quantity, unit or price, or nothing at all. All
    lines are wrong when the order was another customer's, or was no order (`final` None).
    """
    last = {line.key: line for line in final.lines if line.state is not LineState.REJECTED} if final else {}
    is_theirs = final is not None and _customer(decided) == _customer(final)
    for line in decided.lines:
        if line.state is not LineState.REJECTED:
            after = last.pop(line.key, None)
            yield line.key, not is_theirs or after is None or _taken(line) != _taken(after)
    rejected = {line.key for line in decided.lines if line.state is LineState.REJECTED}
    yield from ((key, True) for key in last if key not in rejected)


def _customer(draft: Draft) -> int | None:
    return draft.customer.value.customer_id if draft.customer else None


def _taken(line: DraftLine) -> tuple[int | None, Decimal | None, str | None, Decimal | None]:
    """What an order takes of a line."""
    return (
        line.item.value.item_id if line.item else None, line.quantity.value if line.quantity else None,
        line.uom.value if line.uom else None, line.unit_price.value if line.unit_price else line.list_price)
