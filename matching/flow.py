"""How orders flow through intake: what the machine said first of each case, what people changed, and how long they took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import Select, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.domain.doubt import DoubtCode
from models.domain.states import CaseState
from models.tables.cases import CaseRow, CorrectionRow, DoubtRow
from models.tables.decisions import CaseDecisionRow
from models.tables.desk import CaseVisitRow
from models.tables.partners import CustomerRow

SETTLED = frozenset({CaseState.APPROVED, CaseState.HANDED_OVER})


@dataclass(frozen=True, slots=True)
class CaseFlow:
    """One decided case. `reasons`: the doubts of its first draft. `fields`: what people corrected, "po_number" for the order and
    "lines.3.quantity" for a line. `seconds` are active ones; keys and seconds are None when nobody had it open."""

    case_id: int
    customer: str
    po_number: str
    state: CaseState
    received_at: datetime
    decided_at: datetime
    is_approved: bool
    is_sampled: bool
    lines: int
    reasons: tuple[DoubtCode, ...]
    fields: frozenset[str]
    keys: int | None
    seconds: float | None

    @property
    def is_touchless(self) -> bool:
        """True when nobody had to look and nobody changed anything."""
        return self.is_approved and not self.fields


def first_decided(
    since: datetime, customer_no: str | None = None, states: Collection[CaseState] = (),
) -> Select[int, int, datetime, bool, bool, int]:
    """The first decisions on cases since a moment (case_id, version, at, is_approved, is_sampled, lines), of one customer or of
    cases in some states if asked."""
    earlier = aliased(CaseDecisionRow)
    found = select(
        CaseDecisionRow.case_id, CaseDecisionRow.version, CaseDecisionRow.at, CaseDecisionRow.is_approved,
        CaseDecisionRow.is_sampled, CaseDecisionRow.lines).where(
            CaseDecisionRow.at >= since,
            ~exists().where(earlier.case_id == CaseDecisionRow.case_id, earlier.version < CaseDecisionRow.version))
    if customer_no or states:
        found = found.join(CaseRow, CaseRow.id == CaseDecisionRow.case_id)
    if states:
        found = found.where(CaseRow.state.in_(states))
    if customer_no:
        found = found.join(CustomerRow, CustomerRow.id == CaseRow.customer_id).where(CustomerRow.customer_no == customer_no)
    return found


def load_flow(db: Session, since: datetime, customer_no: str | None = None) -> tuple[CaseFlow, ...]:
    """The cases first decided since then, oldest first; of one customer if asked."""
    first = first_decided(since, customer_no).subquery()
    decided = (
        select(
            CaseRow.id, CustomerRow.name, CaseRow.po_number, CaseRow.state, CaseRow.received_at, first.c.at,
            first.c.is_approved, first.c.is_sampled, first.c.lines)
        .join(first, first.c.case_id == CaseRow.id)
        .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id).order_by(first.c.at, CaseRow.id))
    rows = db.execute(decided).all()
    ids = select(first.c.case_id)
    reasons, fields = defaultdict(list), defaultdict(set)
    asked = select(DoubtRow.case_id, DoubtRow.code).join(
        first, (first.c.case_id == DoubtRow.case_id) & (first.c.version == DoubtRow.version))
    for case_id, code in db.execute(asked.where(DoubtRow.case_id.in_(ids)).order_by(DoubtRow.case_id, DoubtRow.position)):
        reasons[case_id].append(code)
    for case_id, path in db.execute(select(CorrectionRow.case_id, CorrectionRow.path).where(CorrectionRow.case_id.in_(ids))):
        fields[case_id].add(path)
    visits = {
        case_id: (keys, seconds) for case_id, keys, seconds in db.execute(
            select(CaseVisitRow.case_id, func.sum(CaseVisitRow.keys), func.sum(CaseVisitRow.active_seconds))
            .where(CaseVisitRow.case_id.in_(ids)).group_by(CaseVisitRow.case_id))}
    return tuple(
        CaseFlow(
            case_id, name or "", po or "", state, received, at, approved, sampled, lines,
            tuple(dict.fromkeys(reasons[case_id])), frozenset(fields[case_id]), *_of_visit(visits.get(case_id)))
        for case_id, name, po, state, received, at, approved, sampled, lines in rows)


def _of_visit(found: tuple[int, float] | None) -> tuple[int | None, float | None]:
    return (int(found[0]), float(found[1])) if found else (None, None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases wait for a person, by age in hours: (up to, how many); None: older."""

    by_age: tuple[tuple[int | None, int], ...]
    oldest_at: datetime | None


AGES_H = (1, 4, 24, 72)


def load_waiting(db: Session, at: datetime, customer_no: str | None = None) -> Waiting:
    """The queue by age."""
    younger = (func.sum(case((CaseRow.received_at > at - timedelta(hours=most), 1), else_=0)) for most in AGES_H)
    waiting = (
        select(func.min(CaseRow.received_at), *younger, func.count())        # sums: grouping would sort the whole queue
        .where(CaseRow.state.in_((CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW))))
    if customer_no:
        waiting = waiting.join(CustomerRow, CustomerRow.id == CaseRow.customer_id).where(CustomerRow.customer_no == customer_no)
    oldest, *counts = db.execute(waiting).one()
    up_to = [int(count or 0) for count in counts]
    return Waiting(tuple(zip((*AGES_H, None), (b - a for a, b in pairwise((0, *up_to))), strict=True)), oldest)
