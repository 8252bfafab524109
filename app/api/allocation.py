"""The REST API of allocation: the rules of sourcing, orders given to locations, and what becomes of lines that are short."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from app.api.auth import Client, allow, rooms_of
from app.api.problems import READ_REFUSALS, REFUSALS
from models.domain.order_work import OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.errors import NotFound
from oms.allocation.choice import Shortage, decide_shortage
from oms.allocation.rules import NamedRule, drop_rule, set_rule, sourcing_rules
from oms.allocation.service import allocate_order, reallocate_order
from oms.allocation.trial import Trial, try_rule
from oms.orders.repository import order_id_of

router = APIRouter(tags=["stock"])
_Writer = Annotated[Client, allow("stock:write")]
_CHANGE = REFUSALS | {404: READ_REFUSALS[404]}


class RuleIn(BaseModel):
    """How to choose the locations that send an order; empty lists mean every order."""

    name: str = Field(min_length=1, max_length=128)
    is_active: bool = True
    prefer: list[Criterion] = Field(default=[Criterion.FEWEST_LOCATIONS, Criterion.PRIORITY], max_length=8)
    sources: list[OrderSource] = Field(default=[], max_length=20)
    countries: list[Annotated[str, Field(pattern="^[A-Z]{2}$")]] = Field(default=[], max_length=300)
    pool: str | None = Field(None, max_length=64)
    max_locations: int | None = Field(None, ge=1, le=1000)
    ship_complete: bool = False
    max_km: int | None = Field(None, ge=1, le=20_100, description="kilometres to where the goods go; null: any distance")


class RuleOut(RuleIn):
    """A rule and when it is asked: the lowest position first."""

    position: int


class AllocationOut(BaseModel):
    """What allocating did: a sentence for each location that sends, and for each line that is short (base units by position)."""

    why: list[str]
    why_short: list[str]


class ReallocateIn(BaseModel):
    """Why the order is planned anew; its locations are told."""

    reason: str = Field(min_length=1, max_length=2_000)


class ShortageIn(BaseModel):
    """What becomes of what a line is short of: `wait` for stock, `replace` it by another item (`sku`) in the same unit at the
    same price, or `cancel` it."""

    choice: Shortage
    reason: str = Field(min_length=1, max_length=2_000)
    sku: str | None = Field(None, max_length=64)


@router.get("/stock/sourcing-rules", responses=READ_REFUSALS, dependencies=[allow("stock:read")])
def rules(request: Request) -> list[RuleOut]:
    """How locations are chosen, the rule asked first first. Without any: the fewest locations, by rank."""
    with rooms_of(request).db.read() as db:
        return [_rule(x) for x in sourcing_rules(db)]


def _rule(x: NamedRule) -> RuleOut:
    r = x.rule
    return RuleOut(
        position=x.position, name=x.name, is_active=x.is_active, prefer=list(r.prefer), sources=list(r.sources),
        countries=list(r.countries), pool=r.pool, max_locations=r.max_locations, ship_complete=r.ship_complete, max_km=r.max_km)


def _named(position: int, wanted: RuleIn) -> NamedRule:
    return NamedRule(position, wanted.name, wanted.is_active, SourcingRule(
        tuple(wanted.prefer), tuple(wanted.sources), tuple(wanted.countries), wanted.pool, wanted.max_locations,
        wanted.ship_complete, wanted.max_km))


@router.put("/stock/sourcing-rules/{position}", responses=REFUSALS)
def save_rule(request: Request, position: int, wanted: RuleIn, client: _Writer) -> RuleOut:
    """Make or replace the rule at a position. Doing it again changes nothing."""
    if not 0 <= position < 2**31:
        raise NotFound("Positions are numbers from 0 on; choose one of them.")
    named = _named(position, wanted)
    with rooms_of(request).db.write() as db:
        set_rule(db, named, actor=client.actor)
    return _rule(named)


@router.post("/stock/sourcing-rules/{position}/trial", responses=REFUSALS)
def attempt(request: Request, position: Annotated[int, Path(ge=0, lt=2**31)], wanted: RuleIn, client: _Writer) -> Trial:
    """Which open orders other locations would send by this rule; nothing is changed."""
    return try_rule(rooms_of(request).db, _named(position, wanted), actor=client.actor)


@router.delete("/stock/sourcing-rules/{position}", status_code=204, responses=READ_REFUSALS)
def forget_rule(request: Request, position: int, client: _Writer) -> None:
    """Take a rule away."""
    if not 0 <= position < 2**31:
        raise NotFound(f"There is no sourcing rule at position {position}; look at the list of rules.")
    with rooms_of(request).db.write() as db:
        drop_rule(db, position, actor=client.actor)


@router.post("/orders/{order_no}/allocate", responses=_CHANGE)
def allocate(request: Request, order_no: str, client: _Writer) -> AllocationOut:
    """Give what a released order still wants to the locations that have it. Doing it again without new stock changes nothing."""
    with rooms_of(request).db.write() as db:
        plan = allocate_order(db, order_id_of(db, order_no), actor=client.actor)
    return AllocationOut(why=list(plan.why.values()), why_short=list(plan.why_short.values()))


@router.post("/orders/{order_no}/reallocate", responses=_CHANGE)
def reallocate(
    request: Request, order_no: str, wanted: ReallocateIn, client: _Writer
) -> AllocationOut:
    """Take back what locations have not sent of an order, and plan all that is open anew by the rules and stock of now."""
    with rooms_of(request).db.write() as db:
        plan = reallocate_order(db, order_id_of(db, order_no), reason=wanted.reason, actor=client.actor)
    return AllocationOut(why=list(plan.why.values()), why_short=list(plan.why_short.values()))


@router.post("/orders/{order_no}/lines/{position}/shortage", status_code=204, responses=_CHANGE)
def choose(
    request: Request, order_no: str, position: Annotated[int, Path(ge=1, le=100_000)], wanted: ShortageIn,
    client: Annotated[Client, allow("orders:write")],
) -> None:
    """Choose what becomes of what a line is short of. A line that is not short any more is a conflict."""
    with rooms_of(request).db.write() as db:
        decide_shortage(
            db, order_id_of(db, order_no), position, wanted.choice, actor=client.actor, reason=wanted.reason,
            sku=wanted.sku)
