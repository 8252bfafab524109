"""What people changed on a case, one entry a version, with what can be given back its former value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from matching.cases import Correction
from matching.corrections import is_restorable
from matching.review import UNDO, standing
from matching.rows import LINES
from models.domain.draft import Draft
from review_ui.presenters.pasted import COLUMN_WORDS

MOST_SHOWN = 12
_ORDER_WORDS = {
    "customer": "Customer", "po_number": "PO number", "order_date": "Order date", "requested_date": "Requested for",
    "ship_to": "Ship to", "currency": "Currency", "total": "Total", "notes": "Notes"}
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
    """What made one version: somebody's changes (`more` of them are not listed), or that they took version `undone` back."""

    version: int
    at: datetime
    user: str
    changes: tuple[Change, ...]
    more: int
    undone: str = ""
    stands: bool = True


def show_history(corrections: Sequence[Correction], draft: Draft | None, can_edit: bool) -> tuple[Entry, ...]:
    """Newest first. `corrections` oldest first, as they are stored."""
    kept = {c.version for c in standing(list(corrections))}
    names = {line.key: line.line_no.value if line.line_no else str(n) for n, line in enumerate(draft.lines, 1)} if draft else {}
    entries = []
    for version, group in groupby(corrections, key=lambda c: c.version):
        made = list(group)
        first = made[0]
        if first.path == UNDO:
            entries.append(Entry(version, first.at, first.user, (), 0, undone=first.before or "?"))
            continue
        changes = tuple(_changes(made[:MOST_SHOWN], names, can_edit and version in kept))
        entries.append(Entry(version, first.at, first.user, changes, len(made) - len(changes), stands=version in kept))
    return tuple(reversed(entries))


def _changes(made: Sequence[Correction], names: dict[str, str], can_edit: bool) -> Iterator[Change]:
    for c in made:
        parts = c.path.split(".")
        name = parts[-1]
        line = names.get(parts[1], "") if len(parts) == 3 else ""
        can = can_edit and is_restorable(c.path) and (len(parts) == 1 or parts[1] in names)
        what = "Rows" if c.path == LINES else (_LINE_WORDS if len(parts) == 3 else _ORDER_WORDS).get(name, name.replace("_", " "))
        yield Change(c.path, what, line, c.before or "", c.after or "", can)
