"""What a change, a cancellation or a revised order does to the order it is about, as a table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matching.change_diff import ChangeKind, LineChange, diff_orders
from matching.checks.order import amended
from matching.ordered import OrderedLine, lines_of
from matching.twins import load_twins
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.reading import DocumentType

_ABOUT_ANOTHER = frozenset({DoubtCode.CHANGE_OF_ORDER, DoubtCode.CANCELLATION, DoubtCode.REVISED_ORDER})
_WORDS = {
    ChangeKind.CHANGED: "changed", ChangeKind.ADDED: "new", ChangeKind.REMOVED: "removed", ChangeKind.KEPT: "as it is",
    ChangeKind.NOT_NAMED: "not named, stays"}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One line: `before` and `after` are empty where it does not change; `refused` says why it cannot be done any more.

    `keep` is the change of rows, as JSON, that leaves this line as it was; empty where that cannot be said.
    """

    number: str
    what: str
    kind: ChangeKind
    word: str
    before: str
    after: str
    refused: str
    keep: str = ""


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
    was = {line.position: line for line in target.lines}
    rows = tuple(_row(line, draft, was) for line in change.differing)
    link = f"/orders/{target.order_no}" if target.order_no else f"/cases/{target.case_id}"
    return Changes(target.label, link, rows, len(change.lines) - len(rows))


def _row(line: LineChange, draft: Draft, was: Mapping[int, OrderedLine]) -> ChangeRow:
    before = ", ".join(f.before for f in line.fields if f.before)
    after = ", ".join(f.after for f in line.fields if f.after)
    return ChangeRow(
        line.name, line.what, line.kind, _WORDS[line.kind], before, after, line.refused or "", _keeping(line, draft, was))


def _keeping(line: LineChange, draft: Draft, was: Mapping[int, OrderedLine]) -> str:
    """A cancellation is taken whole. Leaving a line out of a paper that lists all lines would cancel it: it is set as it was."""
    key = draft.lines[line.after].key if line.after is not None else None
    before = was.get(line.before) if line.before is not None else None
    if draft.doc_type is DocumentType.CANCELLATION:
        return ""
    if line.kind is ChangeKind.ADDED and key:
        return json.dumps({"kind": "remove", "keys": [key]})
    if before is None or before.item_id is None or before.quantity is None or not before.uom:
        return ""
    values = {"item": before.what, "uom": before.uom, "quantity": f"{before.quantity:f}"}
    values |= {"unit_price": f"{before.price:f}"} if before.price is not None else {}
    values |= {"requested_date": before.requested_date.isoformat()} if before.requested_date else {}
    return json.dumps({"kind": "paste", "columns": list(values), "rows": [list(values.values())], "at": key})
