"""Whether two papers are one order: by what is ordered, not by how it was printed, scanned or sent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from matching.ordered import OrderedLine, lines_of, same_count, same_thing
from matching.records import Twin
from models.domain.codes import clean_code, fold_code
from models.domain.draft import Draft
from models.domain.evidence import Found
from models.domain.states import LineState

_MANY_LINES = 5
_MOST_PAIRS = 500
"""Beyond so many lines without an item, pairs are no longer looked for one by one."""


class Verdict(StrEnum):
    """How an order stands to another of the same customer."""

    SAME_FILE = "same_file"        # the very same bytes, with the same content
    SAME_ORDER = "same_order"      # a rescan, or the order by another channel
    UNKNOWN = "unknown"            # the same PO number; what the other order holds is not known
    REVISION = "revision"          # the same PO number, other content
    SAME_GOODS = "same_goods"      # other PO number, the same lines


def verdict(draft: Draft, twin: Twin) -> Verdict | None:
    """What a draft is to another order; None when the two have nothing to do with each other."""
    number = clean_code(draft.po_number.value) if draft.po_number else ""
    if number == clean_code(twin.po_number or ""):
        if not twin.drafts and not twin.lines:
            return Verdict.UNKNOWN
        if is_same_order(draft, twin):
            return Verdict.SAME_FILE if twin.has_same_file else Verdict.SAME_ORDER
        return Verdict.REVISION if number else None
    return Verdict.SAME_GOODS if _same_days(draft, twin) and has_same_goods(lines_of(draft), twin.lines) else None


def is_telling(draft: Draft) -> bool:
    """Whether the same goods again would be more than a habit: they are wanted on a day that is said, or they are too many."""
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    return len(lines) >= _MANY_LINES or draft.requested_date is not None or any(line.requested_date for line in lines)


def _same_days(draft: Draft, twin: Twin) -> bool:
    ours = {line.requested_date for line in lines_of(draft)} | {_value(draft.requested_date)}
    theirs = {line.requested_date for line in twin.lines} | {twin.requested_date}
    return is_telling(draft) and ours == theirs


def is_same_order(draft: Draft, twin: Twin) -> bool:
    """True when the other order asks for the same goods at the same prices, days and place: as it is, or as it was first read."""
    ours = lines_of(draft)
    if twin.drafts:
        return any(_head(draft) == _head(d) and _paired(ours, lines_of(d), _same_line) for d in twin.drafts)
    return _paired(ours, twin.lines, _same_line)


def has_same_goods(ours: Sequence[OrderedLine], theirs: Sequence[OrderedLine]) -> bool:
    """True when all lines of both name known items in the same quantities, and there are any."""
    if not ours or any(line.item_id is None or line.base_quantity is None for line in (*ours, *theirs)):
        return False
    return sorted(map(_goods, ours)) == sorted(map(_goods, theirs))


def _goods(line: OrderedLine) -> tuple[int, Any]:
    return line.item_id or 0, line.base_quantity


def _head(draft: Draft) -> tuple[Any, ...]:
    revision = fold_code(draft.revision.value) if draft.revision else ""
    place = draft.ship_to.value.address_id if draft.ship_to else None
    return draft.doc_type, revision, _value(draft.requested_date), place


def _value(found: Found[Any] | None) -> Any:
    return found.value if found else None


def _same_line(a: OrderedLine, b: OrderedLine) -> bool:
    return same_thing(a, b) and same_count(a, b) and a.price == b.price and a.requested_date == b.requested_date


def _paired(
    ours: Sequence[OrderedLine], theirs: Sequence[OrderedLine], same: Callable[[OrderedLine, OrderedLine], bool]
) -> bool:
    """True when each line of one has its own partner among the other's."""
    if len(ours) != len(theirs):
        return False
    left: dict[Any, list[OrderedLine]] = {}
    for line in theirs:
        left.setdefault(_key(line), []).append(line)
    open_lines = []
    for line in ours:
        group = left.get(_key(line), [])
        at = next((n for n, other in enumerate(group) if same(line, other)), None)
        if at is None:
            open_lines.append(line)
        else:
            group.pop(at)
    rest = [line for group in left.values() for line in group]
    if len(open_lines) > _MOST_PAIRS:
        return False
    for line in open_lines:
        at = next((n for n, other in enumerate(rest) if same(line, other)), None)
        if at is None:
            return False
        rest.pop(at)
    return not rest


def _key(line: OrderedLine) -> Any:
    """Lines that are the same nearly always have the same key."""
    return line.item_id or line.text, line.base_quantity or line.quantity
