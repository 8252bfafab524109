"""Events become outgoing messages, one for each webhook that wants them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.tables.audit import AuditEntryRow
from models.tables.erp import WebhookRow
from oms.events.follow import Event, read_events
from oms.outbox import Outbox

PUBLIC_NOUNS = frozenset({
    "case", "credit_memo", "exception", "fulfilment_order", "invoice", "message", "order", "refund", "return", "shipment",
    "stock"})
"""What webhooks tell about; users, tokens, policies and what was learned are the house's own affair."""
MOST_REPLAYED = 10_000
"""Events of one replay, the oldest; what this webhook does not want is not counted."""
_AT_ONCE = 1_000


class WebhookFollower:
    """Writes an outbox row for every webhook an event is for."""

    name = "webhooks"

    def handle(self, db: Session, event: Event) -> None:
        """Fan one event out."""
        if is_public(event):
            rows = db.execute(select(WebhookRow.id, WebhookRow.events).where(WebhookRow.is_active)).all()
            send_to(db, event, (hook_id for hook_id, wanted in rows if wants(wanted, event.type)))


def is_public(event: Event) -> bool:
    """True for events that webhooks may tell."""
    return event.type.partition(".")[0] in PUBLIC_NOUNS


def wants(wanted: str, event_type: str) -> bool:
    """True when a webhook's list names this type: itself, its noun ("order.*"), or everything ("*")."""
    return bool({"*", event_type, f"{event_type.partition('.')[0]}.*"} & set(wanted.split()))


def send_to(db: Session, event: Event, webhook_ids: Iterable[int], *, again: str = "") -> None:
    """One outgoing message a webhook. `again` sets a replay apart from what was sent before."""
    for webhook_id in webhook_ids:
        Outbox(db).add(
            Channel.WEBHOOK, event.type, f"wh:{webhook_id}:{event.seq}{again}", content_of(event), webhook_id=webhook_id)


def content_of(event: Event) -> dict[str, Any]:
    """The body: Standard Webhooks' type, timestamp, data."""
    return {
        "type": event.type, "timestamp": event.at.isoformat(),
        "data": {"id": event.name, "subject": event.subject, "actor": event.actor, **event.data}}


def replay(db: Session, webhook: WebhookRow, since: datetime, mark: str) -> int:
    """Send everything a webhook wanted since then once more, under the ids of the first time; returns how many events."""
    first = db.execute(
        select(AuditEntryRow.seq).where(AuditEntryRow.at >= since).order_by(AuditEntryRow.seq).limit(1)).scalar_one_or_none()
    if first is None:
        return 0
    sent, after = 0, first - 1
    while events := read_events(db, after=after, limit=_AT_ONCE):
        for event in events:
            if is_public(event) and wants(webhook.events, event.type):
                send_to(db, event, (webhook.id,), again=f":{mark}")
                sent += 1
                if sent == MOST_REPLAYED:
                    return sent
        after = events[-1].seq
    return sent
