"""What was learned from corrections and approvals: chosen by customer, kind and state, by the case that taught it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from extraction.repository import load_pages
from models.domain.evidence import PageKind, Place
from models.domain.learned import ALIASES, FactState, Lesson, LessonKind
from models.domain.pages import Page
from models.tables.cases import CaseRow
from models.tables.learned import IN_FORCE, LearnedDriftRow, LearnedFactRow, LearnedUseRow, in_force
from models.tables.partners import CustomerRow
from review_ui.language import N_
from review_ui.presenters.crops import Crop, crop_of
from review_ui.presenters.fact_words import fact_sentence, holds_for
from runtime.blobs import Blobs
from runtime.codec import from_json

MOST = 300
KIND_WORDS = {
    "": N_("Everything"), "item": N_("Items"), "unit": N_("Units"), "ship_to": N_("Addresses"),
    "customer": N_("Senders and names"), "form": N_("Forms")}
STATE_WORDS = {
    "": N_("In any state"), "used": N_("In use"), "trial": N_("Asked once more"), "stopped": N_("Paused or replaced"),
    "undone": N_("Taken back")}
_KINDS: Mapping[str, ColumnElement[bool]] = {
    "customer": LearnedFactRow.kind.in_((LessonKind.SENDER, LessonKind.CUSTOMER)),
    "form": LearnedFactRow.kind.not_in(ALIASES),
    **{kind.value: LearnedFactRow.kind == kind for kind in (LessonKind.ITEM, LessonKind.UNIT, LessonKind.SHIP_TO)},
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the page shows: `text` is a part of the customer's name or number, `kind` and `state` keys of `KIND_WORDS` and
    `STATE_WORDS`, `fact` narrows to the case that taught one fact. Unknown words narrow nothing."""

    text: str = ""
    kind: str = ""
    state: str = ""
    fact: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """True when not everything is wanted."""
        return bool(self.text.strip() or self.kind or self.state or self.fact)


@dataclass(frozen=True, slots=True)
class FactShown:
    """One fact. `is_let_stand` when it was approved as read, not put right. `uses` and `conflicts` count cases;
    `changed` says what became of it and by whom; `newer` is the fact that replaced it."""

    id: int
    sentence: str
    holds_for: str
    is_let_stand: bool
    state: FactState
    uses: int
    conflicts: int
    last_used: datetime | None
    changed: str
    newer: int | None
    crop: Crop | None

    @property
    def is_active(self) -> bool:
        """True when it is applied."""
        return self.state in IN_FORCE and self.newer is None

    @property
    def is_kept(self) -> bool:
        """True until a person takes it back, or it pauses itself."""
        return self.state in IN_FORCE


@dataclass(frozen=True, slots=True)
class CaseShown:
    """The facts that one case taught."""

    customer: str
    case_id: int
    po_number: str
    taught_by: str
    taught_at: datetime
    facts: tuple[FactShown, ...]


@dataclass(frozen=True, slots=True)
class DriftShown:
    """A changed form that nobody has looked at yet."""

    case_id: int
    customer: str
    sentence: str
    at: datetime


def load_learned(db: Session, blobs: Blobs, wanted: Wanted) -> tuple[CaseShown, ...]:
    """The cases with what was learned from them, newest first; at most MOST facts."""
    cases: dict[int, CaseShown] = {}
    pages: dict[int, dict[int, Page]] = {}
    for row, customer, po_number, used, conflicts, last, newer in db.execute(_chosen(wanted)):
        lesson = from_json(Lesson, row.lesson)
        shown = FactShown(
            row.id, fact_sentence(lesson), holds_for(lesson), lesson.is_let_stand, row.state, used or 0, conflicts or 0, last,
            _changed(row, newer), newer, _crop(db, blobs, pages, lesson.seen, row.document_id))
        case = cases.get(row.case_id) or CaseShown(customer, row.case_id, po_number or "", row.made_by, row.made_at, ())
        cases[row.case_id] = replace(case, facts=(*case.facts, shown))
    return tuple(cases.values())


def _chosen(wanted: Wanted) -> Select[Any]:
    uses = (
        select(
            LearnedUseRow.fact_id, func.count().label("uses"), func.max(LearnedUseRow.at).label("last"),
            func.sum(cast(LearnedUseRow.is_conflict, Integer)).label("conflicts"))
        .group_by(LearnedUseRow.fact_id).subquery())
    newer = aliased(LearnedFactRow)
    stmt = (
        select(LearnedFactRow, CustomerRow.name, CaseRow.po_number, uses.c.uses, uses.c.conflicts, uses.c.last, newer.id)
        .join(CustomerRow, CustomerRow.id == LearnedFactRow.customer_id).join(CaseRow, CaseRow.id == LearnedFactRow.case_id)
        .outerjoin(uses, uses.c.fact_id == LearnedFactRow.id)
        .outerjoin(newer, (newer.id == LearnedFactRow.replaced_by_id) & newer.state.in_(IN_FORCE))
        .where(_KINDS.get(wanted.kind, true()), _in_state(wanted.state))
        .order_by(LearnedFactRow.case_id.desc(), LearnedFactRow.position).limit(MOST))
    if word := wanted.text.strip().lower():
        stmt = stmt.where(or_(
            func.lower(CustomerRow.name).contains(word, autoescape=True),
            func.lower(CustomerRow.customer_no).contains(word, autoescape=True)))
    if wanted.fact is not None:
        stmt = stmt.where(LearnedFactRow.case_id.in_(select(LearnedFactRow.case_id).where(LearnedFactRow.id == wanted.fact)))
    return stmt


def _in_state(state: str) -> ColumnElement[bool]:
    match state:
        case "used":
            return in_force()
        case "trial":
            return in_force() & (LearnedFactRow.state == FactState.ON_TRIAL)
        case "stopped":
            return ~in_force() & (LearnedFactRow.state != FactState.UNDONE)
        case "undone":
            return LearnedFactRow.state == FactState.UNDONE
        case _:
            return true()


def load_drifts(db: Session) -> tuple[DriftShown, ...]:
    """Changed forms that wait for a look, oldest first."""
    rows = db.execute(
        select(LearnedDriftRow, CustomerRow.name).join(CustomerRow, CustomerRow.id == LearnedDriftRow.customer_id)
        .where(LearnedDriftRow.seen_at.is_(None)).order_by(LearnedDriftRow.at))
    return tuple(DriftShown(row.case_id, name, row.sentence, row.at) for row, name in rows)


def _changed(row: LearnedFactRow, newer: int | None) -> str:
    if newer is not None and row.state is not FactState.UNDONE:
        return "replaced by a newer correction"
    if row.state is FactState.ON_TRIAL:
        return "asked once more: an earlier correction said otherwise"
    if row.state is FactState.PAUSED:
        return "paused by itself: people said otherwise twice"
    if row.changed_by is None:
        return ""
    if row.state is FactState.UNDONE:
        return f"taken back by {row.changed_by}"
    return f"confirmed by {row.changed_by}" if row.kind in ALIASES else f"brought back by {row.changed_by}"


def _crop(db: Session, blobs: Blobs, pages: dict[int, dict[int, Page]], seen: Place | None, document_id: int) -> Crop | None:
    """The piece of paper that taught it."""
    if seen is None or seen.kind is not PageKind.PAPER:
        return None
    if document_id not in pages:
        pages[document_id] = {p.number: p for p in load_pages(db, blobs, document_id)}
    page = pages[document_id].get(seen.page)
    return crop_of(seen.box, page, document_id) if page and page.width and page.height else None
