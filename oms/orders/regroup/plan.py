"""Whether orders may be merged or split, and which lines move. Pure; every reason against is said at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.domain.states import SalesOrderState
from models.errors import InputError
from oms.orders.changes.plan import LineNow

_OPEN = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
SAME = ("customer_id", "currency", "ship_to_id", "ship_to_text", "ship_complete", "state")
"""What orders that are merged have in common."""
_WORDS = {
    "customer_id": "customer", "currency": "currency", "ship_to_id": "ship-to address", "ship_to_text": "ship-to address",
    "ship_complete": "rule about partial deliveries", "state": "state"}


class RegroupRefused(InputError):
    """The orders cannot be merged or split so; the sentence lists every reason."""

    code = "regroup_refused"


@dataclass(frozen=True, slots=True)
class Whole:
    """An order as merging and splitting look at it. `common` holds the fields of SAME."""

    order_no: str
    state: SalesOrderState
    common: Mapping[str, Any]
    lines: tuple[LineNow, ...]
    has_charges: bool
    is_held: bool


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line goes: all of it as it stands, or a `quantity` (in its unit) that is parted from it."""

    line: LineNow
    quantity: Decimal | None = None


def check_merge(target: Whole, others: Sequence[Whole]) -> None:
    """Raise RegroupRefused unless the others' lines may go into the target."""
    _refuse("merged", [*_untouched(target), *(r for other in others for r in (*_untouched(other), *_differs(target, other)))])


def check_back(holder: Whole, home: Whole, lines: Sequence[LineNow]) -> None:
    """Raise RegroupRefused unless these lines of the holder may go home."""
    reasons = [*_untouched(holder)]
    if not lines:
        reasons.append(f"no line of {holder.order_no} came from {home.order_no}")
    if home.state not in (*_OPEN, SalesOrderState.MERGED):
        reasons.append(f"{home.order_no} is {home.state}")
    _refuse("parted again", reasons)


def plan_split(order: Whole, wanted: Mapping[int, Decimal | None]) -> tuple[Part, ...]:
    """What goes into the new order, by position: a quantity in the line's unit, or None for the whole line.

    Raises RegroupRefused.
    """
    lines = {line.position: line for line in order.lines}
    reasons = [*_untouched(order)]
    parts: list[Part] = []
    for position, quantity in sorted(wanted.items()):
        line = lines.get(position)
        if line is None or line.is_done:
            reasons.append(f"line {position} is not there, or nothing of it is open")
        elif quantity is None or (quantity == line.quantity and not line.cancelled):
            parts.append(Part(line))
        elif quantity <= 0 or quantity * line.base_quantity / line.quantity >= line.base_quantity - line.cancelled:
            reasons.append(f"line {position}: only a part of what is open can be parted off; to take it all, give no quantity")
        else:
            parts.append(Part(line, quantity))
    if not wanted:
        reasons.append("no line was chosen")
    whole = {part.line.position for part in parts if part.quantity is None}
    if not any(not line.is_done and line.position not in whole for line in order.lines):
        reasons.append("a line must stay")
    _refuse("split", reasons)
    return tuple(parts)


def _untouched(order: Whole) -> Iterator[str]:
    if order.state not in _OPEN:
        yield f"{order.order_no} is {order.state}"
    if any(line.bound > 0 for line in order.lines):
        yield f"goods of {order.order_no} have left or are with a warehouse"
    if order.is_held:
        yield f"{order.order_no} is held"


def _differs(target: Whole, other: Whole) -> Iterator[str]:
    words = dict.fromkeys(_WORDS[name] for name in SAME if target.common[name] != other.common[name])
    if words:
        yield f"{other.order_no} has another {', '.join(words)} than {target.order_no}"
    if other.has_charges:
        yield f"{other.order_no} has charges of its own"


def _refuse(verb: str, reasons: Sequence[str]) -> None:
    if reasons:
        raise RegroupRefused(f"This cannot be {verb}: {'; '.join(dict.fromkeys(reasons))}.")
