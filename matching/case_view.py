"""Cases as programs see them: the list, one whole case, and what may be done with it now. Plain SELECTs into dataclasses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.agreement import Agreement, agreements
from matching.cases import REVIEWABLE, Cases, Correction
from matching.comments import Comment, Comments
from matching.overrides import needing_reason
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import Draft
from models.domain.reading import DocumentType
from models.domain.states import CASE_MOVES, CaseState
from models.errors import NotFound
from models.tables.cases import CaseRow, DoubtRow
from models.tables.desk import CaseTagRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow

EDITS = (
    "claim", "release", "correct", "change_rows", "answer", "undo", "revert", "approve", "reject", "not_an_order", "duplicate",
    "merge", "split", "snooze")
_TAKEN_BACK = frozenset(
    {CaseState.REJECTED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER, CaseState.FAILED, CaseState.APPROVED})


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """One open question, as lists tell it."""

    code: DoubtCode
    sentence: str
    path: str | None


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One purchase order on its way through intake. `holder`: who has it open until `held_until`; `due_at`: the customer's
    cut-off; `cost`: the expected cost of its open doubts, in the order's currency."""

    id: int
    message_id: int
    state: CaseState
    code: str | None
    sentence: str | None
    doc_type: DocumentType
    customer_no: str | None
    po_number: str | None
    version: int
    cost: float
    priority: int
    holder: str | None
    held_until: datetime | None
    snoozed_until: datetime | None
    due_at: datetime | None
    received_at: datetime
    related_case_id: int | None
    tags: tuple[str, ...]
    doubts: tuple[OpenDoubt, ...]


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case whole. `doubts` in the order in which they are answered by number (0 is the dearest); `needs_reason`: approving
    it needs a reason code; `draft` is None before the first version."""

    summary: CaseSummary
    draft: Draft | None
    doubts: tuple[Doubt, ...]
    needs_reason: bool
    corrections: tuple[Correction, ...]
    approvals: tuple[Agreement, ...]
    comments: tuple[Comment, ...]
    supported_actions: tuple[str, ...]


def case_actions(state: CaseState, version: int) -> tuple[str, ...]:
    """What may be done with a case in this state; comments are taken in any."""
    edits = EDITS if state in REVIEWABLE and version else ()
    back = ("reopen",) if is_taken_back(state, version) else ()
    again = ("match",) if CaseState.MATCHING in CASE_MOVES[state] and state is not CaseState.READING else ()
    return (*edits, *back, *again, "comment")


def is_taken_back(state: CaseState, version: int) -> bool:
    """True when a person may take the case back to review."""
    to = CaseState.NEEDS_REVIEW if version else CaseState.MATCHING
    return state in _TAKEN_BACK and to in CASE_MOVES[state]


def summaries(db: Session, case_ids: Sequence[int]) -> list[CaseSummary]:
    """Cases by id, in the order given; what there is none of is left out."""
    rows = {
        row.id: (row, customer_no, holder) for row, customer_no, holder in db.execute(
            select(CaseRow, CustomerRow.customer_no, UserRow.name)
            .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
            .outerjoin(UserRow, UserRow.id == CaseRow.reviewer_id).where(CaseRow.id.in_(case_ids)))}
    doubts: dict[int, list[OpenDoubt]] = {}
    current = (CaseRow.id == DoubtRow.case_id) & (CaseRow.version == DoubtRow.version)
    stmt = select(DoubtRow).join(CaseRow, current).where(CaseRow.id.in_(case_ids)).order_by(DoubtRow.position)
    for d in db.execute(stmt).scalars():
        doubts.setdefault(d.case_id, []).append(OpenDoubt(d.code, d.sentence, d.path))
    tags: dict[int, list[str]] = {}
    for case_id, tag in db.execute(
            select(CaseTagRow.case_id, CaseTagRow.tag).where(CaseTagRow.case_id.in_(case_ids)).order_by(CaseTagRow.tag)):
        tags.setdefault(case_id, []).append(tag)
    return [_summary(*rows[i], tuple(tags.get(i, ())), tuple(doubts.get(i, ()))) for i in case_ids if i in rows]


def _summary(
    row: CaseRow, customer_no: str | None, holder: str | None, tags: tuple[str, ...], doubts: tuple[OpenDoubt, ...]
) -> CaseSummary:
    is_open = row.state is CaseState.IN_REVIEW
    return CaseSummary(
        row.id, row.message_id, row.state, row.code, row.sentence, row.doc_type, customer_no, row.po_number, row.version,
        row.cost, row.priority, holder if is_open else None, row.review_until if is_open else None, row.snoozed_until, row.due_at,
        row.received_at, row.related_case_id, tags, doubts)


def case_detail(db: Session, case_id: int) -> CaseDetail:
    """One case whole. Raises NotFound."""
    found = summaries(db, [case_id])
    if not found:
        raise NotFound(f"There is no case {case_id}.")
    cases, version = Cases(db), found[0].version
    doubts = tuple(cases.doubts(case_id, version))
    return CaseDetail(
        found[0], cases.draft(case_id, version) if version else None, doubts, bool(needing_reason(doubts)),
        tuple(cases.corrections(case_id)), tuple(agreements(db, case_id)), tuple(Comments(db).of_case(case_id)),
        case_actions(found[0].state, version))
