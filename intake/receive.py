"""Receive first, understand later: the bytes are durable and their row is committed before anybody is told so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from intake.labels import file_label
from models.domain.messages import Source
from models.tables.intake import MessageRow
from runtime.blobs import Blobs
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.faults import fault_point


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie safely in the blob store; size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """The message that now stands for the bytes. `is_new` is False when they were taken in before."""

    message_id: int
    sha256: str
    size: int
    is_new: bool


class Identity(Protocol):
    """What makes a second arrival of the same thing harmless (a mail's UID, a file's place, a request's key)."""

    def settle(self, db: Session, stored: Stored, new_message: Callable[[], int]) -> int:
        """Return the message this thing already is, or call `new_message` once; remember the answer in the same transaction."""
        ...


class Receiver:
    """The one door through which bytes come in. Safe to share between threads."""

    def __init__(self, db: Database, blobs: Blobs, *, clock: Clock = now) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock

    def receive(
        self, chunks: Iterable[bytes], *, source: Source, account: str | None, name: str | None = None,
        identity: Identity | None = None,
    ) -> Received:
        """Store the bytes, then the row, and only then return; acknowledge after that.

        Raises StorageFull when the disk refuses, and whatever `chunks` or `identity` raise; nothing is acknowledged then.
        """
        stored = Stored(*self._blobs.put_stream(chunks))
        fault_point("receive.stored")
        try:
            received = self._commit(stored, source, account, name, identity)
        except IntegrityError:
            # Somebody else settled the same identity between our look and our insert; now its answer is there to be read.
            received = self._commit(stored, source, account, name, identity)
        fault_point("receive.committed")
        return received

    def _commit(
        self, stored: Stored, source: Source, account: str | None, name: str | None, identity: Identity | None,
    ) -> Received:
        added: list[int] = []

        def new_message() -> int:
            row = MessageRow(
                source=source, account=account, sha256=stored.sha256, size=stored.size,
                name=file_label(name), received_at=self._clock())
            db.add(row)
            db.flush()
            added.append(row.id)
            return row.id

        with self._db.write() as db:
            message_id = identity.settle(db, stored, new_message) if identity else new_message()
        return Received(message_id, stored.sha256, stored.size, is_new=bool(added))
