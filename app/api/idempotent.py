"""A request that comes again gets its first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar, cast

from fastapi import Request
from pydantic import TypeAdapter
from sqlalchemy import Delete, Table, Update, delete, update

from app.api.auth import Client, rooms_of
from models.errors import ConflictError
from models.tables.intake import IdempotencyKeyRow
from oms.sql import changed, insert_once
from runtime.clock import now
from runtime.db import Database

_OK = 200
_UNDER_WAY = 102
_GIVEN_UP = timedelta(minutes=5)
"""Longer than any request takes: what is under way for so long died with its server."""
_Key = IdempotencyKeyRow
T = TypeVar("T")
S = TypeVar("S", Update, Delete)


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

    The key is claimed before the work begins, so that of requests that come at once one does it. A refusal gives the key free.
    Work that died is done again after `_GIVEN_UP`: it must bear that. Raises ConflictError when the key came with another
    request, or while the first is being worked on.
    """
    place = (scope[:128], key)
    known = _claim(db, place, fingerprint)
    if known is None:
        try:
            answer = work()
        except BaseException:
            with db.write() as session:
                session.execute(_at(delete(_Key), place))
            raise
        with db.write() as session:
            session.execute(_at(update(_Key), place).values(status=_OK, answer=answer))
        return answer
    if known.request_sha256 != fingerprint:
        raise ConflictError(
            "This Idempotency-Key was used for another request; send this one with a new key.", code="idempotency_key_reused")
    if known.status == _UNDER_WAY:
        raise ConflictError(
            "The first request with this Idempotency-Key is still being worked on; send it again in a moment.",
            code="idempotency_key_under_way")
    return known.answer


def _claim(db: Database, place: tuple[str, str], fingerprint: str) -> IdempotencyKeyRow | None:
    """The row of the request that came first with this key; None when that is this one."""
    (scope, key), at, table = place, now(), cast("Table", _Key.__table__)
    claim = {"scope": scope, "key": key, "request_sha256": fingerprint, "status": _UNDER_WAY, "answer": "", "created_at": at}
    with db.write() as session:
        if session.execute(insert_once(session, table, returning=table.c.key), claim).first():
            return None
        dead = (_Key.status == _UNDER_WAY, _Key.created_at < at - _GIVEN_UP, _Key.request_sha256 == fingerprint)
        if changed(session, _at(update(_Key), place).where(*dead).values(created_at=at)):
            return None
        return session.get(_Key, place)


def _at(statement: S, place: tuple[str, str]) -> S:
    return statement.where(_Key.scope == place[0], _Key.key == place[1])


def row_key(client: Client, noun: str, key: str) -> str:
    """What a row that a request makes is kept under, so that different programs and nouns never meet; 68 characters."""
    return f"api:{hashlib.sha256(f'{noun}:{client.name}:{key}'.encode()).hexdigest()}"
