"""The REST API of the order desk: the queue, one case, and everything a reviewer does with it.

A program acts as its token's user, by the same services as the screens: it holds the lease, it names the version it saw, and what
it sets is recorded with its name. A version that is not the newest any more is answered 409 with what changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import LARGEST_ID, After, Key, Limit, RowId
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from matching.case_view import CaseDetail, CaseSummary, case_detail, summaries
from matching.comments import Comments, Pin
from matching.handling import Handling
from matching.overrides import OVERRIDES
from matching.queue import SORTS, STATES, Wanted, find_page
from matching.regroup import Regroup
from matching.row_change import Typed
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.cases import CaseRow
from runtime.clock import now

router = APIRouter(tags=["cases"])
Writer = Annotated[Client, allow("cases:write")]
Approver = Annotated[Client, allow("cases:approve")]
Version = Annotated[int, Field(ge=1, le=10**9, description="The version of the draft you saw.")]
Path = Annotated[str, Field(min_length=1, max_length=128, description="po_number, lines.3.quantity, lines.new, charges.new")]
CaseId = Annotated[int, Field(ge=1, le=LARGEST_ID)]


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Cases in the order in which they should be looked at. `total`: how many are wanted in all."""

    total: int
    cases: list[CaseSummary]


class VersionIn(BaseModel):
    """What is done to the version that was seen."""

    version: Version


class CorrectionIn(VersionIn):
    """One value to set, as a person would type it; an empty text clears it where it may be empty."""

    path: Path
    value: Annotated[str, Field(max_length=2_000)]


class RowsIn(VersionIn):
    """One change of rows: fill, move, insert, remove, split, merge, shift, swap or paste."""

    change: Annotated[Typed, Field(discriminator="kind")]


class AnswerIn(VersionIn):
    """Which of the choices (from 0) of a doubt is taken, or the value in place of them."""

    choice: int | None = Field(None, ge=0, le=1_000)
    value: str | None = Field(None, max_length=2_000)


class RevertIn(VersionIn):
    """The field to give the value it had before version `made` changed it."""

    made: Annotated[int, Field(ge=2, le=10**9)]
    path: Path


class ApprovalIn(VersionIn):
    """`ahead`: keys of the lines that go ahead while the others wait; without it, the whole order. `reason`: why a doubt that
    needs one is overridden, see GET /case-reasons."""

    ahead: list[str] | None = Field(None, max_length=10_000)
    reason: str | None = Field(None, max_length=64)


