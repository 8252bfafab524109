"""What the queue shows: cases, the costliest doubts first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models.domain.reading import DocumentType
from models.domain.states import CaseState
from models.tables.cases import CaseRow, DoubtRow, DraftRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow

PAGE = 100
"""Most rows of one page of the queue."""

VIEWS: Mapping[str, tuple[str, frozenset[CaseState]]] = {
    "review": ("To review", frozenset({CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW})),
    "waiting": ("Waiting for customer", frozenset({CaseState.WAITING_FOR_CUSTOMER})),
    "moving": ("On their way", frozenset({CaseState.RECEIVED, CaseState.READING, CaseState.MATCHING, CaseState.APPROVED})),
    "done": ("Handed over", frozenset({CaseState.HANDED_OVER})),
    "aside": ("Set aside", frozenset({CaseState.REJECTED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER, CaseState.MERGED})),
    "failed": ("Failed", frozenset({CaseState.FAILED})),
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One case of the list. `more` counts the doubts beside the first; `reviewer` is set while a lease is alive."""

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


def _matches(text: str) -> ColumnElement[bool]:
    columns = (CaseRow.po_number, CustomerRow.name, CustomerRow.customer_no, MessageRow.sender_address, MessageRow.subject)
    return or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns))


def _select(view: str, text: str) -> Select[CaseRow, str, str | None, str, str]:
    found = (
        select(CaseRow, CustomerRow.name, MessageRow.sender_address, UserRow.name, DraftRow.content)
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
        .outerjoin(UserRow, UserRow.id == CaseRow.reviewer_id)
        .outerjoin(DraftRow, and_(DraftRow.case_id == CaseRow.id, DraftRow.version == CaseRow.version))
        .where(CaseRow.state.in_(VIEWS[view][1])))
    if text:
        found = found.where(_matches(text))
    by_urgency = (CaseRow.cost.desc(), CaseRow.received_at, CaseRow.id)
    return found.order_by(*(by_urgency if view == "review" else (CaseRow.moved_at.desc(), CaseRow.id.desc())))


def _doubts(db: Session, case_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = db.execute(
        select(DoubtRow.case_id, DoubtRow.sentence)
        .join(CaseRow, and_(CaseRow.id == DoubtRow.case_id, CaseRow.version == DoubtRow.version))
        .where(DoubtRow.case_id.in_(case_ids)).order_by(DoubtRow.case_id, DoubtRow.position))
    for case_id, sentence in rows:
        found.setdefault(case_id, []).append(sentence)
    return found


def load_queue(db: Session, view: str, text: str, now: datetime) -> list[QueueRow]:
    """Up to PAGE cases of one of VIEWS; for review the highest expected cost first, then the longest waiting."""
    found = db.execute(_select(view, text).limit(PAGE)).all()
    doubts = _doubts(db, [case.id for case, *_ in found])
    return [
        QueueRow(
            id=case.id, state=case.state, doc_type=case.doc_type, customer=customer or sender or "unknown sender",
            customer_is_known=customer is not None, po_number=case.po_number,
            sentence=next(iter(doubts.get(case.id, ())), case.sentence or ""), more=max(len(doubts.get(case.id, ())) - 1, 0),
            received_at=case.received_at, reviewer=reviewer if case.review_until and case.review_until > now else None,
            **_content(draft))
        for case, customer, sender, reviewer, draft in found
    ]


def next_in_review(db: Session, *, but: int, user_id: int, now: datetime) -> int | None:
    """The case a reviewer should see after case `but`: the most urgent that nobody else holds."""
    is_free = or_(CaseRow.review_until.is_(None), CaseRow.review_until <= now, CaseRow.reviewer_id == user_id)
    return db.execute(
        select(CaseRow.id).where(CaseRow.state.in_(VIEWS["review"][1]), CaseRow.id != but, is_free)
        .order_by(CaseRow.cost.desc(), CaseRow.received_at, CaseRow.id).limit(1)).scalar_one_or_none()


def load_tabs(db: Session) -> list[Tab]:
    """Every view with its count."""
    counts = dict(db.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state)).all())
    return [Tab(key, word, sum(counts.get(state, 0) for state in states)) for key, (word, states) in VIEWS.items()]
