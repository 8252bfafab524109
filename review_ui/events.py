"""What has changed, as it happens: the audit chain's newest entries, told to open pages as server-sent events.

One query a second looks whether the chain has grown; an event names the cases that moved, never what they say, and how many
mentions its reader has not read. A stream ends
after a while and the browser asks again by itself, so a page that was left costs nothing for long.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from matching.mentions import Mentions
from models.tables.audit import AuditEntryRow
from runtime.db import Database

EVERY_S = 1.0
LONGEST_S = 300.0
MOST = 200
"""Entries told in one event; with more the page only learns that much has changed."""
RETRY_MS = 3_000
QUIET_ROUNDS = 15
"""Rounds without news after which a comment keeps proxies from closing the stream."""


def newest(database: Database) -> int:
    """The number of the newest entry; 0 when there is none."""
    with database.read() as db:
        return db.execute(select(func.max(AuditEntryRow.seq))).scalar_one() or 0


def cases_since(database: Database, seq: int) -> tuple[int, list[int]]:
    """The newest entry's number, and the cases that entries after `seq` are about."""
    with database.read() as db:
        rows = db.execute(
            select(AuditEntryRow.seq, AuditEntryRow.subject).where(AuditEntryRow.seq > seq).order_by(AuditEntryRow.seq)
            .limit(MOST)).all()
    cases = {int(subject[5:]) for _, subject in rows if subject.startswith("case:") and subject[5:].isdecimal()}
    return (rows[-1].seq if rows else seq), sorted(cases)


def unread(database: Database, user_id: int) -> int:
    """How many mentions the person at the page has not read."""
    with database.read() as db:
        return Mentions(db).count(user_id)


def event(seq: int, cases: list[int], mentions: int) -> str:
    """One event in the form of the HTML standard (server-sent events, 9.2)."""
    return f"id: {seq}\nevent: changed\ndata: {json.dumps({'cases': cases, 'mentions': mentions})}\n\n"


async def stream(
    database: Database, last: int | None, is_gone: Callable[[], Awaitable[bool]], *, user_id: int, every: float = EVERY_S,
    longest: float = LONGEST_S,
) -> AsyncIterator[str]:
    """Events for one person from now on, or from after entry `last`; ends when the browser is gone or after `longest` seconds."""
    seq = await run_in_threadpool(newest, database) if last is None else last
    yield f"retry: {RETRY_MS}\n\n"
    quiet = 0
    for _ in range(int(longest / every)):
        if await is_gone():
            return
        found, cases = await run_in_threadpool(cases_since, database, seq)
        quiet = 0 if cases else quiet + 1
        if cases:
            yield event(found, cases, await run_in_threadpool(unread, database, user_id))
        elif quiet >= QUIET_ROUNDS:
            quiet = 0
            yield ": still here\n\n"
        seq = found
        await asyncio.sleep(every)
