"""The REST API of what was learned from corrections and approvals: look through it, take a fact back, bring it back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Integer, Select, cast, func, select
from sqlalchemy.orm import Session

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import After, RowId
from app.api.problems import READ_REFUSALS
from app.api.schemas import FactOut
from extraction.learned.ledger import Ledger
from models.domain.learned import FactState, Lesson, LessonKind
from models.tables.learned import LearnedFactRow, LearnedUseRow, in_force
from models.tables.partners import CustomerRow
from review_ui.presenters.fact_words import fact_sentence
from runtime.codec import from_json

router = APIRouter(tags=["learned"])


@router.get("/learned", responses=READ_REFUSALS, dependencies=[allow("learned:read")])
def learned(
    request: Request,
    customer: Annotated[str | None, Query(description="The customer's number.")] = None,
    kind: LessonKind | None = None,
    state: FactState | None = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[FactOut]:
    """What was learned from corrections and approvals, oldest first."""
    stmt = _facts().where(LearnedFactRow.id > after).limit(limit)
    if customer is not None:
        stmt = stmt.where(CustomerRow.customer_no == customer)
    if kind is not None:
        stmt = stmt.where(LearnedFactRow.kind == kind)
    if state is not None:
        stmt = stmt.where(LearnedFactRow.state == state)
    with rooms_of(request).db.read() as db:
        return _shown(db, stmt)


@router.post("/learned/{fact_id}/undo", responses=READ_REFUSALS)
def undo(request: Request, fact_id: RowId, client: Annotated[Client, allow("learned:write")]) -> FactOut:
    """Take a fact back: orders are read and matched as if it had never been learned. Doing it again changes nothing."""
    return _set(request, fact_id, FactState.UNDONE, client)


@router.post("/learned/{fact_id}/redo", responses=READ_REFUSALS)
def redo(request: Request, fact_id: RowId, client: Annotated[Client, allow("learned:write")]) -> FactOut:
    """Bring a fact back that was taken back or has paused itself. Doing it again changes nothing."""
    return _set(request, fact_id, FactState.ACTIVE, client)


def _set(request: Request, fact_id: int, state: FactState, client: Client) -> FactOut:
    with rooms_of(request).db.write() as db:
        Ledger(db).set_state(fact_id, state, client.actor)
        (fact,) = _shown(db, _facts().where(LearnedFactRow.id == fact_id))
    return fact


def _facts() -> Select[Any]:
    uses = (
        select(
            LearnedUseRow.fact_id, func.count().label("uses"), func.max(LearnedUseRow.at).label("last"),
            func.sum(cast(LearnedUseRow.is_conflict, Integer)).label("conflicts"))
        .group_by(LearnedUseRow.fact_id).subquery())
    return (
        select(
            LearnedFactRow, in_force().label("in_force"), CustomerRow.customer_no, uses.c.uses, uses.c.conflicts, uses.c.last)
        .join(CustomerRow, CustomerRow.id == LearnedFactRow.customer_id)
        .outerjoin(uses, uses.c.fact_id == LearnedFactRow.id).order_by(LearnedFactRow.id))


def _shown(db: Session, stmt: Select[Any]) -> list[FactOut]:
    found = []
    for row, is_in_force, customer_no, uses, conflicts, last in db.execute(stmt):
        lesson = from_json(Lesson, row.lesson)
        found.append(FactOut(
            id=row.id, customer_no=customer_no, kind=row.kind, field=row.field, sentence=fact_sentence(lesson),
            label=lesson.label, value=lesson.value, origin=lesson.origin, state=row.state, in_force=is_in_force,
            replaced_by=row.replaced_by_id, case_id=row.case_id, document_id=row.document_id, taught_by=row.made_by,
            taught_at=row.made_at, uses=uses or 0, conflicts=conflicts or 0, last_used=last))
    return found
