"""Webhooks: who is told about events, and whether they took it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select

from models.tables.erp import WebhookRow
from oms.webhooks import service
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of
from runtime.seal import Seal

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, *, secret: str | None = None) -> Response:
    with services_of(request).db.read() as db:
        rows = db.execute(
            select(WebhookRow).where(WebhookRow.code.is_distinct_from("webhook_removed")).order_by(WebhookRow.id)).scalars().all()
        shown = [(row, service.deliveries(db, row.id, limit=5)) for row in rows]
        return render(request, template, webhooks=shown, secret=secret)


@router.get("/webhooks")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _show(request, "webhooks/page.html")


@router.post("/webhooks")
def add(
    request: Request, user: Admin, url: Annotated[str, Form()] = "", events: Annotated[str, Form()] = "*",
    description: Annotated[str, Form()] = "",
) -> Response:
    """A new webhook; its secret is shown in this answer only."""
    services = services_of(request)
    with services.db.write() as db:
        _, secret = service.add_webhook(
            db, Seal(services.settings.data), url=url.strip(), events=events.replace(",", " "), description=description.strip(),
            actor=user.name, allow_private=services.settings.webhook_private)
    return _show(request, "webhooks/_list.html", secret=secret)


@router.post("/webhooks/{webhook_id:int}/switch")
def switch(request: Request, user: Admin, webhook_id: int, on: Annotated[bool, Form()] = False) -> Response:
    """Switch on or off."""
    with services_of(request).db.write() as db:
        service.switch(db, webhook_id, on=on, actor=user.name)
    return _show(request, "webhooks/_list.html")


@router.post("/webhooks/{webhook_id:int}/test")
def test(request: Request, user: Admin, webhook_id: int) -> Response:
    """Send an event that means nothing."""
    with services_of(request).db.write() as db:
        service.send_test(db, webhook_id, actor=user.name)
    return _show(request, "webhooks/_list.html")


@router.post("/webhooks/{webhook_id:int}/replay")
def replay(request: Request, user: Admin, webhook_id: int, hours: Annotated[int, Form(ge=1, le=24 * 30)] = 24) -> Response:
    """Send the events of the last hours once more."""
    services = services_of(request)
    with services.db.write() as db:
        service.again(db, webhook_id, since=services.clock() - timedelta(hours=hours), actor=user.name)
    return _show(request, "webhooks/_list.html")


@router.post("/webhooks/{webhook_id:int}/remove")
def remove(request: Request, user: Admin, webhook_id: int) -> Response:
    """Forget a webhook."""
    with services_of(request).db.write() as db:
        service.remove(db, webhook_id, actor=user.name)
    return _show(request, "webhooks/_list.html")
