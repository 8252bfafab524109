"""What a change, a revision or a cancellation does to an order, line by line, as data and in words. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from matching.ordered import OrderedLine, same_count, same_thing
from matching.units import unit_name
from matching.wording import money, number, quoted
from models.domain.reading import DocumentType


class ChangeKind(StrEnum):
    """What becomes of a line."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    KEPT = "kept"
    NOT_NAMED = "not named"        # a change that lists only what it changes leaves the rest as it is


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value before and after, in words; None for none."""

    name: str
    before: str | None
    after: str | None

    @property
    def words(self) -> str:
        """Half a sentence: "quantity 100 pieces → 120 pieces"."""
        before, after = (quoted(x) if x and self.name == "item" else x for x in (self.before, self.after))
        return f"{self.name} {before or 'none'} → {after or 'none'}"


@dataclass(frozen=True, slots=True)
class LineChange:
    """What becomes of one line. `refused` says why it cannot be done any more; None when it can. `before` and `after` are the
    lines' positions in the order and in the paper; None where there is none."""

    kind: ChangeKind
    name: str
    what: str
    fields: tuple[FieldChange, ...] = ()
    refused: str | None = None
    before: int | None = None
    after: int | None = None

    @property
    def words(self) -> str:
        """Half a sentence: "line 2 (KX-4): quantity 100 pieces → 120 pieces"."""
        head = f"line {self.name} ({quoted(self.what)})"
        if self.kind is ChangeKind.CHANGED:
            return f"{head}: {', '.join(f.words for f in self.fields)}"
        return f"{head} is {self.kind}"


@dataclass(frozen=True, slots=True)
class OrderChange:
    """All lines of an order and of the paper that amends it, in the order of the earlier one."""

    lines: tuple[LineChange, ...]

    @property
    def differing(self) -> tuple[LineChange, ...]:
        """The lines that do not stay as they are."""
        return tuple(line for line in self.lines if line.kind not in {ChangeKind.KEPT, ChangeKind.NOT_NAMED})

    @property
    def refused(self) -> tuple[LineChange, ...]:
        """What cannot be done any more."""
        return tuple(line for line in self.lines if line.refused)

    def words(self, most: int = 3) -> str:
        """What differs in one clause; empty when nothing does."""
        said = [line.words for line in self.differing]
        more = f"; and {len(said) - most} more" if len(said) > most else ""
        return "; ".join(said[:most]) + more


def diff_orders(kind: DocumentType, before: Sequence[OrderedLine], after: Sequence[OrderedLine]) -> OrderChange:
    """What the paper makes of the order.

    A purchase order with the number of an earlier one replaces it whole. A change that repeats a line as it is replaces it whole
    too; else the lines it does not name stay. A cancellation takes the lines it names, or all when it names none.
    """
    partner = _partners(before, after, _PASSES if kind is DocumentType.PURCHASE_ORDER else (*_PASSES, _SAME_PLACE))
    if kind is DocumentType.CANCELLATION:
        return OrderChange(tuple(_cancelled(line, not after or partner.get(n) is not None) for n, line in enumerate(before)))
    repeats = any(not tuple(_fields(before[n], after[m])) for n, m in partner.items())
    lists_all = kind is DocumentType.PURCHASE_ORDER or repeats
    known = tuple(_becomes(line, partner.get(n), after, lists_all) for n, line in enumerate(before))
    taken = set(partner.values())
    added = (
        LineChange(ChangeKind.ADDED, x.name, x.what, _all_fields(x, True), after=x.position)
        for n, x in enumerate(after) if n not in taken)
    return OrderChange((*known, *added))


_Pass = tuple[Callable[[OrderedLine, OrderedLine], bool], Callable[[OrderedLine], tuple[Any, ...]]]


def _partners(before: Sequence[OrderedLine], after: Sequence[OrderedLine], passes: Sequence[_Pass]) -> dict[int, int]:
    """Places in `after` by places in `before`: each pass says what must agree, and by which keys such lines are found."""
    pairs: dict[int, int] = {}
    for test, key in passes:
        free: dict[Any, list[int]] = {}
        taken = set(pairs.values())
        for n, line in enumerate(after):
            if n not in taken:
                for k in key(line):
                    free.setdefault(k, []).append(n)
        for n, line in enumerate(before):
            if n in pairs:
                continue
            found = next((m for k in key(line) for m in free.get(k, ()) if m not in taken and test(line, after[m])), None)
            if found is not None:
                pairs[n] = found
                taken.add(found)
    return pairs


def _by_name(line: OrderedLine) -> tuple[Any, ...]:
    return (line.name,)


def _by_thing(line: OrderedLine) -> tuple[Any, ...]:
    return *([("item", line.item_id)] if line.item_id is not None else []), *sorted(line.codes), ("text", line.text)


_PASSES: tuple[_Pass, ...] = (
    (same_thing, _by_name), (lambda a, b: same_thing(a, b) and same_count(a, b), _by_thing), (same_thing, _by_thing))
_SAME_PLACE: _Pass = (lambda a, b: True, _by_name)
"""A change that names a line by its number may put other goods in its place."""


def _cancelled(line: OrderedLine, is_named: bool) -> LineChange:
    return _removed(line) if is_named else LineChange(ChangeKind.NOT_NAMED, line.name, line.what, before=line.position)


def _removed(line: OrderedLine) -> LineChange:
    late = _left(line) if line.shipped > 0 else None
    return LineChange(ChangeKind.REMOVED, line.name, line.what, _all_fields(line, False), late, line.position)


def _becomes(line: OrderedLine, partner: int | None, after: Sequence[OrderedLine], lists_all: bool) -> LineChange:
    if partner is None:
        return _removed(line) if lists_all else LineChange(ChangeKind.NOT_NAMED, line.name, line.what, before=line.position)
    now = after[partner]
    changed = tuple(_fields(line, now))
    if not changed:
        return LineChange(ChangeKind.KEPT, line.name, line.what, before=line.position, after=now.position)
    other = not same_thing(line, now)
    short = now.base_quantity is not None and now.base_quantity < line.shipped
    refused = _left(line) if line.shipped > 0 and (other or short) else None
    return LineChange(ChangeKind.CHANGED, line.name, line.what, changed, refused, line.position, now.position)


def _left(line: OrderedLine) -> str:
    whole = line.base_quantity if line.base_quantity is not None else line.shipped
    return f"{number(line.shipped)} of {number(whole)} have left"


def _fields(before: OrderedLine, after: OrderedLine) -> Iterator[FieldChange]:
    if not same_thing(before, after):
        yield FieldChange("item", before.what, after.what)
    if not same_count(before, after):
        yield FieldChange("quantity", _count(before), _count(after))
    if after.price is not None and before.price != after.price:
        yield FieldChange("price", _money(before.price), _money(after.price))
    if before.requested_date != after.requested_date and after.requested_date is not None:
        yield FieldChange("date", _day(before.requested_date), _day(after.requested_date))


def _all_fields(line: OrderedLine, is_new: bool) -> tuple[FieldChange, ...]:
    found = (("quantity", _count(line)), ("price", _money(line.price)), ("date", _day(line.requested_date)))
    return tuple(
        FieldChange(name, None if is_new else value, value if is_new else None) for name, value in found if value is not None)


def _count(line: OrderedLine) -> str | None:
    if line.quantity is None:
        return None
    return f"{number(line.quantity)} {unit_name(line.uom, line.quantity)}" if line.uom else number(line.quantity)


def _money(price: Decimal | None) -> str | None:
    return money(price) if price is not None else None


def _day(day: date | None) -> str | None:
    return str(day) if day is not None else None
