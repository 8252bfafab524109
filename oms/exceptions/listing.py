"""Exceptions found: filtered, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from models.domain.order_work import EXCEPTION_MOVES, ExceptionKind, ExceptionState
from models.domain.states import OutboxState
from models.errors import NotFound
from models.tables.exceptions import ExceptionRow
from models.tables.items import ItemRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow, OutboxWarningRow
from models.tables.people import UserRow
from oms.exceptions.service import STANDING
from oms.outbox.sender import ReceiverWarns
from oms.outbox.warnings import newest_of

_ACTIONS = {
    ExceptionState.ASSIGNED: "assign", ExceptionState.RESOLVED: "resolve", ExceptionState.WAIVED: "waive",
    ExceptionState.OPEN: "reopen"}


@dataclass(frozen=True, slots=True)
class WantedExceptions:
    """What to look for; everything that is set must fit. `states` empty: those that are open or assigned."""

    states: tuple[ExceptionState, ...] = ()
    kind: ExceptionKind | None = None
    assignee_id: int | None = None
    team: str = ""
    overdue_at: datetime | None = None
    order_no: str = ""


@dataclass(frozen=True, slots=True)
class ListedException:
    """One thing that went wrong. While `is_blocking` and not closed, its order is not released.

    `warning` are the receiver's own words where it goes on once a person confirms them; `warning_id` is what is confirmed.
    """

    id: int
    kind: ExceptionKind
    state: ExceptionState
    is_blocking: bool
    code: str
    sentence: str
    order_no: str | None
    sku: str | None
    assignee: str | None
    team: str | None
    due_at: datetime | None
    escalated_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: str | None
    warning_id: int | None
    warning: str | None
    supported_actions: tuple[str, ...]

    @property
    def is_standing(self) -> bool:
        """True while somebody has to see to it."""
        return self.state in STANDING


def find_exceptions(db: Session, wanted: WantedExceptions, *, skip: int = 0, limit: int = 100) -> list[ListedException]:
    """Those that fit, by due time (none last), then the oldest first."""
    e = ExceptionRow
    query = _select().where(*_filters(wanted))
    return [_listed(row) for row in db.execute(
        query.order_by(e.due_at.is_(None), e.due_at, e.id).offset(skip).limit(limit))]


def load_exception(db: Session, exception_id: int) -> ListedException:
    """One exception. Raises NotFound."""
    row = db.execute(_select().where(ExceptionRow.id == exception_id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no exception {exception_id}; look for it in the list of exceptions.")
    return _listed(row)


def count_exceptions(db: Session, wanted: WantedExceptions) -> int:
    """How many fit."""
    return db.execute(select(func.count()).select_from(ExceptionRow).where(*_filters(wanted))).scalar_one()


def teams(db: Session) -> list[str]:
    """The teams that open exceptions are with, by name."""
    e = ExceptionRow
    return [t for t in db.execute(
        select(e.team).where(e.state.in_(STANDING), e.team.is_not(None)).distinct().order_by(e.team)).scalars() if t]


def _select() -> Any:
    e, w = ExceptionRow, OutboxWarningRow
    return (
        select(
            e.id, e.kind, e.state, e.is_blocking, e.code, e.sentence, SalesOrderRow.order_no, ItemRow.sku, UserRow.name, e.team,
            e.due_at, e.escalated_at, e.opened_at, e.closed_at, e.closed_by, e.resolution, w.id, w.words)
        .outerjoin(SalesOrderRow, SalesOrderRow.id == e.order_id).outerjoin(ItemRow, ItemRow.id == e.item_id)
        .outerjoin(UserRow, UserRow.id == e.assignee_id)
        .outerjoin(OutboxRow, and_(
            OutboxRow.id == e.outbox_id, e.state.in_(STANDING), OutboxRow.state == OutboxState.FAILED,
            OutboxRow.code == ReceiverWarns.code))
        .outerjoin(w, and_(w.id == newest_of(OutboxRow.id), w.confirmed_at.is_(None))))


def _listed(row: Any) -> ListedException:
    values: tuple[Any, ...] = (*row, _actions(row.state, asks=row.words is not None))
    return ListedException(*values)


def _actions(state: ExceptionState, *, asks: bool) -> tuple[str, ...]:
    if state in STANDING:
        return (*(("confirm",) if asks else ()), "assign", "resolve", "waive")
    return tuple(_ACTIONS[to] for to in EXCEPTION_MOVES[state])


def _filters(wanted: WantedExceptions) -> Iterator[ColumnElement[bool]]:
    e = ExceptionRow
    yield e.state.in_(wanted.states or STANDING)
    if wanted.kind:
        yield e.kind == wanted.kind
    if wanted.assignee_id is not None:
        yield e.assignee_id == wanted.assignee_id
    if wanted.team:
        yield e.team == wanted.team
    if wanted.overdue_at is not None:
        yield e.due_at <= wanted.overdue_at
    if wanted.order_no:
        yield e.order_id == select(SalesOrderRow.id).where(SalesOrderRow.order_no == wanted.order_no).scalar_subquery()
