"""The REST API of exchange rates into the company's money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.auth import allow, rooms_of
from app.api.orders import Writer
from app.api.problems import READ_REFUSALS, REFUSALS
from oms.orders.company_money import Rate, rates, save_rate

router = APIRouter(tags=["orders"])


class RateIn(BaseModel):
    """What one unit of `currency` is worth in the company's money from a day on, and who says so."""

    model_config = ConfigDict(extra="forbid")

    currency: str = Field(pattern="^[A-Z]{3}$")
    day: date
    rate: Annotated[Decimal, Field(gt=0, lt=10**9, max_digits=24, decimal_places=6)]
    source: str = Field(min_length=1, max_length=64)


@router.get("/exchange-rates", responses=READ_REFUSALS, dependencies=[allow("orders:read")])
def show(
    request: Request, currency: Annotated[str, Query(max_length=3, description="Of this currency only.")] = "",
    skip: Annotated[int, Query(ge=0, le=10**6)] = 0, limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[Rate]:
    """The rates kept, the newest day first."""
    with rooms_of(request).db.read() as db:
        return rates(db, currency=currency, skip=skip, limit=limit)


@router.put("/exchange-rates", responses=REFUSALS)
def save(request: Request, wanted: RateIn, client: Writer) -> list[Rate]:
    """Keep a rate, in the place of another of the same day. Orders that wait for one get it; those that have one keep theirs."""
    rooms = rooms_of(request)
    with rooms.db.write() as db:
        rate = Rate(wanted.currency, rooms.settings.currency, wanted.day, wanted.rate, wanted.source)
        save_rate(db, rate, user=client.actor)
        return rates(db)
