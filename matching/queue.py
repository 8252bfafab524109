"""Which cases a person wants to see, and in which order. Plain SELECTs of ids; whoever shows them loads the rest for one page.

The value of looking at a case is what a wrong decision would cost, times the chance of it, times the press of its deadline: the
first two are the case's `cost`, the last grows in steps as `due_at` comes near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from matching.words import words_asked
from models.domain.states import CaseState
from models.tables.cases import CaseRow, DoubtRow
from models.tables.desk import CaseCommentRow, CaseTagRow, CaseWordRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow

_PRESSING = ((timedelta(0), 4.0), (timedelta(hours=1), 3.0), (timedelta(hours=4), 1.5))
"""How much more a case is worth when less than this is left until it is due."""
Ts = TypeVarTuple("Ts")
_LAST = "\U0010ffff"

REVIEW, OFF, WAITING, ALL = "review", "off", "waiting", "all"
STATES: Mapping[str, frozenset[CaseState]] = {
    REVIEW: frozenset({CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW}),
    WAITING: frozenset({CaseState.WAITING_FOR_CUSTOMER}),
    OFF: frozenset({CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW}),
    "moving": frozenset({CaseState.RECEIVED, CaseState.READING, CaseState.MATCHING, CaseState.APPROVED}),
    "done": frozenset({CaseState.HANDED_OVER}),
    "aside": frozenset({CaseState.REJECTED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER, CaseState.MERGED}),
    "failed": frozenset({CaseState.FAILED}),
    ALL: frozenset(CaseState),
}
"""States by view. What was put off is in OFF, not in REVIEW; a case whose customer does not answer in time is in REVIEW, too."""

SORTS = ("value", "customer", "po", "question", "cost", "received", "due", "state", "priority")
ANY = "any"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter of the queue. `assigned_to` is a user's id, `login` their name in comments: cases with an open comment that
    mentions them count as theirs. `text` asks for the beginnings of words, all of them, wherever they stand: in the papers, the
    draft, a tag or a comment."""

    view: str = REVIEW
    text: str = ""
    tag: str = ""
    assigned_to: int | None = None
    login: str = ""
    sort: str = "value"
    descending: bool = True


def find_cases(db: Session, wanted: Wanted, now: datetime, *, limit: int, offset: int = 0) -> list[int]:
    """Ids of the cases wanted, in the order wanted."""
    stmt = _joined(select(CaseRow.id).where(*_conditions(wanted, now)), wanted)
    return list(db.execute(stmt.order_by(*_order(wanted, now)).limit(limit).offset(offset)).scalars())


def find_page(db: Session, wanted: Wanted, now: datetime, *, limit: int, offset: int = 0) -> tuple[list[int], int]:
    """One page of `find_cases`, and how many cases are wanted in all: found in one go."""
    stmt = _joined(select(CaseRow.id, func.count().over()).where(*_conditions(wanted, now)), wanted)
    rows = db.execute(stmt.order_by(*_order(wanted, now)).limit(limit).offset(offset)).all()
    return [case_id for case_id, _ in rows], rows[0][1] if rows else count_cases(db, wanted, now) if offset else 0


def count_cases(db: Session, wanted: Wanted, now: datetime) -> int:
    """How many cases are wanted."""
    stmt = _joined(select(func.count(CaseRow.id)).where(*_conditions(wanted, now)), wanted)
    return db.execute(stmt).scalar_one()


def count_views(db: Session, now: datetime, wanted: Wanted = Wanted()) -> dict[str, int]:
    """How many cases each view has of those wanted, whatever view that is."""
    late = and_(CaseRow.snoozed_until.is_not(None), CaseRow.snoozed_until > now)
    counted = db.execute(_joined(
        select(CaseRow.state, late, func.count()).where(*_filters(wanted)), replace(wanted, sort="value"))
        .group_by(CaseRow.state, late)).all()
    found = dict.fromkeys(STATES, 0)
    for state, is_off, count in counted:
        for view, states in STATES.items():
            if state in states and not (view == REVIEW and is_off) and not (view == OFF and not is_off):
                found[view] += count
        if state is CaseState.WAITING_FOR_CUSTOMER and not is_off:
            found[REVIEW] += count
    return found


def next_in_review(db: Session, *, but: int, user_id: int, now: datetime) -> int | None:
    """The case a reviewer should see after case `but`: the most valuable that nobody else has open or was given."""
    is_free = or_(CaseRow.reviewer_id.is_(None), CaseRow.reviewer_id == user_id, CaseRow.review_until <= now)
    wanted = Wanted()
    return db.execute(
        select(CaseRow.id).where(*_conditions(wanted, now), CaseRow.id != but, is_free).order_by(*_order(wanted, now))
        .limit(1)).scalar_one_or_none()


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    return [_in_view(wanted.view, now), *_filters(wanted)]


