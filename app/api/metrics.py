"""The REST API of metrics: how the order core does, and what to order again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.api.auth import allow, rooms_of
from app.api.problems import READ_REFUSALS
from oms.metrics.outlook import Outlook, load_outlook
from oms.metrics.service import Metrics, load_metrics
from runtime.clock import now

router = APIRouter(tags=["metrics"], prefix="/metrics")
_READ = [allow("metrics:read")]


@router.get("", responses=READ_REFUSALS, dependencies=_READ)
def metrics(
    request: Request, days: Annotated[int, Query(ge=1, le=1_096)] = 90,
    customer: Annotated[str | None, Query(description="The customer's number.")] = None,
) -> Metrics:
    """The figures of the last days, for everybody or one customer."""
    rooms = rooms_of(request)
    with rooms.db.read() as db:
        return load_metrics(db, now(), days, customer, company_currency=rooms.settings.currency)


@router.get("/outlook/{sku}", responses=READ_REFUSALS, dependencies=_READ)
def outlook(request: Request, sku: str) -> Outlook:
    """An item's demand by week, its forecast, and what to order now."""
    with rooms_of(request).db.read() as db:
        return load_outlook(db, now(), sku)
