"""How the connection to the ERP is: what waits, what is under way, what needs a person, how the pulls went, what differs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.errors import NotFound
from models.tables.erp import ErpCursorRow
from models.tables.orders import SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.erp import pulls
from oms.erp.identity import installation, key_of
from oms.erp.port import COMPARISON, Capability, ErpPort, Noun
from oms.erp.reconcile import standing
from oms.exceptions.listing import ListedException
from oms.outbox.store import GIVEN_UP, Outbox

MISSED_TURNS = 5
"""After so many turns without one that went well, a pull is silent."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Messages to the ERP. `in_flight`: being sent, or sent without an answer yet; `needs_person`: refused or unsettled."""

    waiting: int
    in_flight: int
    needs_person: int
    oldest_waiting_at: datetime | None
    last_sent_at: datetime | None


class PullHealth(StrEnum):
    """How one pull is doing."""

    NEVER_PULLED = "never_pulled"
    WANTED = "wanted"                    # somebody asked; it begins with the next look of a worker
    PULLING = "pulling"
    IN_STEP = "in_step"
    ROWS_LEFT_OUT = "rows_left_out"
    DIFFERS = "differs"                  # of the comparison: both sides do not agree
    FAILING = "failing"
    SILENT = "silent"                    # no turn went well for a while


WELL = frozenset({PullHealth.WANTED, PullHealth.PULLING, PullHealth.IN_STEP})


@dataclass(frozen=True, slots=True)
class PullState:
    """How one noun, or the comparison of sales, is kept in step. `code`, `sentence`: what needs a look; None when all is well."""

    noun: str
    health: PullHealth
    is_well: bool
    code: str | None
    sentence: str | None
    pulled_at: datetime | None
    full_at: datetime | None


_BY_CODE = {
    pulls.WANTED: PullHealth.WANTED, pulls.RUNNING: PullHealth.PULLING, pulls.ROWS_REFUSED: PullHealth.ROWS_LEFT_OUT,
    pulls.DIFFERS: PullHealth.DIFFERS}


@dataclass(frozen=True, slots=True)
class Connection:
    """The whole connection. `pulls` has what the adapter can be pulled for, and the comparison where it has sales to compare."""

    system: str
    capabilities: tuple[Capability, ...]
    queue: Queue
    pulls: tuple[PullState, ...]
    differences: tuple[ListedException, ...]
    supported_actions: tuple[str, ...]


def load_connection(db: Session, port: ErpPort, *, every_s: int, compare_every_s: int, at: datetime) -> Connection:
    """The connection as it is. `every_s`, `compare_every_s`: the pace of pulls and of the comparison, 0 when only by hand."""
    rows = {row.noun: row for row in pulls.health(db) if row.system == port.system}
    paces = [(str(noun), every_s) for noun in pulls.nouns_of(port)]
    if Capability.LIST_SALES in port.capabilities:
        paces.append((COMPARISON, compare_every_s))
    queue = _queue(db)
    actions = [*(["pull"] if paces else []), *(["compare"] if paces and paces[-1][0] == COMPARISON else []), "check",
               *(["resend"] if queue.needs_person else [])]
    return Connection(
        port.system, tuple(sorted(port.capabilities)), queue,
        tuple(_state(noun, rows.get(noun), every, at) for noun, every in paces), tuple(standing(db)), tuple(actions))


def messages_of(db: Session, order_no: str) -> list[tuple[str, dict[str, Any]]]:
    """What the ERP is, or was, told about an order: (key, message) as they leave. Raises NotFound."""
    told = (
        select(OutboxRow.key, OutboxRow.payload).join(SalesOrderRow, SalesOrderRow.id == OutboxRow.order_id)
        .where(OutboxRow.channel == Channel.ERP, SalesOrderRow.order_no == order_no).order_by(OutboxRow.id))
    messages = db.execute(told).all()
    if not messages:
        raise NotFound(f"There is no order {order_no}, or nothing to tell the ERP about it.")
    identity = installation(db)
    named = [(key_of(identity, key), json.loads(content)) for key, content in messages]
    return [(key, {**content, "id": key}) for key, content in named]


def resend_refused(db: Session, user: str) -> int:
    """Have everything tried again that the ERP refused; returns how many messages that are."""
    refused = db.execute(select(OutboxRow.id).where(*_refused()).order_by(OutboxRow.id)).scalars().all()
    for message_id in refused:
        Outbox(db).resend(message_id, user)
    return len(refused)


def _refused() -> tuple[Any, ...]:
    row = OutboxRow
    return row.channel == Channel.ERP, row.state == OutboxState.FAILED, row.code.is_distinct_from(GIVEN_UP)


def _queue(db: Session) -> Queue:
    row = OutboxRow
    counts = dict(db.execute(
        select(row.state, func.count()).where(row.channel == Channel.ERP, row.state != OutboxState.SENT)
        .group_by(row.state)).all())
    oldest = db.execute(select(func.min(row.created_at)).where(
        row.channel == Channel.ERP, row.state == OutboxState.PENDING)).scalar_one()
    newest = db.execute(
        select(row.sent_at).where(row.channel == Channel.ERP, row.state == OutboxState.SENT)
        .order_by(row.id.desc()).limit(1)).scalar_one_or_none()
    refused = db.execute(select(func.count()).select_from(row).where(*_refused())).scalar_one()
    in_flight = counts.get(OutboxState.SENDING, 0) + counts.get(OutboxState.UNKNOWN, 0)
    return Queue(counts.get(OutboxState.PENDING, 0), in_flight, refused, oldest, newest)


def _state(noun: str, row: ErpCursorRow | None, every_s: int, at: datetime) -> PullState:
    if row is None:
        return PullState(noun, PullHealth.NEVER_PULLED, not every_s, None, None, None, None)
    health = _health(row, every_s, at)
    sentence = row.sentence
    if health is PullHealth.SILENT:
        sentence = "No pull went through for a while. Check that a worker is running."
    return PullState(noun, health, health in WELL, row.code, sentence, row.pulled_at, row.full_at)


def _health(row: ErpCursorRow, every_s: int, at: datetime) -> PullHealth:
    if row.code == pulls.RUNNING and at - row.pulled_at >= pulls.LONGEST:
        return PullHealth.FAILING
    if row.code is not None:
        return _BY_CODE.get(row.code, PullHealth.FAILING)
    if every_s and at - row.pulled_at > timedelta(seconds=MISSED_TURNS * every_s):
        return PullHealth.SILENT
    return PullHealth.IN_STEP


def wanted_nouns(port: ErpPort, nouns: Sequence[Noun]) -> tuple[Noun, ...]:
    """Those of the nouns that this ERP can be pulled for, in its order; all when none is named. Raises NotFound for none."""
    found = tuple(noun for noun in pulls.nouns_of(port) if not nouns or noun in nouns)
    if not found:
        raise NotFound(f"The ERP adapter “{port.system}” brings none of this. Import it as a file instead.")
    return found
