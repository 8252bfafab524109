"""The REST API of locations, and of whether units of an item are told apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.stock import LocationKind, Tracking
from oms.inventory.locations import LocationDetail, list_locations, load_location, set_location
from oms.inventory.lots import set_tracking

router = APIRouter(tags=["stock"])
_CHANGE = REFUSALS | {404: READ_REFUSALS[404]}
_Writer = Annotated[Client, allow("stock:write")]


class LocationIn(BaseModel):
    """What to set; what is left out stays, null clears. `priority`: lower is preferred; `capacity_per_day`: fulfilment orders."""

    name: str = Field("", min_length=1, max_length=255)
    kind: LocationKind = LocationKind.OWN
    priority: int = Field(0, ge=0, le=10**6)
    is_active: bool = True
    channel_pool: str | None = Field(None, max_length=64)
    street: str | None = Field(None, max_length=255)
    postcode: str | None = Field(None, max_length=32)
    city: str | None = Field(None, max_length=128)
    country: str | None = Field(None, pattern="^[A-Z]{2}$")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    cost_per_order: Decimal | None = Field(None, ge=0, lt=10**12)
    capacity_per_day: int | None = Field(None, ge=0, le=10**9)


class TrackingIn(BaseModel):
    """Whether units of an item are told apart."""

    sku: str = Field(min_length=1, max_length=64)
    tracking: Tracking


@router.get("/stock/locations", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def locations(
    request: Request, after: Annotated[str, Query(max_length=32, description="Only codes beyond this; for paging.")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[LocationDetail]:
    """Locations that hold stock, by code."""
    with rooms_of(request).db.read() as db:
        return list_locations(db, after=after, limit=limit)


@router.put("/stock/locations/{code}", responses=_CHANGE)
def save_location(request: Request, code: str, wanted: LocationIn, client: _Writer) -> LocationDetail:
    """Make a location, or change it. Doing it again changes nothing."""
    with rooms_of(request).db.write() as db:
        set_location(db, code, wanted.model_dump(exclude_unset=True), actor=client.actor)
        return load_location(db, code)


@router.put("/stock/tracking", status_code=204, responses=_CHANGE)
def track(request: Request, wanted: TrackingIn, client: _Writer) -> None:
    """Say whether units of an item are kept by lot or serial number. Refused while there is stock of it."""
    with rooms_of(request).db.write() as db:
        set_tracking(db, wanted.sku, wanted.tracking, actor=client.actor)