def _filters(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.tag:
        found.append(CaseRow.id.in_(select(CaseTagRow.case_id).where(CaseTagRow.tag == wanted.tag)))
    if wanted.assigned_to is not None:
        found.append(or_(CaseRow.reviewer_id == wanted.assigned_to, CaseRow.id.in_(_mentions(wanted.login))))
    if wanted.text.strip():
        found.append(or_(_has_words(words_asked(wanted.text)), *_says(wanted.text.strip())))
    return found


def _mentions(login: str) -> Select[int]:
    names = literal(" ") + CaseCommentRow.mentions + " "
    return select(CaseCommentRow.case_id).where(
        CaseCommentRow.resolved_at.is_(None), names.contains(f" {login or ' '} ", autoescape=True))


def _in_view(view: str, now: datetime) -> ColumnElement[bool]:
    is_off = and_(CaseRow.snoozed_until.is_not(None), CaseRow.snoozed_until > now)
    in_state = CaseRow.state.in_(STATES[view])
    match view:
        case "review":
            unanswered = CaseRow.state == CaseState.WAITING_FOR_CUSTOMER
            return and_(or_(in_state, unanswered), or_(CaseRow.snoozed_until.is_(None), CaseRow.snoozed_until <= now))
        case "off":
            return and_(in_state, is_off)
        case _:
            return in_state


def _has_words(words: Sequence[str]) -> ColumnElement[bool]:
    """Every word asked for begins one of the case's papers and draft, or stands in a tag or a comment."""
    found = [
        or_(CaseRow.id.in_(select(CaseWordRow.case_id).where(CaseWordRow.word >= word, CaseWordRow.word < word + _LAST)),
            CaseRow.id.in_(_holding(CaseTagRow.case_id, CaseTagRow.tag, word)),
            CaseRow.id.in_(_holding(CaseCommentRow.case_id, CaseCommentRow.text, word))) for word in words]
    return and_(*found) if found else CaseRow.id.is_(None)


def _holding(owner: InstrumentedAttribute[int], column: InstrumentedAttribute[str], word: str) -> Select[int]:
    return select(owner).where(func.lower(column).contains(word, autoescape=True))


def _says(text: str) -> list[ColumnElement[bool]]:
    """What a case is called by, in any part of it: also before its words are kept."""
    columns = (CaseRow.po_number, CustomerRow.name, CustomerRow.customer_no, MessageRow.sender_address, MessageRow.subject)
    by_number = [CaseRow.id == int(text)] if text.isdecimal() and len(text) < 10 else []
    return [*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns), *by_number]


def _joined(stmt: Select[*Ts], wanted: Wanted) -> Select[*Ts]:
    if wanted.text.strip():
        stmt = stmt.join(MessageRow, MessageRow.id == CaseRow.message_id)
    if wanted.text.strip() or wanted.sort == "customer":
        stmt = stmt.outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
    return stmt


def _order(wanted: Wanted, now: datetime) -> list[ColumnElement[Any]]:
    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    match wanted.sort:
        case "customer":
            column = func.lower(func.coalesce(CustomerRow.name, ""))
        case "po":
            column = func.lower(func.coalesce(CaseRow.po_number, ""))
        case "question":
            column = func.coalesce(_first_question(), CaseRow.sentence)
        case "due":
            column = CaseRow.due_at
        case "cost" | "state" | "priority":
            column = getattr(CaseRow, wanted.sort)
        case "received":
            column = CaseRow.received_at
        case _ if wanted.view in {REVIEW, OFF}:
            value = CaseRow.cost * _press(now)
            return [CaseRow.priority.desc(), value.desc(), CaseRow.received_at.asc(), CaseRow.id.asc()]
        case _:
            return [CaseRow.moved_at.desc(), CaseRow.id.desc()]
    last = column.is_(None)
    return [last, column.desc() if wanted.descending else column.asc(), CaseRow.id.asc()]


def _first_question() -> ColumnElement[str]:
    return (
        select(func.lower(DoubtRow.sentence)).where(DoubtRow.case_id == CaseRow.id, DoubtRow.version == CaseRow.version)
        .order_by(DoubtRow.position).limit(1).correlate(CaseRow).scalar_subquery())


def _press(now: datetime) -> ColumnElement[float]:
    return case(*((CaseRow.due_at <= now + left, press) for left, press in _PRESSING), else_=1.0)
