"""What the queue shows: one page of cases, each with its first question, tags, and who has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session

from matching.handling import PRIORITIES
from matching.queue import ALL, OFF, REVIEW, WAITING, Wanted, count_views, find_page
from models.domain.reading import DocumentType
from models.domain.states import PEOPLE_ROLES, CaseState
from models.tables.cases import CaseRow, DoubtRow, DraftRow
from models.tables.desk import CaseTagRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow
from review_ui.language import N_

PAGE = 50
"""Most rows of one page of the queue."""
SOON = timedelta(hours=4)

VIEWS: Mapping[str, str] = {
    REVIEW: N_("To review"), OFF: N_("For later"), WAITING: N_("Waiting for customer"), "moving": N_("On their way"),
    "done": N_("Handed over"), "aside": N_("Set aside"), "failed": N_("Failed"),
    ALL: N_("Everywhere"),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case of the list. `more` counts the doubts beside the first; `reviewer` has it open, `assignee` was given it.

    `due` is the customer's cut-off: "late", "soon" (less than four hours) or "".
    """

    id: int
    state: CaseState
    doc_type: DocumentType
    customer: str
    customer_is_known: bool
    po_number: str | None
    lines: int | None
    total: Decimal | None
    currency: str | None
    sentence: str
    more: int
    received_at: datetime
    reviewer: str | None
    assignee: str | None
    due_at: datetime | None
    due: str
    priority: str
    snoozed_until: datetime | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the queue and how many cases are in it."""

    key: str
    word: str
    count: int


class _Amount(msgspec.Struct):
    value: str


class _Line(msgspec.Struct):
    state: str
    quantity: _Amount | None = None
    unit_price: _Amount | None = None
    amount: _Amount | None = None


class _Glance(msgspec.Struct):
    """The few values of a stored draft that the list needs; decoding only these keeps a poll cheap."""

    total: _Amount | None = None
    currency: _Amount | None = None
    lines: list[_Line] = []


_glance = msgspec.json.Decoder(_Glance)


def _line_total(line: _Line) -> Decimal:
    if line.amount:
        return Decimal(line.amount.value)
    if line.quantity and line.unit_price:
        return Decimal(line.quantity.value) * Decimal(line.unit_price.value)
    return Decimal(0)


def _content(draft: str | None) -> dict[str, Any]:
    if draft is None:
        return {"lines": None, "total": None, "currency": None}
    seen = _glance.decode(draft)
    lines = [line for line in seen.lines if line.state != "rejected"]
    total = Decimal(seen.total.value) if seen.total else sum(map(_line_total, lines), Decimal(0))
    return {"lines": len(lines), "total": total or None, "currency": seen.currency.value if seen.currency else None}


def _select(case_ids: Sequence[int]) -> Select[CaseRow, str, str | None, str, str]:
    return (
        select(CaseRow, CustomerRow.name, MessageRow.sender_address, UserRow.name, DraftRow.content)
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
        .outerjoin(UserRow, UserRow.id == CaseRow.reviewer_id)
        .outerjoin(DraftRow, and_(DraftRow.case_id == CaseRow.id, DraftRow.version == CaseRow.version))
        .where(CaseRow.id.in_(case_ids)))


def _doubts(db: Session, case_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.execute(
        select(DoubtRow.case_id, DoubtRow.sentence)
        .join(CaseRow, and_(CaseRow.id == DoubtRow.case_id, CaseRow.version == DoubtRow.version))
        .where(DoubtRow.case_id.in_(case_ids)).order_by(DoubtRow.case_id, DoubtRow.position))
    for case_id, sentence in rows:
        found.setdefault(case_id, []).append(sentence)
    return found


def _tags(db: Session, case_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    stmt = select(CaseTagRow.case_id, CaseTagRow.tag).where(CaseTagRow.case_id.in_(case_ids)).order_by(CaseTagRow.tag)
    for case_id, tag in db.execute(stmt):
        found.setdefault(case_id, []).append(tag)
    return found


def load_queue(db: Session, wanted: Wanted, now: datetime, *, page: int = 1) -> tuple[list[QueueRow], int]:
    """One page of up to PAGE cases in the order wanted, and how many there are in all; pages count from 1."""
    ids, count = find_page(db, wanted, now, limit=PAGE, offset=PAGE * (page - 1))
    doubts, tags = _doubts(db, ids), _tags(db, ids)
    shown = {
        case.id: _row(case, customer, sender, reviewer, draft, doubts.get(case.id, []), tags.get(case.id, []), now)
        for case, customer, sender, reviewer, draft in db.execute(_select(ids))}
    return [shown[case_id] for case_id in ids if case_id in shown], count


def _row(
    case: CaseRow, customer: str | None, sender: str | None, reviewer: str | None, draft: str | None, doubts: Sequence[str],
    tags: Sequence[str], now: datetime
) -> QueueRow:
    is_open = case.review_until is not None and case.review_until > now
    return QueueRow(
        id=case.id, state=case.state, doc_type=case.doc_type, customer=customer or sender or N_("unknown sender"),
        customer_is_known=customer is not None, po_number=case.po_number,
        sentence=next(iter(doubts), case.sentence or ""), more=max(len(doubts) - 1, 0), received_at=case.received_at,
        reviewer=reviewer if is_open else None,
        assignee=reviewer if case.state is CaseState.NEEDS_REVIEW and case.review_until is None else None,
        due_at=case.due_at, due=_due(case.due_at, now), priority=PRIORITIES.get(case.priority, "") if case.priority else "",
        snoozed_until=case.snoozed_until if case.snoozed_until and case.snoozed_until > now else None, tags=tuple(tags),
        **_content(draft))


def _due(due_at: datetime | None, now: datetime) -> str:
    if due_at is None:
        return ""
    return "late" if due_at <= now else "soon" if due_at - now < SOON else ""


def load_tabs(db: Session, now: datetime, wanted: Wanted) -> list[Tab]:
    """Every view with the count of what is searched for in it; all of them together only while something is."""
    counts = count_views(db, now, Wanted(text=wanted.text))
    return [Tab(key, word, counts[key]) for key, word in VIEWS.items() if wanted.text or key != ALL]


def load_tags(db: Session) -> list[str]:
    """Tags in use, alphabetically, at most 100."""
    return list(db.execute(select(CaseTagRow.tag).distinct().order_by(CaseTagRow.tag).limit(100)).scalars())


def load_people(db: Session) -> list[tuple[int, str]]:
    """(id, name) of those who may be given a case."""
    stmt = select(UserRow.id, UserRow.name).where(UserRow.is_active, UserRow.role.in_(PEOPLE_ROLES[1:])).order_by(UserRow.name)
    return [(user_id, name) for user_id, name in db.execute(stmt)]
