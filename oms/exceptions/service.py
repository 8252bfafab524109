"""Exceptions opened, seen to and closed. Every function works in the caller's transaction and never commits.

Of one key at most one is open. The doors for other rooms, `open_exception` and `close_exception`, write no audit entry, so they
may be called while locks are still to be taken; what people do is audited.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.domain.moves import check_move, sources
from models.domain.order_work import EXCEPTION_MOVES, ExceptionKind, ExceptionState
from models.errors import ConflictError, InputError, NotFound
from models.tables.base import Base
from models.tables.exceptions import ExceptionRow, ExceptionRuleRow
from models.tables.orders import OrderHoldRow, SalesOrderRow
from models.tables.people import UserRow
from oms.exceptions.plan import DEFAULT_RULES, Rule, route
from oms.outbox.store import Outbox
from oms.outbox.warnings import confirm
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now

_TABLE = Base.metadata.tables["exceptions"]
STANDING = (ExceptionState.OPEN, ExceptionState.ASSIGNED)
_CLOSED = (ExceptionState.RESOLVED, ExceptionState.WAIVED)
MOST_WORDS = 2_000
HOLD_KEY = "hold:"
"""How the keys of exceptions about holds begin; the hold's id follows."""


def open_exception(
    db: Session, *, kind: ExceptionKind, key: str, code: str, sentence: str, order_id: int | None = None,
    item_id: int | None = None, location_id: int | None = None, outbox_id: int | None = None, is_blocking: bool | None = None,
) -> int:
    """Say that something went wrong; returns the exception's id.

    `key` names what it is about ("short:line:12", at most 128 characters): while one of that key is open, the same id comes back
    and its kind, code and sentence become the newest. One that a person waived stays waived as long as the sentence is the same.
    `is_blocking` None leaves to the rule of the kind whether the order may be released meanwhile.
    """
    words = {"kind": kind, "code": code, "sentence": sentence}
    waived = _newest(db, key)
    if waived is not None and waived.state is ExceptionState.WAIVED and waived.sentence == sentence:
        return waived.id
    at = now()
    to = route(rule_of(db, kind), at, is_blocking=is_blocking)
    made: int | None = db.execute(insert_once(db, _TABLE, returning=_TABLE.c.id), {
        **words, "key": key, "state": to.state, "is_blocking": to.is_blocking, "order_id": order_id,
        "item_id": item_id, "location_id": location_id, "outbox_id": outbox_id, "assignee_id": to.assignee_id, "team": to.team,
        "due_at": to.due_at, "opened_at": at}).scalar_one_or_none()
    if made is not None:
        return made
    stands = db.execute(
        update(_TABLE).where(_TABLE.c.key == key, _TABLE.c.state.in_(STANDING)).values(words).returning(_TABLE.c.id)
    ).scalar_one_or_none()
    if stands is None:
        raise ConflictError("The exception was closed at this very moment. Try again.")
    return int(stands)


def close_exception(db: Session, *, key: str, by: str, resolution: str) -> bool:
    """Note that what `key` names is in order again. False: nothing of that key was open."""
    return _close(db, (_TABLE.c.key == key,), ExceptionState.RESOLVED, by, resolution)


def rule_of(db: Session, kind: ExceptionKind) -> Rule:
    """The rule in force for a kind: the house's own, else the default."""
    row = db.get(ExceptionRuleRow, kind)
    return rule_from(row) if row else DEFAULT_RULES[kind]


def rule_from(row: ExceptionRuleRow) -> Rule:
    """A stored rule as the planner knows it."""
    return Rule(row.is_blocking, row.due_hours, row.assignee_id, row.team, row.escalate_to)


def assign(db: Session, exception_id: int, *, user: str, assignee_id: int | None = None, team: str | None = None) -> None:
    """Give an open exception to a person, to a team, or, with neither, back to everybody. Raises RefusedMove, NotFound."""
    if assignee_id is not None and db.get(UserRow, assignee_id) is None:
        raise NotFound(f"There is no user with the id {assignee_id}; choose somebody else.")
    to = ExceptionState.ASSIGNED if assignee_id else ExceptionState.OPEN
    values: dict[str, Any] = {"assignee_id": assignee_id, "state": to}
    if team is not None:
        values["team"] = team or None
    if not changed(db, update(_TABLE).where(_TABLE.c.id == exception_id, _TABLE.c.state.in_(STANDING)).values(values)):
        row = _get(db, exception_id)
        check_move(EXCEPTION_MOVES, row.state, to, f"exception {exception_id}")
    _record(db, exception_id, user, "exception.assigned", {"assignee": assignee_id, "team": team})


def given_to(db: Session, exception_id: int) -> tuple[int | None, str | None]:
    """Who sees to it: a person's id and a team, None for nobody. Raises NotFound."""
    row = _get(db, exception_id)
    return row.assignee_id, row.team


