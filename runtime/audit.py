"""The audit chain's one appender and its verifier.

Each entry's hash is sha256 over canonical JSON of (seq, at, actor, action, subject, content, previous). The appender locks
the head row first, so entries are one chain whatever the number of writers. Time is text with microseconds in UTC: what is
hashed is exactly what the column gives back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Text, bindparam, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.tables.audit import AuditEntryRow, AuditHeadRow
from models.tables.base import Base
from runtime.clock import now
from runtime.prepared import Prepared

GENESIS = "0" * 64
_ENTRIES, _HEAD = (Base.metadata.tables[name] for name in ("audit_entries", "audit_head"))
_HEAD_LOCKED = Prepared(select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.id == 1).with_for_update())
_APPEND = Prepared(insert(_ENTRIES).inline(), "seq", "at", "actor", "action", "subject", "content", "previous", "hash")
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode
_MOVE_HEAD = Prepared(update(_HEAD).where(_HEAD.c.id == 1).values(seq=bindparam("last"), hash=bindparam("digest")))


_AT_ONCE = Prepared(
    text("""
    WITH head AS (SELECT seq, hash FROM audit_head WHERE id = 1 FOR UPDATE),
         entry AS (
             INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash)
             SELECT seq + 1, :at, :actor, :action, :subject, :content, hash,
                    encode(sha256(convert_to('[' || (seq + 1) || :said || hash || '"]', 'UTF8')), 'hex')
             FROM head RETURNING seq, hash)
    UPDATE audit_head SET seq = entry.seq, hash = entry.hash FROM entry WHERE id = 1 RETURNING entry.seq""")
    .bindparams(
        bindparam("said", type_=Text()),
        *(bindparam(name, type_=_ENTRIES.c[name].type) for name in ("at", "actor", "action", "subject", "content")))
    .columns(seq=_ENTRIES.c.seq.type))
"""The lock of the head, the entry and the new head in one way to a PostgreSQL server: all commits wait for each other here."""


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _digest(seq: int, at: datetime, actor: str, action: str, subject: str, content: str, previous: str) -> str:
    text = _canonical([seq, _moment(at), actor, action, subject, content, previous])
    return hashlib.sha256(text.encode()).hexdigest()


def record(db: Session, *, actor: str, action: str, subject: str, content: Mapping[str, Any] | None = None) -> int:
    """Append one entry in the caller's transaction; returns its seq. Call it last: it locks the chain until commit."""
    at, said = now(), _canonical(content or {})
    entry = {"at": at, "actor": actor, "action": action, "subject": subject, "content": said}
    if db.get_bind().dialect.name == "postgresql":
        around = _canonical([_moment(at), actor, action, subject, said])
        return _append_at_once(db, {**entry, "said": f",{around[1:-1]},\""})
    ((last, previous),) = _HEAD_LOCKED.rows(db, {}) or _first_head(db)
    seq: int = last + 1
    digest = _digest(seq, at, actor, action, subject, said, previous)
    _APPEND.one(db, {**entry, "seq": seq, "previous": previous, "hash": digest})
    _MOVE_HEAD.one(db, {"last": seq, "digest": digest})
    return seq


def _append_at_once(db: Session, entry: Mapping[str, Any]) -> int:
    seq: int | None = _AT_ONCE.value(db, entry)
    if seq is None:
        _first_head(db)
        seq = _AT_ONCE.value(db, entry)
    assert seq is not None
    return seq


def _first_head(db: Session) -> list[tuple[Any, ...]]:
    """The head of an empty chain; of several who come first at once, one makes it and the others wait for its entry."""
    kind = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    db.execute(kind(_HEAD).on_conflict_do_nothing(), {"id": 1, "seq": 0, "hash": GENESIS})
    return _HEAD_LOCKED.rows(db, {})


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and why."""

    seq: int
    sentence: str


def verify(db: Session, *, batch: int = 5_000) -> Iterator[Break]:
    """Every break of the chain: changed, missing, inserted or reordered entries, and a head that is not the last entry."""
    seq, previous = 0, GENESIS
    rows = db.execute(select(AuditEntryRow).order_by(AuditEntryRow.seq).execution_options(yield_per=batch)).scalars()
    for row in rows:
        if row.seq != seq + 1:
            yield Break(row.seq, f"Entries {seq + 1} to {row.seq - 1} are missing.")
        if row.previous != previous:
            yield Break(row.seq, f"Entry {row.seq} does not follow from the entry before it.")
        if row.hash != _digest(row.seq, row.at, row.actor, row.action, row.subject, row.content, row.previous):
            yield Break(row.seq, f"Entry {row.seq} was changed after it was written.")
        seq, previous = row.seq, row.hash
    head = db.execute(select(AuditHeadRow)).scalar_one_or_none()
    if (head.seq if head else 0) != seq or (head.hash if head else GENESIS) != previous:
        said = head.seq if head else 0
        yield Break(seq, f"The chain ends at entry {seq}, but its head says {said}: the tail was cut or changed.")
