"""Followers of the audit chain: each has a cursor, and handles every entry exactly once, in order.

What a follower writes and where its cursor stands are one transaction. A follower that is new begins at the end of the chain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables.audit import AuditEntryRow
from models.tables.erp import EventCursorRow
from oms.sql import insert_once
from runtime.db import Database

BATCH = 200


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. `type` is the audit action ("shipment.shipped"); `data` what the entry says, ids and reasons."""

    seq: int
    type: str
    subject: str                     # "shipment:SH-000004"
    actor: str
    at: datetime
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What the subject is called, without its noun: "SH-000004"."""
        return self.subject.partition(":")[2]


class Follower(Protocol):
    """Does something about events, in the transaction it is given."""

    name: str

    def handle(self, db: Session, event: Event) -> None:
        """See to one event. Called once for each, in order."""


def follow(database: Database, follower: Follower) -> int:
    """Let a follower handle what it has not seen, at most BATCH entries; returns how many those were."""
    with database.read() as db:
        cursor = db.execute(select(EventCursorRow.seq).where(EventCursorRow.follower == follower.name)).scalar_one_or_none()
        if cursor is not None and cursor >= _last(db):
            return 0
    with database.write() as db:
        db.execute(insert_once(db, EventCursorRow.__table__), {"follower": follower.name, "seq": _last(db)})  # type: ignore[arg-type]
        row = db.execute(
            select(EventCursorRow).where(EventCursorRow.follower == follower.name).with_for_update()).scalar_one()
        events = read_events(db, after=row.seq, limit=BATCH)
        for event in events:
            follower.handle(db, event)
        if events:
            row.seq = events[-1].seq
    return len(events)


def read_events(db: Session, *, after: int, limit: int) -> list[Event]:
    """Entries behind `after`, in order."""
    rows = db.execute(
        select(AuditEntryRow).where(AuditEntryRow.seq > after).order_by(AuditEntryRow.seq).limit(limit)).scalars()
    return [Event(r.seq, r.action, r.subject, r.actor, r.at, json.loads(r.content)) for r in rows]


def _last(db: Session) -> int:
    return db.execute(select(func.coalesce(func.max(AuditEntryRow.seq), 0))).scalar_one()
