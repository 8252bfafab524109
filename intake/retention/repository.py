"""SQL of keeping messages: the rules, legal holds, and which messages come into question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from intake.retention.plan import Candidate, Kept, Rules, is_due
from models.domain.states import ENDED_CASES, ENDED_ORDERS, CaseState, MessageState
from models.errors import ConflictError, InputError, NotFound
from models.tables.cases import CaseReadingRow, CaseRow
from models.tables.desk import CaseQuestionRow, HouseSettingRow
from models.tables.intake import DocumentRow, MessageKeepingRow, MessageRow, ReadingRow
from models.tables.orders import SalesOrderRow
from runtime import audit
from runtime.clock import now

NAME = "retention"
_ENDED = (MessageState.READ, MessageState.IGNORED)
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Due:
    """A message whose content would go."""

    message_id: int
    kept: Kept
    received_at: datetime
    subject: str | None
    sender: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold on a message."""

    message_id: int
    reason: str
    by: str
    at: datetime
    subject: str | None


def load_rules(db: Session) -> Rules:
    """The rules in force; everything is kept until somebody says otherwise."""
    stmt = select(HouseSettingRow.content).where(HouseSettingRow.name == NAME).order_by(HouseSettingRow.id.desc()).limit(1)
    content = db.execute(stmt).scalar_one_or_none()
    return Rules(**json.loads(content)) if content else Rules()


def save_rules(db: Session, rules: Rules, *, actor: str) -> None:
    """Put rules in force."""
    db.add(HouseSettingRow(name=NAME, content=json.dumps(asdict(rules)), made_by=actor, made_at=now()))
    db.flush()
    audit.record(db, actor=actor, action="retention.saved", subject=NAME, content=asdict(rules))


def due(db: Session, rules: Rules, at: datetime, *, limit: int = 100, message_id: int | None = None) -> list[Due]:
    """Messages whose content has to go, the oldest first; of one message with `message_id`."""
    stmt = _candidates(rules, at)
    if stmt is None:
        return []
    if message_id is not None:
        stmt = stmt.where(MessageRow.id == message_id)
    return [
        Due(row.id, kept, row.received_at, row.subject, row.sender_address)
        for row, kept in _really(db.execute(stmt.order_by(MessageRow.received_at, MessageRow.id).limit(limit)), rules, at)]


def count_due(db: Session, rules: Rules, at: datetime) -> dict[Kept, int]:
    """How many there are of each kind."""
    found = dict.fromkeys(Kept, 0)
    stmt = _candidates(rules, at)
    if stmt is not None:
        rows = stmt.subquery()
        for is_order, count in db.execute(select(rows.c.is_order, func.count()).group_by(rows.c.is_order)):
            found[Kept.ORDER if is_order else Kept.OTHER] = int(count)
    return found


def _really(rows: Any, rules: Rules, at: datetime) -> Iterator[tuple[Any, Kept]]:
    for row in rows:
        kept = Kept.ORDER if row.is_order else Kept.OTHER
        if is_due(Candidate(row.id, kept, row.received_at, row.is_open, row.is_held), rules, at):
            yield row, kept


def _candidates(rules: Rules, at: datetime) -> Any:
    """Ended messages past their days that are neither open nor held, with what the plan decides by; None where all is kept."""
    m = MessageRow
    is_order, is_open, is_held = _is_order(), _is_open(), _keeping(MessageKeepingRow.hold_reason.is_not(None))
    past = [
        and_(is_order if kept is Kept.ORDER else ~is_order, m.received_at <= at - timedelta(days=days))
        for kept in Kept if (days := rules.days(kept)) is not None]
    if not past:
        return None
    return select(
        m.id, m.received_at, m.subject, m.sender_address, is_order.label("is_order"), is_open.label("is_open"),
        is_held.label("is_held"),
    ).where(m.state.in_(_ENDED), or_(*past), ~is_open, ~is_held, ~_keeping(MessageKeepingRow.erased_at.is_not(None)))


def _keeping(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(MessageKeepingRow.message_id == MessageRow.id, condition)


def _is_order() -> ColumnElement[bool]:
    return exists().where(CaseRow.message_id == MessageRow.id, CaseRow.state == CaseState.HANDED_OVER)


def _is_open() -> ColumnElement[bool]:
    """A case that the message opened, feeds or answers has not ended, or an order of one has not."""
    unfinished = exists().where(SalesOrderRow.case_id == CaseRow.id, SalesOrderRow.state.not_in(ENDED_ORDERS))
    going = or_(CaseRow.state.not_in(ENDED_CASES), unfinished)
    fed = (
        select(CaseRow.id).join(CaseReadingRow, CaseReadingRow.case_id == CaseRow.id)
        .join(ReadingRow, ReadingRow.id == CaseReadingRow.reading_id).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
        .where(DocumentRow.message_id == MessageRow.id, going))
    answered = (
        select(CaseRow.id).join(CaseQuestionRow, CaseQuestionRow.case_id == CaseRow.id)
        .where(CaseQuestionRow.answer_message_id == MessageRow.id, going))
    opened = select(CaseRow.id).where(CaseRow.message_id == MessageRow.id, going)
    return or_(*(path.correlate(MessageRow).exists() for path in (opened, fed, answered)))


def is_erased(db: Session, message_id: int) -> bool:
    """True when the content of a message is gone."""
    return bool(db.execute(select(exists().where(
        MessageKeepingRow.message_id == message_id, MessageKeepingRow.erased_at.is_not(None)))).scalar_one())


def holds(db: Session) -> list[Hold]:
    """The legal holds that stand, the newest first."""
    k = MessageKeepingRow
    stmt = (
        select(k.message_id, k.hold_reason, k.hold_by, k.hold_at, MessageRow.subject).join(MessageRow)
        .where(k.hold_reason.is_not(None)).order_by(k.hold_at.desc()))
    rows: Any = db.execute(stmt)
    return [Hold(*row) for row in rows]


def place_hold(db: Session, message_id: int, reason: str, *, actor: str) -> None:
    """Keep a message whatever the rules say. Raises NotFound, InputError without a reason, ConflictError once it is erased."""
    if not reason.strip() or len(reason) > _LONGEST:
        raise InputError(f"Say why, in at most {_LONGEST} signs: which case or claim it is about.", code="missing_reason")
    if db.get(MessageRow, message_id) is None:
        raise NotFound(f"There is no message {message_id}.")
    row = db.get(MessageKeepingRow, message_id, with_for_update=True) or MessageKeepingRow(message_id=message_id)
    if row.erased_at is not None:
        raise ConflictError(f"The content of message {message_id} is gone already.", code="already_erased")
    row.hold_reason, row.hold_by, row.hold_at = reason.strip(), actor, now()
    db.add(row)
    db.flush()
    audit.record(
        db, actor=actor, action="message.held", subject=f"message:{message_id}", content={"reason": reason.strip()})


def release_hold(db: Session, message_id: int, *, actor: str) -> None:
    """Let the rules hold for a message again. Raises NotFound."""
    row = db.get(MessageKeepingRow, message_id, with_for_update=True)
    if row is None or row.hold_reason is None:
        raise NotFound(f"There is no legal hold on message {message_id}. Reload the page.")
    row.hold_reason = row.hold_by = row.hold_at = None
    db.flush()
    audit.record(db, actor=actor, action="message.hold_released", subject=f"message:{message_id}")
