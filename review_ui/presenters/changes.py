"""What a change, a cancellation or a revised order does to the order it is about, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matching.change_diff import ChangeKind, LineChange, diff_orders
from matching.checks.order import amended
from matching.ordered import lines_of
from matching.twins import load_twins
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft

_ABOUT_ANOTHER = frozenset({DoubtCode.CHANGE_OF_ORDER, DoubtCode.CANCELLATION, DoubtCode.REVISED_ORDER})
_WORDS = {
    ChangeKind.CHANGED: "changed", ChangeKind.ADDED: "new", ChangeKind.REMOVED: "removed", ChangeKind.KEPT: "as it is",
    ChangeKind.NOT_NAMED: "not named, stays"}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line: `before` and `after` are empty where it does not change; `refused` says why it cannot be done any more."""

    number: str
    what: str
    kind: ChangeKind
    word: str
    before: str
    after: str
    refused: str


@dataclass(frozen=True, slots=True)
class Changes:
    """The table, with the order it is about: its label ("order SO-000007") and where it is shown."""

    label: str
    link: str
    rows: tuple[ChangeRow, ...]
    unchanged: int


def load_changes(db: Session, case_id: int, draft: Draft, doubts: Sequence[Doubt]) -> Changes | None:
    """The table for a case that amends another order; None for every other case."""
    if not any(d.code in _ABOUT_ANOTHER for d in doubts):
        return None
    target = amended(load_twins(db, case_id, draft, 0))
    if target is None:
        return None
    change = diff_orders(draft.doc_type, target.lines, lines_of(draft))
    rows = tuple(_row(line) for line in change.differing)
    link = f"/orders/{target.order_no}" if target.order_no else f"/cases/{target.case_id}"
    return Changes(target.label, link, rows, len(change.lines) - len(rows))


def _row(line: LineChange) -> ChangeRow:
    before = ", ".join(f.before for f in line.fields if f.before)
    after = ", ".join(f.after for f in line.fields if f.after)
    return ChangeRow(line.name, line.what, line.kind, _WORDS[line.kind], before, after, line.refused or "")
