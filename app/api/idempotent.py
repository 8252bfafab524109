"""A request that comes again gets its first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from pydantic import TypeAdapter

from app.api.auth import Client, rooms_of
from models.errors import ConflictError
from models.tables.intake import IdempotencyKeyRow
from runtime.clock import now
from runtime.db import Database

_OK = 200
T = TypeVar("T")


def answer_once(request: Request, client: Client, key: str | None, asked: str, kind: type[T], work: Callable[[], T]) -> T:
    """The answer of `work`, of type `kind`; with a key, the first answer to it. `asked`: what the request says, as text.

    Raises ConflictError when the key came with another request to this part of the API.
    """
    if key is None:
        return work()
    path = request.url.path
    noun = path.removeprefix("/api/v1/").split("/")[0]
    fingerprint = hashlib.sha256(f"{path} {asked}".encode()).hexdigest()
    adapter = TypeAdapter(kind)
    answer = once(rooms_of(request).db, f"{noun}:{client.name}", key, fingerprint, lambda: adapter.dump_json(work()).decode())
    return adapter.validate_json(answer)


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


def row_key(client: Client, noun: str, key: str) -> str:
    """What a row that a request makes is kept under, so that different programs and nouns never meet; 68 characters."""
    return f"api:{hashlib.sha256(f'{noun}:{client.name}:{key}'.encode()).hexdigest()}"