def resolve(db: Session, exception_id: int, *, user: str, resolution: str) -> None:
    """Note that it is in order again, and how. Raises RefusedMove when it is closed already, ConflictError while the hold that it
    tells of stands, NotFound."""
    _settle(db, exception_id, ExceptionState.RESOLVED, user, resolution)


def waive(db: Session, exception_id: int, *, user: str, reason: str) -> None:
    """Accept it as it is, with a reason. Raises as `resolve`."""
    _settle(db, exception_id, ExceptionState.WAIVED, user, reason)


def reopen(db: Session, exception_id: int, *, user: str) -> None:
    """Take a closed exception up again. Raises RefusedMove when it is open or a newer one of its key is, NotFound."""
    row = _get(db, exception_id)
    check_move(EXCEPTION_MOVES, row.state, ExceptionState.OPEN, f"exception {exception_id}")
    newer = db.execute(select(_TABLE.c.id).where(_TABLE.c.key == row.key, _TABLE.c.state.in_(STANDING))).scalar_one_or_none()
    if newer is not None:
        raise ConflictError(f"Exception {newer} about the same thing is open already; see to that one.", code="already_open")
    to = route(rule_of(db, row.kind), now(), is_blocking=row.is_blocking)
    values = {"state": ExceptionState.OPEN, "closed_at": None, "closed_by": None, "resolution": None, "assignee_id": None,
              "due_at": to.due_at, "escalated_at": None}
    if not changed(db, update(_TABLE).where(_TABLE.c.id == exception_id, _TABLE.c.state.in_(_CLOSED)).values(values)):
        raise ConflictError(f"Exception {exception_id} was reopened meanwhile. Reload to see it.")
    _record(db, exception_id, user, "exception.reopened", {"was": row.state})


def confirm_warning(db: Session, exception_id: int, warning_id: int, *, user: str) -> None:
    """Say yes to what the ERP asks about a message; it is sent again with that answer, and the exception closes once it is there.

    Raises ConflictError when it asks something else by now or was answered, NotFound.
    """
    row = _get(db, exception_id)
    if row.outbox_id is None:
        raise ConflictError("Nobody asks anything about this exception; see to it as its sentence says.", code="warning_gone")
    warned = confirm(db, row.outbox_id, warning_id, user=user)
    Outbox(db).resend(row.outbox_id, user)
    order_no = db.execute(select(SalesOrderRow.order_no).where(SalesOrderRow.id == row.order_id)).scalar_one_or_none()
    subject = f"order:{order_no}" if order_no else f"exception:{exception_id}"
    record(db, actor=user, action="erp.warning_confirmed", subject=subject, content={"name": warned.name, "words": warned.words})


def blocking(db: Session, order_id: int) -> list[ExceptionRow]:
    """Open exceptions because of which the order is not released, the oldest first."""
    return list(db.execute(
        select(ExceptionRow).where(
            ExceptionRow.order_id == order_id, ExceptionRow.is_blocking, ExceptionRow.state.in_(STANDING))
        .order_by(ExceptionRow.id)).scalars())


def _settle(db: Session, exception_id: int, to: ExceptionState, user: str, words: str) -> None:
    words = words.strip()
    if not words or len(words) > MOST_WORDS:
        raise InputError(f"Say in up to {MOST_WORDS:,} characters how it was settled.", code="reason_missing")
    if _hold_stands(db, _get(db, exception_id).key):
        raise ConflictError(
            "The order is held for this: release the hold on the order, and the exception closes.", code="hold_stands")
    if not _close(db, (_TABLE.c.id == exception_id,), to, user, words):
        check_move(EXCEPTION_MOVES, _get(db, exception_id).state, to, f"exception {exception_id}")
    _record(db, exception_id, user, f"exception.{to}", {"resolution": words})


def _close(db: Session, which: tuple[Any, ...], to: ExceptionState, by: str, words: str) -> bool:
    values = {"state": to, "closed_at": now(), "closed_by": by, "resolution": words}
    return changed(db, update(_TABLE).where(*which, _TABLE.c.state.in_(sources(EXCEPTION_MOVES, to))).values(values)) > 0


def _hold_stands(db: Session, key: str) -> bool:
    hold = db.get(OrderHoldRow, int(key.removeprefix(HOLD_KEY)), populate_existing=True) if key.startswith(HOLD_KEY) else None
    return hold is not None and hold.released_at is None


def _newest(db: Session, key: str) -> ExceptionRow | None:
    return db.execute(
        select(ExceptionRow).where(ExceptionRow.key == key).order_by(ExceptionRow.id.desc()).limit(1)
        .execution_options(populate_existing=True)).scalar_one_or_none()


def _get(db: Session, exception_id: int) -> ExceptionRow:
    row = db.get(ExceptionRow, exception_id, populate_existing=True)
    if row is None:
        raise NotFound(f"There is no exception {exception_id}; look for it in the list of exceptions.")
    return row


def _record(db: Session, exception_id: int, user: str, action: str, content: dict[str, Any]) -> None:
    record(db, actor=user, action=action, subject=f"exception:{exception_id}", content=content)
