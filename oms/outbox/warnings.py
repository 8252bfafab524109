"""What receivers ask before they take a message, and which of it people confirmed. In the caller's transaction, never committed.

Only the newest question of a message stands: an older one may have been answered over there, or be about what is not so any more.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ScalarSelect, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from models.domain.states import OutboxState
from models.errors import ConflictError
from models.tables.base import Base
from models.tables.outbox import OutboxRow, OutboxWarningRow
from oms.outbox.sender import Warned
from oms.sql import changed
from runtime.clock import now

_TABLE = Base.metadata.tables["outbox_warnings"]


def note_warning(db: Session, message_id: int, warned: Warned) -> None:
    """Keep what the receiver asked; the same again, one after the other, is one question."""
    w = OutboxWarningRow
    newest = db.execute(select(w.name, w.words).where(w.id == newest_of(message_id))).one_or_none()
    if newest is None or Warned(*newest) != warned:
        db.execute(insert(_TABLE), {
            "outbox_id": message_id, "name": warned.name, "words": warned.words, "raised_at": now()})


def confirmed_of(db: Session, message_id: int) -> tuple[Warned, ...]:
    """What people said yes to for this message, the oldest first."""
    w = OutboxWarningRow
    rows = db.execute(select(w.name, w.words).where(w.outbox_id == message_id, w.confirmed_at.is_not(None)).order_by(w.id))
    return tuple(Warned(*row) for row in rows)


def newest_of(message_id: Any) -> ScalarSelect[int | None]:
    """The id of the message's newest question, as a subquery; `message_id` may be a column."""
    w = aliased(OutboxWarningRow)
    return select(func.max(w.id)).where(w.outbox_id == message_id).scalar_subquery()


def confirm(db: Session, message_id: int, warning_id: int, *, user: str) -> Warned:
    """A person says yes to the question that stands. Raises ConflictError when it is another by now, or was answered."""
    w = OutboxWarningRow
    refused = select(OutboxRow.id).where(OutboxRow.id == message_id, OutboxRow.state == OutboxState.FAILED).exists()
    answer = update(w).where(
        w.id == warning_id, w.id == newest_of(message_id), w.confirmed_at.is_(None), refused).values(
        confirmed_by=user, confirmed_at=now()).execution_options(synchronize_session=False)
    if not changed(db, answer):
        raise ConflictError(
            "This was answered by now, or the receiver asks something else. Reload to see what it asks.", code="warning_gone")
    return Warned(*db.execute(select(w.name, w.words).where(w.id == warning_id)).one())
