"""Once a night the matcher learns from what people decided by day; what it learned is used only when it is better."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.catalog_index import CatalogIndex
from matching.own_model import LEAST_LINES, Trial, learn_model
from matching.policy import Policy
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.learned import MatchModelRow
from runtime import audit
from runtime.db import Database

NIGHT = range(1, 4)
"""Hours (UTC) in which it learns: fitting takes minutes of one processor."""
_APART = timedelta(hours=12)
_SELF = "ordermill"
_TRIED = "match_model.tried"


def is_due(db: Session, at: datetime) -> bool:
    """True at night, once, when people have approved cases since the last time; but not after a person has gone back to the
    model that comes with Ordermill: they begin anew by learning themselves."""
    if at.hour not in NIGHT:
        return False
    entry = AuditEntryRow
    last = db.execute(
        select(entry.seq, entry.at).where(entry.action == _TRIED).order_by(entry.seq.desc()).limit(1)).one_or_none()
    if last is not None and at - last.at < _APART:
        return False
    newest = db.execute(select(MatchModelRow.retired_at).order_by(MatchModelRow.id.desc()).limit(1)).one_or_none()
    if newest is not None and newest.retired_at is not None:
        return False
    approved = select(entry.seq).where(
        entry.action == f"case.{CaseState.APPROVED}", entry.actor != _SELF, entry.seq > (last.seq if last else 0))
    return db.execute(approved.limit(1)).first() is not None


def learn_at_night(
    db: Database, index: CatalogIndex, policy: Policy, at: datetime, *, least: int = LEAST_LINES,
    on_progress: Callable[[int, int], None] = lambda done, whole: None,
) -> Trial | None:
    """Learn when it is due, and note that it was tried; None when it was not due or there is too little to learn from."""
    with db.read() as session:
        if not is_due(session, at):
            return None
    trial: Trial | None
    try:
        trial = learn_model(db, index, policy, person=_SELF, least=least, on_progress=on_progress)
    except InputError:
        trial = None                                    # too few lines yet
    with db.write() as session:
        taken = trial is not None and trial.is_better
        audit.record(session, actor=_SELF, action=_TRIED, subject="match_model", content={"taken": taken})
    return trial
