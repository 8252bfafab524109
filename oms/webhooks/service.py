"""Webhooks as administrators keep them. Works in the caller's transaction."""

from __future__ import annotations

import secrets
from base64 import b64encode
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.errors import ConflictError, InputError, NotFound
from models.tables.erp import WebhookRow
from models.tables.outbox import OutboxRow
from oms.events.follow import Event
from oms.webhooks.fan_out import PUBLIC_NOUNS, replay, send_to
from runtime.audit import record
from runtime.clock import now
from runtime.seal import Seal

MOST_WEBHOOKS = 50
TEST = "webhook.test"


class BadWebhook(InputError):
    """Address or events of a webhook cannot be used."""

    code = "bad_webhook"


def add_webhook(
    db: Session, seal: Seal, *, url: str, events: str, description: str, actor: str, allow_private: bool = False
) -> tuple[int, str]:
    """A new webhook; returns its id and its secret, which is shown this once. Raises BadWebhook."""
    check(url, events, allow_private=allow_private)
    if db.execute(select(func.count()).select_from(WebhookRow)).scalar_one() >= MOST_WEBHOOKS:
        raise ConflictError(f"There are {MOST_WEBHOOKS} webhooks already; remove one first.", code="too_many_webhooks")
    secret = "whsec_" + b64encode(secrets.token_bytes(24)).decode()
    row = WebhookRow(
        url=url, events=" ".join(events.split()), description=description[:255], sealed_secret=seal.close(secret), made_by=actor,
        made_at=now())
    db.add(row)
    db.flush()
    record(db, actor=actor, action="webhook.added", subject=f"webhook:{row.id}", content={"host": urlsplit(url).hostname})
    return row.id, secret


def check(url: str, events: str, *, allow_private: bool) -> None:
    """Raise BadWebhook, saying what to write instead, unless address and events can be used."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        raise BadWebhook("The address must begin with https://.")
    if not parts.hostname or parts.username or len(url) > 2_000:
        raise BadWebhook("The address needs a host and no user name or password; signatures prove who sent it.")
    wanted = events.split()
    unknown = [e for e in wanted if e != "*" and e.partition(".")[0] not in PUBLIC_NOUNS]
    if not wanted or unknown:
        raise BadWebhook(f"Name events, as shipment.shipped, order.* or *. Unknown: {', '.join(unknown) or 'none was named'}.")


def switch(db: Session, webhook_id: int, *, on: bool, actor: str) -> None:
    """Switch a webhook on or off. What happens while it is off is not sent; `again` sends it later."""
    row = find(db, webhook_id)
    row.is_active, row.code, row.sentence = on, None, None
    record(db, actor=actor, action="webhook.switched", subject=f"webhook:{webhook_id}", content={"on": on})


def remove(db: Session, webhook_id: int, *, actor: str) -> None:
    """Forget a webhook's address and secret; what was sent stays on record."""
    row = find(db, webhook_id)
    row.is_active, row.url, row.sealed_secret, row.events = False, "", "", ""
    row.code, row.sentence = "webhook_removed", f"Removed by {actor}."
    record(db, actor=actor, action="webhook.removed", subject=f"webhook:{webhook_id}")


def again(db: Session, webhook_id: int, *, since: datetime, actor: str) -> int:
    """Send what a webhook wanted since then once more; returns how many events."""
    row = find(db, webhook_id)
    if not row.is_active:
        raise ConflictError("This webhook is switched off. Switch it on first.", code="webhook_off")
    count = replay(db, row, since, secrets.token_hex(4))
    record(db, actor=actor, action="webhook.replayed", subject=f"webhook:{webhook_id}", content={"events": count})
    return count


def send_test(db: Session, webhook_id: int, *, actor: str) -> None:
    """Send an event that means nothing, to see whether the receiver takes it."""
    find(db, webhook_id)
    seq = record(db, actor=actor, action="webhook.tested", subject=f"webhook:{webhook_id}")
    send_to(db, Event(seq, TEST, f"webhook:{webhook_id}", actor, now(), {}), (webhook_id,))


def find(db: Session, webhook_id: int) -> WebhookRow:
    """A webhook that was not removed. Raises NotFound."""
    row = db.get(WebhookRow, webhook_id)
    if row is None or row.code == "webhook_removed":
        raise NotFound(f"There is no webhook {webhook_id}; look for it in the list of webhooks.")
    return row


def deliveries(db: Session, webhook_id: int, *, before_id: int | None = None, limit: int = 50) -> list[OutboxRow]:
    """What was sent to a webhook, newest first."""
    query = select(OutboxRow).where(OutboxRow.webhook_id == webhook_id, OutboxRow.channel == Channel.WEBHOOK)
    if before_id is not None:
        query = query.where(OutboxRow.id < before_id)
    return list(db.execute(query.order_by(OutboxRow.id.desc()).limit(limit)).scalars())
