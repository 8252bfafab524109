"""A request that comes again gets its first answer."""

from __future__ import annotations

from collections.abc import Callable

from models.errors import ConflictError
from models.tables.intake import IdempotencyKeyRow
from runtime.clock import now
from runtime.db import Database

_OK = 200


def once(db: Database, scope: str, key: str, fingerprint: str, work: Callable[[], str]) -> str:
    """The answer of `work`, or what it answered when this key came first. `fingerprint`: sha256 of what is asked for.

    Work that is interrupted is done again: it must bear that. Raises ConflictError when the key came with another request.
    """
    place = (scope[:128], key)
    with db.read() as session:
        known = session.get(IdempotencyKeyRow, place)
    if known is None:
        answer = work()
        with db.write() as session:
            known = session.get(IdempotencyKeyRow, place)
            if known is None:
                session.add(IdempotencyKeyRow(
                    scope=place[0], key=key, request_sha256=fingerprint, status=_OK, answer=answer, created_at=now()))
                return answer
    if known.request_sha256 != fingerprint:
        raise ConflictError(
            "This Idempotency-Key was used for another request; send this one with a new key.", code="idempotency_key_reused")
    return known.answer
