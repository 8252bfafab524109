"""What edits make of an order, or why they cannot be done. Pure; everything that is refused is said at once.

Quantities: `quantity` is in the line's unit, everything else in base units. A line is open as far as it is neither cancelled nor
shipped nor with a warehouse; only what is open can be taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from models.domain.money import amount_kept, line_amount
from models.domain.moves import RefusedMove
from models.domain.states import SalesOrderState
from models.errors import InputError
from oms.orders.assemble import LARGEST, NewLine
from oms.orders.changes.kits import KitNow, PartLine

ZERO = Decimal(0)
_SIX_PLACES = Decimal("0.000001")
EDITABLE = (SalesOrderState.DRAFT, SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
HEADER = ("po_number", "requested_date", "ship_to_id", "ship_to_text", "payment_terms", "notes", "ship_complete", "valid_until")
"""The fields of an order itself that may be changed."""
ADDRESS = frozenset({"ship_to_id", "ship_to_text"})
"""Fields that say where the goods go."""
_NEEDED = frozenset({"po_number", "ship_complete"})


class ChangeRefused(InputError):
    """The order cannot be changed so; the sentence lists every reason."""

    code = "change_refused"


class NothingChanged(ChangeRefused):
    """The order is so already."""

    code = "nothing_changed"


@dataclass(frozen=True, slots=True)
class LineNow:
    """A line as it is. Of kits, `allocated` counts those of which any part has left or is with a warehouse."""

    id: int
    position: int
    item_id: int
    sku: str
    quantity: Decimal
    uom: str
    base_quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    discount: Decimal | None
    requested_date: date | None
    cancelled: Decimal
    shipped: Decimal
    allocated: Decimal
    kit: KitNow | None = None          # what is in it, once a part has left or is with a warehouse

    @property
    def bound(self) -> Decimal:
        """What has left or is with a warehouse."""
        return max(self.shipped, self.allocated)

    @property
    def open(self) -> Decimal:
        """What can still be taken away."""
        return max(self.base_quantity - self.cancelled - self.bound, ZERO)

    @property
    def apart(self) -> Decimal:
        """Kits that can be taken apart: parts of them have left, and no warehouse is at the rest."""
        return max(min(self.allocated, self.base_quantity - self.cancelled) - self.kit.bound, ZERO) if self.kit else ZERO

    @property
    def at_work(self) -> Decimal:
        """What a warehouse is at."""
        return max(self.allocated - self.apart - self.shipped, ZERO)

    @property
    def has_left(self) -> bool:
        """True when something of it left, be it a part of a kit."""
        return self.shipped > 0 or (self.kit is not None and any(x.gone > 0 for x in self.kit.parts))

    @property
    def wanted(self) -> Decimal:
        """What stock should be reserved for."""
        return max(self.base_quantity - self.cancelled - self.shipped, ZERO)

    @property
    def is_done(self) -> bool:
        """True when nothing more of it will leave."""
        return self.shipped + self.cancelled >= self.base_quantity


@dataclass(frozen=True, slots=True)
class OrderNow:
    """An order as it is; `header` holds the fields of HEADER."""

    state: SalesOrderState
    currency: str
    header: Mapping[str, Any]
    lines: tuple[LineNow, ...]


@dataclass(frozen=True, slots=True)
class EditHeader:
    """Set a field of the order itself; None clears it."""

    name: str
    value: Any


@dataclass(frozen=True, slots=True)
class EditLine:
    """Set what is not None. `quantity` and `unit_price` are per the line's unit; `quantity` is what is ordered in all, and
    beside it what was cancelled stays cancelled."""

    position: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    requested_date: date | None = None


@dataclass(frozen=True, slots=True)
class CancelLine:
    """Cancel so much (in the line's unit) of what is open, or, with None, all of it. Kits of which only parts left are taken
    apart: those parts become lines of their own."""

    position: int
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """Take a line out of a draft as if it had never been written."""

    position: int


@dataclass(frozen=True, slots=True)
class AddLine:
    """One more line; its position is given by the plan. `instead_of`: the place of the line it replaces, told in the history."""

    line: NewLine
    instead_of: int | None = None


Edit = EditHeader | EditLine | CancelLine | RemoveLine | AddLine


@dataclass(frozen=True, slots=True)
class Entry:
    """One value before and after, as text; None for none. `path`: "lines.2.quantity", "ship_to_id"."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """What to write. `lines` holds every line that was there, as it will be; `state` is what the order becomes; `total` is what
    is not cancelled of its lines."""

    state: SalesOrderState
    header: Mapping[str, Any]
    lines: tuple[LineNow, ...]
    added: tuple[NewLine, ...]
    removed: tuple[int, ...]           # ids of lines that go
    entries: tuple[Entry, ...]
    total: Decimal
    parts: tuple[PartLine, ...] = ()


@dataclass(slots=True)
class _Sheet:
    """The order while edits are applied one after the other."""

    order: OrderNow
    lines: dict[int, LineNow]
    header: dict[str, Any]
    added: list[NewLine] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def plan_change(order: OrderNow, edits: Sequence[Edit]) -> ChangePlan:
    """The order after the edits, in their order. A quote can only be taken back whole or in part; to change it, make it a draft.

    Raises ChangeRefused with every reason, NothingChanged, RefusedMove for an order at its end.
    """
    takes_back = order.state is SalesOrderState.QUOTED and all(isinstance(edit, CancelLine) for edit in edits)
    if order.state not in EDITABLE and not takes_back:
        raise RefusedMove(f"The order is {order.state}; only {', '.join(EDITABLE)} orders can be changed.")
    sheet = _Sheet(order, {x.position: x for x in order.lines}, dict(order.header))
    for edit in edits:
        _apply(sheet, edit)
    kept = (amount_kept(x.amount, x.base_quantity, x.cancelled, order.currency) for x in sheet.lines.values())
    total = sum(kept, ZERO) + sum((x.amount for x in sheet.added), ZERO)
    if total >= LARGEST:
        sheet.refused.append(f"the total of {total:f} is beyond what can be booked")
    if sheet.refused:
        raise ChangeRefused(f"This change cannot be made: {'; '.join(sheet.refused)}.")
    if not sheet.entries:
        raise NothingChanged("The order is so already; there is nothing to change.")
    parts = _take_apart(sheet)
    lines = tuple(sheet.lines[p] for p in sorted(sheet.lines))
    state = order.state if sheet.added else _state_after(order.state, lines)
    total += sum((x.line.amount for x in parts), ZERO)
    return ChangePlan(state, sheet.header, lines, tuple(sheet.added), tuple(sheet.removed), tuple(sheet.entries), total, parts)


def _state_after(state: SalesOrderState, lines: Sequence[LineNow]) -> SalesOrderState:
    """An order nothing more of which will leave is at its end: closed when something left, else cancelled."""
    if not lines or not all(x.is_done for x in lines):
        return state
    return SalesOrderState.CLOSED if any(x.has_left for x in lines) else SalesOrderState.CANCELLED


def cancel_everything(order: OrderNow) -> list[Edit]:
    """The edits that cancel whatever is open. Raises ChangeRefused while goods are with a warehouse."""
    held = [f"line {x.position} ({x.sku}): {x.at_work:f}" for x in order.lines if x.at_work]
    if held:
        raise ChangeRefused(
            f"A warehouse is at this order: {'; '.join(held)}. Cancel its fulfilment orders first, then the order.",
            code="with_warehouse")
    return [CancelLine(x.position) for x in order.lines if x.open + x.apart > 0]


def _apply(sheet: _Sheet, edit: Edit) -> None:
    if isinstance(edit, EditHeader):
        _edit_header(sheet, edit)
    elif isinstance(edit, AddLine):
        _add(sheet, edit.line, edit.instead_of)
    elif (line := sheet.lines.get(edit.position)) is None:
        sheet.refused.append(f"there is no line {edit.position}")
    elif isinstance(edit, CancelLine):
        _cancel(sheet, line, edit)
    elif isinstance(edit, RemoveLine):
        _remove(sheet, line)
    else:
        _edit_line(sheet, line, edit)


def _edit_header(sheet: _Sheet, edit: EditHeader) -> None:
    before = sheet.header.get(edit.name)
    words = edit.name.replace("_", " ")
    if edit.name not in HEADER:
        sheet.refused.append(f"{words} is no field that can be changed")
    elif edit.value is None and edit.name in _NEEDED:
        sheet.refused.append(f"{words} must not be empty")
    elif edit.value == before:
        return
    elif edit.name in ADDRESS and any(x.bound > 0 for x in sheet.order.lines):
        sheet.refused.append("the address cannot change any more: goods have left or are with a warehouse")
    else:
        sheet.header[edit.name] = edit.value
        sheet.entries.append(Entry(edit.name, text(before), text(edit.value)))


def _add(sheet: _Sheet, line: NewLine, instead_of: int | None) -> None:
    position = max((*sheet.lines, *(x.position for x in sheet.added)), default=0) + 1
    if problem := _out_of_range(line.quantity, line.base_quantity, line.unit_price):
        sheet.refused.append(f"the new line for {line.sku}: {problem}")
        return
    sheet.added.append(replace(line, position=position))
    sheet.entries += _told(sheet.added[-1], instead_of)


def _told(line: NewLine, instead_of: int | None) -> Iterator[Entry]:
    """What the history says of a new line."""
    for name in ("sku", "quantity", "uom", "unit_price", "requested_date"):
        if getattr(line, name) is not None:
            yield Entry(f"lines.{line.position}.{name}", None, text(getattr(line, name)))
    if instead_of is not None:
        yield Entry(f"lines.{line.position}.instead_of", None, text(instead_of))


def _cancel(sheet: _Sheet, line: LineNow, edit: CancelLine) -> None:
    most = line.open + line.apart
    take = most if edit.quantity is None else _in_base(line, edit.quantity)
    rest = line.base_quantity - line.cancelled - take
    if take > most or (edit.quantity is not None and take <= 0):
        sheet.refused.append(f"line {line.position} ({line.sku}): {_only_open(line)}")
    elif take > line.open and rest != rest.to_integral_value():
        sheet.refused.append(f"line {line.position} ({line.sku}): kits of which parts have left are only cancelled whole")
    elif take > 0:
        _put(sheet, replace(line, cancelled=line.cancelled + take), ("cancelled",))


def _take_apart(sheet: _Sheet) -> tuple[PartLine, ...]:
    """The parts that left with kits that are cancelled now, as lines of their own for their share of the kits' money."""
    known = {x.position: x for x in sheet.order.lines}
    found: list[PartLine] = []
    first = max((*sheet.lines, *(x.position for x in sheet.added)), default=0) + 1
    for line in sheet.lines.values():
        cancelled = line.cancelled - known[line.position].cancelled
        if line.kit is None or cancelled <= 0:
            continue
        kept = [amount_kept(line.amount, line.base_quantity, x, sheet.order.currency)
                for x in (known[line.position].cancelled, line.cancelled)]
        freed = line.kit.freed(cancelled, line.base_quantity - line.cancelled, kept[0] - kept[1], sheet.order.currency)
        for part in freed:
            found.append(PartLine(line.id, part.as_line(first + len(found), line.requested_date)))
            sheet.entries += _told(found[-1].line, line.position)
    return tuple(found)


def _remove(sheet: _Sheet, line: LineNow) -> None:
    if sheet.order.state is not SalesOrderState.DRAFT:
        sheet.refused.append(f"line {line.position} ({line.sku}): only a draft's lines are removed; cancel it instead")
        return
    del sheet.lines[line.position]
    sheet.removed.append(line.id)
    sheet.entries.append(Entry(f"lines.{line.position}", f"{text(line.quantity)} {line.uom} {line.sku}", None))


def _edit_line(sheet: _Sheet, line: LineNow, edit: EditLine) -> None:
    quantity = line.quantity if edit.quantity is None else six_places(edit.quantity)
    price = line.unit_price if edit.unit_price is None else six_places(edit.unit_price)
    base = line.base_quantity if quantity == line.quantity else _in_base(line, quantity)
    after = replace(
        line, quantity=quantity, unit_price=price, base_quantity=base, requested_date=edit.requested_date or line.requested_date)
    problems = [*_line_problems(line, after)]
    if problems:
        sheet.refused += [f"line {line.position} ({line.sku}): {problem}" for problem in problems]
        return
    if (quantity, price) != (line.quantity, line.unit_price):
        after = replace(after, amount=line_amount(quantity, price, line.discount, sheet.order.currency))
    _put(sheet, after, ("quantity", "unit_price", "requested_date"))


def _line_problems(line: LineNow, after: LineNow) -> Iterator[str]:
    if problem := _out_of_range(after.quantity, after.base_quantity, after.unit_price):
        yield problem
    elif after.base_quantity < line.base_quantity and after.base_quantity < line.cancelled + line.bound:
        yield _only_open(line, edits=True)
    if after.unit_price != line.unit_price and line.shipped > 0:
        yield "the price cannot change any more: goods have left. Give a credit instead"
    if after != line and line.is_done:
        yield "it is at its end; add a line instead"


def _only_open(line: LineNow, *, edits: bool = False) -> str:
    apart = ZERO if edits else line.apart
    rest = line.bound - apart
    bound = f", and {rest:f} have left or are with a warehouse" if rest else ""
    return f"only {line.open + apart:f} of {line.base_quantity:f} are open{bound}"


def _out_of_range(quantity: Decimal, base: Decimal, price: Decimal) -> str | None:
    if not (quantity.is_finite() and base.is_finite() and price.is_finite()) or quantity <= 0 or base <= 0:
        return "the quantity must be above zero; to take a line away, cancel it"
    if price < 0 or max(quantity, base, price, quantity * price) >= LARGEST:
        return "the quantity or price is out of range"
    return None


def _put(sheet: _Sheet, after: LineNow, names: Sequence[str]) -> None:
    before = sheet.lines[after.position]
    sheet.lines[after.position] = after
    sheet.entries += [
        Entry(f"lines.{after.position}.{name}", text(getattr(before, name)), text(getattr(after, name)))
        for name in names if getattr(before, name) != getattr(after, name)]


def _in_base(line: LineNow, quantity: Decimal) -> Decimal:
    return six_places(quantity * line.base_quantity / line.quantity) if quantity.is_finite() else quantity


def six_places(value: Decimal) -> Decimal:
    """Rounded half-up to what the columns keep; what is no number stays what it is, to be refused."""
    if not value.is_finite() or abs(value) >= LARGEST:
        return value
    return value.quantize(_SIX_PLACES, rounding=ROUND_HALF_UP).normalize()


def text(value: Any) -> str | None:
    """A value as order changes and messages hold it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value is None else str(value)
