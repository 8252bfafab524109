"""The outbox's rows: written in the transaction that causes a message, read by state, moved by compare-and-set.

PENDING, due      → SENDING, held by one worker until its lease ends; nothing has left yet
SENDING           → UNKNOWN right before the message leaves: from here on only the receiver knows
UNKNOWN           → SENT, or PENDING (certainly not delivered), or FAILED (refused)
SENDING or UNKNOWN whose lease has ended belong to nobody: the first is tried again, the second is asked about first.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, insert, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.errors import ConflictError, NotFound
from models.tables.base import Base
from models.tables.outbox import OutboxRow
from oms.outbox.sender import Outgoing, Warned
from oms.outbox.warnings import confirmed_of, note_warning
from oms.sql import changed
from runtime.audit import record
from runtime.clock import now
from runtime.codec import to_json
from runtime.prepared import Prepared

CLAIM = timedelta(minutes=1)
"""How long a worker holds a message that has not left; who comes later is refused by `leave`."""
FLIGHT = timedelta(minutes=3)
"""How long a message that left may be without an answer; longer than any sender waits for one."""
GIVEN_UP = "given_up"
MAYBE_SENT = "maybe_sent"
NOT_CONFIGURED = "not_configured"
_TABLE = Base.metadata.tables["outbox"]
_INSERT = Prepared(
    insert(_TABLE).inline(), "channel", "kind", "key", "payload", "order_id", "case_id", "webhook_id", "state", "tries",
    "next_at", "created_at")
_IN_ORDER = (Channel.ERP,)
"""Channels whose messages about one order must arrive in the order they were written."""


@dataclass(frozen=True, slots=True)
class Message:
    """One to be: `content` is anything `to_json` encodes; of one `key` there is one message."""

    channel: Channel
    kind: str
    key: str
    content: object
    order_id: int | None = None
    case_id: int | None = None
    webhook_id: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended. `next_at` is when to look again, where the state leaves anything to do."""

    state: OutboxState
    next_at: datetime
    code: str | None = None
    sentence: str | None = None
    external_id: str | None = None
    sent_at: datetime | None = None
    warned: Warned | None = None