class RejectionIn(VersionIn):
    """Why the case is rejected."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class DuplicateIn(VersionIn):
    """The case that this one is the same order as."""

    of: CaseId


class MergeIn(VersionIn):
    """The case that gets everything that feeds this one."""

    into: CaseId


class SplitIn(VersionIn):
    """The document that becomes a case of its own."""

    document: CaseId


class SnoozeIn(BaseModel):
    """The moment until which the case is off the queue, with a zone; null brings it back."""

    until: datetime | None


class CommentIn(BaseModel):
    """What is said; @login tells somebody. `path`: the field it is about; `pin`: the place on a page of its documents."""

    text: Annotated[str, Field(min_length=1, max_length=4_000)]
    path: Annotated[str, Field(max_length=128)] = ""
    pin: Pin | None = None


@router.get("/queue", responses=READ_REFUSALS, dependencies=[allow("cases:read")])
def queue(
    request: Request,
    view: Annotated[str, Query(description=f"One of {', '.join(STATES)}.")] = "review",
    text: Annotated[str, Query(max_length=200, description="Beginnings of words: PO number, customer, item, document.")] = "",
    tag: Annotated[str, Query(max_length=64)] = "",
    sort: Annotated[str, Query(description=f"One of {', '.join(SORTS)}.")] = "value",
    limit: Limit = 50,
    offset: Annotated[int, Query(ge=0, le=10**6)] = 0,
) -> QueuePage:
    """The queue as the order desk sees it: by the value of looking at a case, or by another column."""
    if view not in STATES or sort not in SORTS:
        raise InputError(f"Choose a view of {', '.join(STATES)} and a sort of {', '.join(SORTS)}.", code="unknown_view")
    with rooms_of(request).db.read() as db:
        ids, total = find_page(db, Wanted(view, text, tag, sort=sort), now(), limit=limit, offset=offset)
        return QueuePage(total, summaries(db, ids))


@router.get("/cases", responses=READ_REFUSALS, dependencies=[allow("cases:read")])
def cases(request: Request, state: CaseState | None = None, after: After = 0, limit: Limit = 100) -> list[CaseSummary]:
    """Cases by id, oldest first."""
    stmt = select(CaseRow.id).where(CaseRow.id > after).order_by(CaseRow.id).limit(limit)
    with rooms_of(request).db.read() as db:
        return summaries(db, list(db.execute(stmt.where(CaseRow.state == state) if state else stmt).scalars()))


@router.get("/cases/{case_id}", responses=READ_REFUSALS, dependencies=[allow("cases:read")])
def case(request: Request, case_id: RowId) -> CaseDetail:
    """One case: the draft with the evidence of every value, its doubts with their choices, history, approvals, comments."""
    with rooms_of(request).db.read() as db:
        return case_detail(db, case_id)


@router.get("/case-reasons", responses=READ_REFUSALS, dependencies=[allow("cases:read")])
def reasons() -> dict[str, str]:
    """The codes of reasons for which a doubt may be overridden, in words."""
    return dict(OVERRIDES)


def done(
    request: Request, case_id: RowId, client: Client, key: str | None, wanted: BaseModel | None, work: Callable[[], object]
) -> CaseDetail:
    """Do something to a case, at most once for each Idempotency-Key; answers the case as it is after it."""
    def act() -> CaseDetail:
        work()
        request.app.state.nudge()
        with rooms_of(request).db.read() as db:
            return case_detail(db, case_id)

    return answer_once(request, client, key, wanted.model_dump_json() if wanted else "", CaseDetail, act)


@router.post("/cases/{case_id}/claim", responses=REFUSALS)
def claim(request: Request, case_id: RowId, client: Writer, key: Key = None) -> CaseDetail:
    """Take the case for five minutes, or hold it for longer. 409 names who else has it."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, None, lambda: review.claim(case_id, client.user_id))


@router.post("/cases/{case_id}/release", responses=REFUSALS)
def release(request: Request, case_id: RowId, client: Writer, key: Key = None) -> CaseDetail:
    """Let go of the case."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, None, lambda: review.release(case_id, client.user_id))


@router.post("/cases/{case_id}/corrections", responses=REFUSALS)
def correct(request: Request, case_id: RowId, wanted: CorrectionIn, client: Writer, key: Key = None) -> CaseDetail:
    """Set one value; what follows from it is worked out anew."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.correct(
        case_id, wanted.version, wanted.path, wanted.value, client.user_id))


@router.post("/cases/{case_id}/rows", responses=REFUSALS)
def change_rows(request: Request, case_id: RowId, wanted: RowsIn, client: Writer, key: Key = None) -> CaseDetail:
    """Change several rows at once: one version, taken back as one."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.change_rows(
        case_id, wanted.version, wanted.change, client.user_id))


@router.post("/cases/{case_id}/doubts/{number}/answer", responses=REFUSALS)
def answer(request: Request, case_id: RowId, number: int, wanted: AnswerIn, client: Writer, key: Key = None) -> CaseDetail:
    """Answer a doubt by its place in `doubts`: with one of its choices, or with a value."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.answer(
        case_id, wanted.version, number, client.user_id, choice=wanted.choice, value=wanted.value))


@router.post("/cases/{case_id}/undo", responses=REFUSALS)
def undo(request: Request, case_id: RowId, wanted: VersionIn, client: Writer, key: Key = None) -> CaseDetail:
    """Take the last correction back."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.undo(case_id, wanted.version, client.user_id))


@router.post("/cases/{case_id}/revert", responses=REFUSALS)
def revert(request: Request, case_id: RowId, wanted: RevertIn, client: Writer, key: Key = None) -> CaseDetail:
    """Give one field a former value; everything else stays."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.revert(
        case_id, wanted.version, wanted.made, wanted.path, client.user_id))


