"""Rows of the stock ledger as they are written and found again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, insert, select
from sqlalchemy.orm import Session

from models.domain.stock import Entry, EntryKind, Pick
from models.errors import ConflictError
from models.tables.base import Base
from runtime.clock import now
from runtime.prepared import Prepared

_ENTRIES = Base.metadata.tables["stock_entries"]
_PROMISE = Prepared(
    insert(_ENTRIES).inline().values(kind=EntryKind.RESERVATION),
    "item_id", "from_id", "to_id", "promised", "order_line_id", "actor", "at")
_BY_KEY = select(_ENTRIES).where(_ENTRIES.c.key == bindparam("key"))
_COLUMNS = (
    "item_id", "from_id", "to_id", "kind", "actor", "physical", "promised", "lot_id", "order_line_id", "reference", "key",
    "reverses_id")
_INSERT = Prepared(insert(_ENTRIES).inline(), *_COLUMNS, "at")
_INSERT_ONE = Prepared(insert(_ENTRIES).returning(_ENTRIES.c.id), *_COLUMNS, "at")


class KeyReused(ConflictError):
    """The key of a booking was used for another one."""

    code = "key_reused"


def insert_entries(db: Session, entries: Sequence[Entry]) -> None:
    """Write entries; the levels they speak of are the caller's to change."""
    _INSERT.many(db, _rows(entries))


def insert_promises(db: Session, picks: Sequence[Pick], customer_id: int, sign: int, actor: str) -> None:
    """Write what was promised from these levels to the location `customer_id`, or with sign -1 taken back."""
    at = now()
    _PROMISE.many(db, [
        {"item_id": p.item_id, "from_id": p.location_id, "to_id": customer_id, "promised": sign * p.quantity,
         "order_line_id": p.line_id, "actor": actor, "at": at} for p in picks])


def insert_entry(db: Session, entry: Entry) -> int:
    """Write one entry; returns its id."""
    return int(_INSERT_ONE.value(db, _rows([entry])[0]))


def repeated(db: Session, entry: Entry) -> int | None:
    """The id of the entry that was booked with this key before, if any. Raises KeyReused when that one said something else."""
    if entry.key is None:
        return None
    found = db.execute(_BY_KEY, {"key": entry.key}).one_or_none()
    if found is None:
        return None
    if _meaning(found) != _meaning(entry):
        raise KeyReused(f"The key {entry.key} was used for another booking of stock; book this one with a new key.")
    return int(found.id)


def _meaning(entry: Entry | Row[Any]) -> tuple[Any, ...]:
    return entry.item_id, entry.from_id, entry.to_id, entry.kind, entry.physical, entry.lot_id, entry.order_line_id


def _rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    at = now()
    return [{name: getattr(entry, name) for name in _COLUMNS} | {"at": at} for entry in entries]
