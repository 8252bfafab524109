"""Files handed in by a person or a program. The answer is given only when the bytes are durable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count

from sqlalchemy.orm import Session

from intake.receive import Receiver, Stored
from models.domain.messages import Source
from models.errors import ConflictError, InputError
from models.tables.intake import IdempotencyKeyRow
from runtime import codec
from runtime.clock import Clock, now

CREATED = 201
KEY_LENGTH = 200          # leaves room for a file's position in its request
SCOPE_LENGTH = 128


@dataclass(frozen=True, slots=True)
class UploadAnswer:
    """What the sender is told; size in bytes. `is_repeat`: the same request was answered before, with the same message."""

    message_id: int
    sha256: str
    size: int
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class UploadFile:
    """One file of a request; `name` is the sender's label."""

    chunks: Iterable[bytes]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class RequestKey:
    """The identity of a request: who asked, and the key they chose. A key stands for one content only."""

    scope: str
    key: str
    clock: Clock = now

    def settle(self, db: Session, stored: Stored, new_message: Callable[[], int]) -> int:
        """The first request's message for a repeat. Raises ConflictError when the key came with other bytes before."""
        row = db.get(IdempotencyKeyRow, (self.scope, self.key))
        if row is not None:
            if row.request_sha256 != stored.sha256:
                raise ConflictError(
                    "This Idempotency-Key was used for another file; send this one with a new key.",
                    code="idempotency_key_reused")
            return codec.from_json(UploadAnswer, row.answer).message_id
        answer = UploadAnswer(new_message(), stored.sha256, stored.size)
        db.add(IdempotencyKeyRow(
            scope=self.scope, key=self.key, request_sha256=stored.sha256, status=CREATED,
            answer=codec.to_json(answer), created_at=self.clock()))
        db.flush()
        return answer.message_id


class Uploads:
    """Takes files in. Safe to share between threads."""

    def __init__(self, receiver: Receiver, max_bytes: int) -> None:
        self._receiver = receiver
        self._max_bytes = max_bytes

    def store(
        self, chunks: Iterable[bytes], *, name: str | None, scope: str, idempotency_key: str | None = None,
    ) -> UploadAnswer:
        """Store one file without holding it in memory.

        `scope` says who asks; it becomes the message's account. Raises InputError (file_too_large, empty_file, bad_key),
        ConflictError (idempotency_key_reused) or StorageFull; nothing is kept as a message then.
        """
        return self.store_all([UploadFile(chunks, name)], scope=scope, idempotency_key=idempotency_key)[0]

    def store_all(
        self, files: Iterable[UploadFile], *, scope: str, idempotency_key: str | None = None,
    ) -> list[UploadAnswer]:
        """Store the files of one request, each a message of its own, in order; the key covers each file by its position.

        When a file is refused the ones before it stay; a resend with the same key answers them again and goes on.
        """
        if idempotency_key is not None and not 1 <= len(idempotency_key) <= KEY_LENGTH:
            raise InputError(f"An Idempotency-Key has 1 to {KEY_LENGTH} characters.", code="bad_key")
        keys = (f"{idempotency_key}#{position}" if idempotency_key else None for position in count())
        return [self._store(file, scope[:SCOPE_LENGTH], key) for file, key in zip(files, keys, strict=False)]

    def _store(self, file: UploadFile, scope: str, key: str | None) -> UploadAnswer:
        received = self._receiver.receive(
            self._limited(file.chunks), source=Source.UPLOAD, account=scope, name=file.name,
            identity=RequestKey(scope, key) if key else None)
        return UploadAnswer(received.message_id, received.sha256, received.size, is_repeat=not received.is_new)

    def _limited(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > self._max_bytes:
                raise InputError(
                    f"The file is larger than {self._max_bytes:,} bytes; send it in parts or as a smaller file.",
                    code="file_too_large")
            yield chunk
        if size == 0:
            raise InputError("The file is empty; check it and send it again.", code="empty_file")
