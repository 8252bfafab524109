"""What people changed on a case, one entry a version, with what can be given back its former value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from matching.cases import UNDO, Correction
from matching.corrections import is_restorable, text_of
from matching.review import standing
from matching.rows import LINES
from matching.unsaved import Unsaved
from models.domain.draft import Draft
from review_ui.language import N_
from review_ui.presenters.pasted import COLUMN_WORDS

MOST_SHOWN = 12
_ORDER_WORDS = {
    "customer": "Customer", "po_number": "PO number", "order_date": "Order date", "requested_date": "Requested for",
    "ship_to": "Ship to", "currency": "Currency", "total": "Total", "notes": "Notes",
    "payment_terms": "Payment", "delivery_terms": "Delivery terms", "urgency": "Urgent", "revision": "Revision",
    "buyer_name": "Buyer as printed", "ship_to_text": "Ship to as printed", "bill_to_text": "Bill to as printed"}
_LINE_WORDS = {**COLUMN_WORDS, "state": "State", "line_no": "Number", "amount": "Amount"}


@dataclass(frozen=True, slots=True)
class Change:
    """One value before and after. `line` is the line's number in the grid; `can_revert`: one press gives `before` back."""

    path: str
    what: str
    line: str
    before: str
    after: str
    can_revert: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What made one version: somebody's changes (`more` are those that are listed when they are asked for), or that they took
    version `undone` back."""

    version: int
    at: datetime
    user: str
    changes: tuple[Change, ...]
    more: tuple[Change, ...] = ()
    undone: str = ""
    stands: bool = True


def show_history(corrections: Sequence[Correction], draft: Draft | None, can_edit: bool) -> tuple[Entry, ...]:
    """Newest first. `corrections` oldest first, as they are stored."""
    kept = {c.version for c in standing(list(corrections))}
    names = line_names(draft)
    entries = []
    for version, group in groupby(corrections, key=lambda c: c.version):
        made = list(group)
        first = made[0]
        if first.path == UNDO:
            entries.append(Entry(version, first.at, first.user, (), undone=first.before or "?"))
            continue
        changes = tuple(_changes(made, names, can_edit and version in kept))
        entries.append(
            Entry(version, first.at, first.user, changes[:MOST_SHOWN], changes[MOST_SHOWN:], stands=version in kept))
    return tuple(reversed(entries))


@dataclass(frozen=True, slots=True)
class Typed:
    """A value that was typed and never saved, by whom and when. `line` is the line's number in the grid."""

    path: str
    what: str
    line: str
    value: str
    name: str
    at: datetime


def show_unsaved(edits: Sequence[Unsaved], draft: Draft | None) -> tuple[Typed, ...]:
    """What is not saved, newest first; what the order says already, or has no line for any more, is left out."""
    lines = {line.key: line for line in draft.lines} if draft else {}
    names = line_names(draft)
    shown = []
    for edit in edits:
        parts = edit.path.split(".")
        holder = lines.get(parts[1]) if len(parts) == 3 else draft
        if holder is not None and (text_of(holder, parts[-1]) or "") != edit.value:
            line = names[parts[1]] if len(parts) == 3 else ""
            shown.append(Typed(edit.path, word(edit.path), line, edit.value, edit.name, edit.at))
    return tuple(shown)


def line_names(draft: Draft | None) -> dict[str, str]:
    """The number that the grid shows for each line, by its key."""
    return {line.key: line.line_no.value if line.line_no else str(n) for n, line in enumerate(draft.lines, 1)} if draft else {}


def word(path: str) -> str:
    """What a field is called, by its path."""
    parts = path.split(".")
    if path == LINES:
        return "Rows"
    if parts[0] == "charges":
        return N_("Charge")
    return (_LINE_WORDS if len(parts) == 3 else _ORDER_WORDS).get(parts[-1], parts[-1].replace("_", " "))


def _changes(made: Sequence[Correction], names: dict[str, str], can_edit: bool) -> Iterator[Change]:
    for c in made:
        parts = c.path.split(".")
        line = names.get(parts[1], "") if len(parts) == 3 else ""
        can = can_edit and is_restorable(c.path) and (len(parts) == 1 or parts[1] in names)
        yield Change(c.path, word(c.path), line, c.before or "", c.after or "", can)
