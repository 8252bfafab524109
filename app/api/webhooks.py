"""The REST API of webhooks: who is told about events, what was sent, and sending again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import select

from app.api.auth import Client, allow, rooms_of
from app.api.bounds import Before, Key, RowId
from app.api.idempotent import answer_once
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.states import OutboxState
from models.tables.erp import WebhookRow
from oms.webhooks import service
from oms.webhooks.sender import event_id
from runtime.seal import Seal

router = APIRouter(tags=["webhooks"])


class WebhookIn(BaseModel):
    """Where to send what. `events`: names as shipment.shipped, order.* or *."""

    url: str = Field(max_length=2_000)
    events: list[str] = Field(["*"], min_length=1, max_length=50)
    description: str = Field("", max_length=255)


class WebhookOut(BaseModel):
    """A webhook. `sentence` says why it was switched off, where that was not a person's doing."""

    id: int
    url: str
    events: list[str]
    description: str
    is_active: bool
    code: str | None
    sentence: str | None
    made_by: str
    made_at: datetime
    supported_actions: list[str]


class WebhookMade(WebhookOut):
    """A new webhook, with the secret that signs its messages: shown this once, null when the request is repeated."""

    secret: str | None = None


class SinceIn(BaseModel):
    """From when on to send again."""

    since: datetime


class Sent(BaseModel):
    """How many events are sent again."""

    events: int


class DeliveryOut(BaseModel):
    """One message to a webhook. `event_id` is its `webhook-id` header, the same in every try and every replay."""

    id: int
    event_id: str
    type: str
    state: OutboxState
    tries: int
    code: str | None
    sentence: str | None
    created_at: datetime
    sent_at: datetime | None


@router.get("/webhooks", responses=READ_REFUSALS, dependencies=[allow("webhooks:read")])
def webhooks(request: Request) -> list[WebhookOut]:
    """All webhooks, oldest first; there are at most fifty."""
    with rooms_of(request).db.read() as db:
        rows = db.execute(
            select(WebhookRow).where(WebhookRow.code.is_distinct_from("webhook_removed")).order_by(WebhookRow.id)).scalars()
        return [_out(row) for row in rows]


@router.post("/webhooks", status_code=201, responses=REFUSALS)
def add(
    request: Request, wanted: WebhookIn, client: Annotated[Client, allow("webhooks:write")],
    key: Key = None,
) -> WebhookMade:
    """Tell somebody about events from now on."""
    rooms = rooms_of(request)

    shown_once: list[str] = []

    def work() -> WebhookMade:
        with rooms.db.write() as db:
            webhook_id, secret = service.add_webhook(
                db, Seal(rooms.settings.data), url=wanted.url, events=" ".join(wanted.events), description=wanted.description,
                actor=client.actor, allow_private=rooms.settings.webhook_private)
            shown = _out(service.find(db, webhook_id))
        shown_once.append(secret)
        return WebhookMade(**shown.model_dump())

    made = answer_once(request, client, key, wanted.model_dump_json(), WebhookMade, work)
    return made.model_copy(update={"secret": shown_once[0] if shown_once else None})


@router.post("/webhooks/{webhook_id}/replays", responses=REFUSALS)
def replay(
    request: Request, webhook_id: RowId, wanted: SinceIn, client: Annotated[Client, allow("webhooks:write")], key: Key = None,
) -> Sent:
    """Send everything since an instant once more, at most 10,000 events; receivers know repeats by their `webhook-id`. With an
    Idempotency-Key a repeat gets the first answer, and nothing is sent again."""
    def work() -> Sent:
        with rooms_of(request).db.write() as db:
            return Sent(events=service.again(db, webhook_id, since=wanted.since, actor=client.actor))

    return answer_once(request, client, key, wanted.model_dump_json(), Sent, work)


@router.post("/webhooks/{webhook_id}/{action}", responses=REFUSALS)
def act(
    request: Request, webhook_id: RowId, action: Literal["switch_on", "switch_off", "test"],
    client: Annotated[Client, allow("webhooks:write")],
) -> WebhookOut:
    """Switch it on or off, or send it an event that means nothing."""
    actor = client.actor
    with rooms_of(request).db.write() as db:
        if action == "test":
            service.send_test(db, webhook_id, actor=actor)
        else:
            service.switch(db, webhook_id, on=action == "switch_on", actor=actor)
        return _out(service.find(db, webhook_id))


@router.delete("/webhooks/{webhook_id}", status_code=204, responses=READ_REFUSALS)
def remove(request: Request, webhook_id: RowId, client: Annotated[Client, allow("webhooks:write")]) -> None:
    """Forget a webhook; what was sent stays on record."""
    with rooms_of(request).db.write() as db:
        service.remove(db, webhook_id, actor=client.actor)


@router.get("/webhooks/{webhook_id}/deliveries", responses=READ_REFUSALS, dependencies=[allow("webhooks:read")])
def deliveries(
    request: Request, webhook_id: RowId,
    before: Before = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> list[DeliveryOut]:
    """What was sent, newest first, and how it went."""
    with rooms_of(request).db.read() as db:
        service.find(db, webhook_id)
        rows = service.deliveries(db, webhook_id, before_id=before, limit=limit)
        return [
            DeliveryOut(
                id=r.id, event_id=event_id(r.key), type=r.kind, state=r.state, tries=r.tries, code=r.code, sentence=r.sentence,
                created_at=r.created_at, sent_at=r.sent_at) for r in rows]


def _out(row: WebhookRow) -> WebhookOut:
    actions = ["switch_off", "test", "replay", "remove"] if row.is_active else ["switch_on", "remove"]
    return WebhookOut(
        id=row.id, url=row.url, events=row.events.split(), description=row.description, is_active=row.is_active, code=row.code,
        sentence=row.sentence, made_by=row.made_by, made_at=row.made_at, supported_actions=actions)
