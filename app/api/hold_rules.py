"""The REST API of the house's rules for automatic holds."""

from __future__ import annotations

from fastapi import APIRouter, Request

from app.api.auth import allow, rooms_of
from app.api.orders import Writer
from app.api.problems import READ_REFUSALS, REFUSALS
from oms.orders.checking.decide import HoldRule
from oms.orders.checking.rules import hold_rules, save_hold_rules

router = APIRouter(tags=["orders"])


@router.get("/hold-rules", responses=READ_REFUSALS, dependencies=[allow("orders:read")])
def rules(request: Request) -> list[HoldRule]:
    """The rule in force for each kind of hold that rules place."""
    with rooms_of(request).db.read() as db:
        return list(hold_rules(db).values())


@router.put("/hold-rules", responses=REFUSALS)
def save(request: Request, wanted: list[HoldRule], client: Writer) -> list[HoldRule]:
    """Put rules in force; kinds left out keep theirs."""
    with rooms_of(request).db.write() as db:
        save_hold_rules(db, wanted, user=client.actor)
        return list(hold_rules(db).values())
