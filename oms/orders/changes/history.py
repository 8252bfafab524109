"""The row that a change of an order leaves: what was before and after, who and why."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.tables.base import Base
from oms.orders.changes.plan import Entry
from runtime.clock import now
from runtime.codec import to_json

_CHANGES = Base.metadata.tables["order_changes"]


def note_change(
    db: Session, order_id: int, revision: int, entries: Sequence[Entry], *, actor: str, reason: str, case_id: int | None = None,
) -> None:
    """Keep one change; `revision` is the one it makes."""
    db.execute(insert(_CHANGES), {
        "order_id": order_id, "revision": revision, "content": to_json(tuple(entries)), "reason": reason, "actor": actor,
        "case_id": case_id, "at": now()})
