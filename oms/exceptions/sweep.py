"""What time does to exceptions: overdue ones escalate, and messages the ERP refused become exceptions."""

from __future__ import annotations

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionKind
from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables.base import Base
from models.tables.exceptions import ExceptionRow, ExceptionRuleRow
from models.tables.outbox import OutboxRow
from oms.exceptions.plan import Overdue, escalations
from oms.exceptions.service import STANDING, close_exception, open_exception, rule_from
from oms.outbox.store import GIVEN_UP
from oms.sql import changed
from runtime.clock import Clock, now
from runtime.db import Database

_TABLE = Base.metadata.tables["exceptions"]
SWEEPER = "ordermill"
_KINDS = {
    "erp_unknown_item": ExceptionKind.UNKNOWN_ITEM, "erp_unknown_address": ExceptionKind.ADDRESS,
    "erp_total_differs": ExceptionKind.PRICE}
"""What the ERP says it is, by the code of its refusal; any other is a failure of the passage itself."""


def sync_key(outbox_id: int) -> str:
    """The key of the exception about a message to the ERP that failed."""
    return f"sync:{outbox_id}"


def sweep_exceptions(database: Database, *, clock: Clock = now) -> int:
    """Open, close and escalate what is due; returns how many exceptions changed. Any number may run at once."""
    with database.read() as db:
        if not (_failed(db) or _recovered(db) or _overdue(db, clock)):
            return 0
    with database.write() as db:
        return _open_failed(db) + _close_recovered(db) + _escalate(db, clock)


def _failed(db: Session) -> list[OutboxRow]:
    # One that a person settled is not opened again for the same failure; one that stands says the newest.
    e, same = ExceptionRow, ExceptionRow.sentence == OutboxRow.sentence
    known = exists().where(e.outbox_id == OutboxRow.id, same)
    outdated = exists().where(e.outbox_id == OutboxRow.id, e.state.in_(STANDING), ~same)
    return list(db.execute(
        select(OutboxRow).where(
            OutboxRow.channel == Channel.ERP, OutboxRow.state == OutboxState.FAILED, OutboxRow.code.is_distinct_from(GIVEN_UP),
            or_(~known, outdated)).order_by(OutboxRow.id).limit(500)).scalars())


def _open_failed(db: Session) -> int:
    rows = _failed(db)
    for row in rows:
        sentence = row.sentence or f"The ERP did not take the message {row.key}; see Operations."
        open_exception(
            db, kind=_KINDS.get(row.code or "", ExceptionKind.SYNC_FAILURE), key=sync_key(row.id), code=row.code or "sync_failed",
            sentence=sentence, order_id=row.order_id, outbox_id=row.id)
    return len(rows)


def _recovered(db: Session) -> list[tuple[str, OutboxState]]:
    rows = db.execute(
        select(ExceptionRow.key, OutboxRow.state).join(OutboxRow, OutboxRow.id == ExceptionRow.outbox_id)
        .where(ExceptionRow.state.in_(STANDING))
        .where(or_(OutboxRow.state == OutboxState.SENT, OutboxRow.code == GIVEN_UP)))
    return [(key, state) for key, state in rows]


def _close_recovered(db: Session) -> int:
    rows = _recovered(db)
    for key, state in rows:
        how = "The ERP has the message now." if state is OutboxState.SENT else "The message was given up."
        close_exception(db, key=key, by=SWEEPER, resolution=how)
    return len(rows)


def _overdue(db: Session, clock: Clock) -> list[Overdue]:
    e = ExceptionRow
    rows = db.execute(
        select(e.id, e.kind, e.due_at, e.escalated_at)
        .where(e.state.in_(STANDING), e.due_at <= clock(), e.escalated_at.is_(None)).order_by(e.id).limit(500))
    return [Overdue(*row) for row in rows]


def _escalate(db: Session, clock: Clock) -> int:
    rules = {row.kind: rule_from(row) for row in db.execute(select(ExceptionRuleRow)).scalars()}
    at, done = clock(), 0
    for move in escalations(_overdue(db, clock), rules, at):
        values = {"escalated_at": at} | ({"team": move.team} if move.team else {})
        done += changed(db, update(_TABLE).where(_TABLE.c.id == move.id, _TABLE.c.escalated_at.is_(None)).values(values))
    return done