class Outbox:
    """All SQL about outgoing messages. Holds a session, never commits."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def add(
        self, channel: Channel, kind: str, key: str, content: object, *, order_id: int | None = None,
        case_id: int | None = None, webhook_id: int | None = None,
    ) -> None:
        """Write a message; `content` is anything `to_json` encodes. A key that exists already is refused by the database."""
        self.add_all([Message(channel, kind, key, content, order_id, case_id, webhook_id)])

    def add_all(self, messages: Sequence[Message]) -> None:
        """Write messages, as `add` does."""
        at = now()
        _INSERT.many(self.db, [{
            "channel": x.channel, "kind": x.kind, "key": x.key, "payload": to_json(x.content), "order_id": x.order_id,
            "case_id": x.case_id, "webhook_id": x.webhook_id, "state": OutboxState.PENDING, "tries": 0, "next_at": at,
            "created_at": at} for x in messages])

    def due(self, channels: Collection[Channel], askable: Collection[Channel], at: datetime, limit: int = 100) -> list[int]:
        """Ids of messages somebody should work on now, longest due first. `askable` are the channels that can be asked."""
        query = select(OutboxRow.id).where(OutboxRow.channel.in_(channels), _is_due(askable, at))
        return list(self.db.execute(query.order_by(OutboxRow.next_at, OutboxRow.id).limit(limit)).scalars())

    def claim(self, message_id: int, holder: str, askable: Collection[Channel], at: datetime) -> Outgoing | None:
        """Take one due message, counting the try before it is made. None: somebody else was faster."""
        c = _TABLE.c
        claimed = self.db.execute(
            update(OutboxRow).where(OutboxRow.id == message_id, _is_due(askable, at))
            .values(state=OutboxState.SENDING, holder=holder, lease_until=at + CLAIM, tries=OutboxRow.tries + 1)
            .returning(c.id, c.channel, c.kind, c.key, c.payload, c.order_id, c.case_id, c.tries, c.created_at, c.webhook_id)
            .execution_options(synchronize_session=False)).one_or_none()
        if claimed is None:
            return None
        message = Outgoing(*claimed)
        return message if message.tries == 1 else replace(message, confirmed=confirmed_of(self.db, message_id))

    def leave(self, message: Outgoing, holder: str, sentence: str, at: datetime) -> bool:
        """Note that the receiver may have the message from now on. False: the lease was lost, it must not leave."""
        return self._move(message, holder, (OutboxState.SENDING,), {
            "state": OutboxState.UNKNOWN, "code": MAYBE_SENT, "sentence": sentence, "lease_until": at + FLIGHT})

    def settle(self, message: Outgoing, holder: str, outcome: Outcome) -> bool:
        """Note how a try ended and end the lease. False: somebody else holds the message by now."""
        noted = self._move(message, holder, (OutboxState.SENDING, OutboxState.UNKNOWN), {
            "state": outcome.state, "code": outcome.code, "sentence": outcome.sentence, "external_id": outcome.external_id,
            "next_at": outcome.next_at, "sent_at": outcome.sent_at, "holder": None, "lease_until": None})
        if noted and outcome.warned is not None:
            note_warning(self.db, message.id, outcome.warned)
        return noted

    def _move(self, message: Outgoing, holder: str, frm: Collection[OutboxState], values: dict[str, Any]) -> bool:
        # holder and tries together are the fencing token: another claim changes at least one of them.
        ours = (OutboxRow.id == message.id, OutboxRow.holder == holder, OutboxRow.tries == message.tries)
        return changed(self.db, update(OutboxRow).where(*ours, OutboxRow.state.in_(frm)).values(values)) == 1

    def end_leases(self, holder: str, at: datetime) -> int:
        """A worker is known to be dead: what it held is free now. Returns how many messages that were."""
        held = (OutboxRow.holder == holder, OutboxRow.lease_until > at)
        return changed(self.db, update(OutboxRow).where(*held).values(lease_until=at - timedelta(microseconds=1)))

    def explain_blocked(self, channel: Channel, sentence: str) -> None:
        """Say on every waiting message of a channel which setting is missing."""
        self.db.execute(update(OutboxRow).where(*_unexplained(channel)).values(code=NOT_CONFIGURED, sentence=sentence))

    def has_unexplained(self, channel: Channel) -> bool:
        """True when a message of this channel waits without `explain_blocked` having said why."""
        return self.db.execute(select(OutboxRow.id).where(*_unexplained(channel)).limit(1)).first() is not None

    def resend(self, message_id: int, user: str) -> None:
        """A person wants a failed or maybe-sent message tried again. Raises ConflictError when it is not at rest."""
        self._decide(message_id, user, "outbox.resend", OutboxState.PENDING, None, None)

    def give_up(self, message_id: int, user: str) -> None:
        """A person wants a message left alone for good. Raises ConflictError when it is sent or being sent."""
        sentence = f"Given up by {user}; it is not tried again."
        self._decide(message_id, user, "outbox.give_up", OutboxState.FAILED, GIVEN_UP, sentence)

    def _decide(
        self, message_id: int, user: str, action: str, to: OutboxState, code: str | None, sentence: str | None
    ) -> None:
        at = now()
        at_rest = or_(OutboxRow.lease_until.is_(None), OutboxRow.lease_until < at)
        before = self.db.execute(
            select(OutboxRow.key, OutboxRow.state).where(OutboxRow.id == message_id).with_for_update()).one_or_none()
        if before is None:
            raise NotFound(f"There is no outgoing message {message_id}.")
        move = update(OutboxRow).where(OutboxRow.id == message_id, OutboxRow.state != OutboxState.SENT, at_rest).values(
            state=to, code=code, sentence=sentence, next_at=at, holder=None, lease_until=None)
        if not changed(self.db, move):
            raise ConflictError(f"Message {before.key} is sent or being sent right now. Reload to see how it ended.")
        content = {"key": before.key, "was": before.state}
        record(self.db, actor=user, action=action, subject=f"outbox:{message_id}", content=content)


def _unexplained(channel: Channel) -> tuple[ColumnElement[bool], ...]:
    said = OutboxRow.code.is_distinct_from(NOT_CONFIGURED)
    return OutboxRow.channel == channel, OutboxRow.state == OutboxState.PENDING, said


def _is_due(askable: Collection[Channel], at: datetime) -> ColumnElement[bool]:
    row, earlier = OutboxRow, aliased(OutboxRow)
    free = or_(row.lease_until.is_(None), row.lease_until < at)
    fresh = and_(row.state == OutboxState.PENDING, row.next_at <= at)
    abandoned = and_(row.state == OutboxState.SENDING, free)
    unsure = and_(row.state == OutboxState.UNKNOWN, row.channel.in_(askable), row.next_at <= at, free)
    open_before = exists().where(
        earlier.order_id == row.order_id, earlier.channel == row.channel, earlier.id < row.id,
        earlier.state != OutboxState.SENT, earlier.code.is_distinct_from(GIVEN_UP))
    return and_(or_(fresh, abandoned, unsure), or_(row.channel.not_in(_IN_ORDER), not_(open_before)))