@router.post("/cases/{case_id}/approve", responses=REFUSALS)
def approve(request: Request, case_id: RowId, wanted: ApprovalIn, client: Approver, key: Key = None) -> CaseDetail:
    """Approve the whole order, or a part of it. Above the house's limit two people must agree, and a program is none."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.approve(
        case_id, wanted.version, client.user_id, ahead=wanted.ahead, reason=wanted.reason))


@router.post("/cases/{case_id}/reject", responses=REFUSALS)
def reject(request: Request, case_id: RowId, wanted: RejectionIn, client: Approver, key: Key = None) -> CaseDetail:
    """Set the case aside with a reason."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, wanted, lambda: review.reject(
        case_id, wanted.version, wanted.reason, client.user_id))


@router.post("/cases/{case_id}/not-an-order", responses=REFUSALS)
def not_an_order(request: Request, case_id: RowId, wanted: VersionIn, client: Approver, key: Key = None) -> CaseDetail:
    """Set a case aside that is no order."""
    handling = Handling(rooms_of(request).review)
    return done(request, case_id, client, key, wanted, lambda: handling.set_aside(case_id, wanted.version, client.user_id))


@router.post("/cases/{case_id}/duplicate", responses=REFUSALS)
def duplicate(request: Request, case_id: RowId, wanted: DuplicateIn, client: Approver, key: Key = None) -> CaseDetail:
    """Set a case aside that is the same order as another."""
    handling = Handling(rooms_of(request).review)
    return done(request, case_id, client, key, wanted, lambda: handling.set_aside(
        case_id, wanted.version, client.user_id, duplicate_of=wanted.of))


@router.post("/cases/{case_id}/reopen", responses=REFUSALS)
def reopen(request: Request, case_id: RowId, client: Writer, key: Key = None) -> CaseDetail:
    """Take a case that was set aside back to review."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, None, lambda: review.reopen(case_id, client.user_id))


@router.post("/cases/{case_id}/match", responses=REFUSALS)
def match(request: Request, case_id: RowId, client: Writer, key: Key = None) -> CaseDetail:
    """Have the case matched again, because master data changed; corrections stay."""
    review = rooms_of(request).review
    return done(request, case_id, client, key, None, lambda: review.match_again(case_id, client.user_id))


@router.post("/cases/{case_id}/merge", responses=REFUSALS)
def merge(request: Request, case_id: RowId, wanted: MergeIn, client: Writer, key: Key = None) -> CaseDetail:
    """Give everything that feeds this case to another one."""
    regroup = Regroup(rooms_of(request).review)
    return done(request, case_id, client, key, wanted, lambda: regroup.merge(
        case_id, wanted.version, wanted.into, client.user_id))


@router.post("/cases/{case_id}/split", responses=REFUSALS)
def split(request: Request, case_id: RowId, wanted: SplitIn, client: Writer, key: Key = None) -> CaseDetail:
    """Let what one document says be a case of its own."""
    regroup = Regroup(rooms_of(request).review)
    return done(request, case_id, client, key, wanted, lambda: regroup.split(
        case_id, wanted.version, wanted.document, client.user_id))


@router.post("/cases/{case_id}/snooze", responses=REFUSALS)
def snooze(request: Request, case_id: RowId, wanted: SnoozeIn, client: Writer, key: Key = None) -> CaseDetail:
    """Keep the case out of the queue until a moment."""
    if wanted.until is not None and wanted.until.tzinfo is None:
        raise InputError("Write the moment with its zone, such as 2031-05-06T08:00:00Z.", code="zone_missing")
    handling = Handling(rooms_of(request).review)
    return done(request, case_id, client, key, wanted, lambda: handling.snooze([case_id], wanted.until, client.user_id))


@router.post("/cases/{case_id}/comments", status_code=201, responses=REFUSALS)
def comment(request: Request, case_id: RowId, wanted: CommentIn, client: Writer, key: Key = None) -> CaseDetail:
    """Say something about the case."""
    def say() -> None:
        with rooms_of(request).db.write() as db:
            Comments(db).add(case_id, client.user_id, wanted.text, wanted.path, wanted.pin)

    return done(request, case_id, client, key, wanted, say)
