"""The REST API of orders merged, split and parted again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.bounds import Key
from app.api.orders import Amount, Writer, done_once
from app.api.problems import REFUSALS
from oms.orders.regroup.service import give_back, merge_orders, split_order
from oms.orders.repository import OrderDetail, order_id_of

router = APIRouter(tags=["orders"])
Reason = Annotated[str, Field(min_length=1, max_length=2_000)]


class MergeIn(BaseModel):
    """The orders whose open lines come in, by number."""

    model_config = ConfigDict(extra="forbid")

    orders: list[str] = Field(min_length=1, max_length=50)
    reason: Reason


class PartIn(BaseModel):
    """A line, or so much of it (in its unit)."""

    model_config = ConfigDict(extra="forbid")

    position: int = Field(ge=1, le=100_000)
    quantity: Amount | None = Field(None, gt=0)


class SplitIn(BaseModel):
    """What goes into an order of its own."""

    model_config = ConfigDict(extra="forbid")

    lines: list[PartIn] = Field(min_length=1, max_length=500)
    reason: Reason


class GiveBackIn(BaseModel):
    """The order whose lines go home."""

    model_config = ConfigDict(extra="forbid")

    order: str = Field(min_length=1, max_length=32)
    reason: Reason


@router.post("/orders/{order_no}/merge", responses=REFUSALS)
def merge(request: Request, order_no: str, wanted: MergeIn, client: Writer, key: Key = None) -> OrderDetail:
    """Take in other orders of the same customer, address and currency of which nothing has moved; they become merged."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: merge_orders(
        db, order_id, [order_id_of(db, number) for number in wanted.orders], actor=client.actor, reason=wanted.reason))


@router.post("/orders/{order_no}/split", responses=REFUSALS)
def split(request: Request, order_no: str, wanted: SplitIn, client: Writer, key: Key = None) -> OrderDetail:
    """Part lines off into a new order, which names this one as its origin; answers this one."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: split_order(
        db, order_id, {x.position: x.quantity for x in wanted.lines}, actor=client.actor, reason=wanted.reason))


@router.post("/orders/{order_no}/give-back", responses=REFUSALS)
def back(request: Request, order_no: str, wanted: GiveBackIn, client: Writer, key: Key = None) -> OrderDetail:
    """Let lines that came from another order go home: undoes a merge or a split until goods move."""
    return done_once(request, order_no, client, key, wanted, lambda db, order_id: give_back(
        db, order_id, order_id_of(db, wanted.order), actor=client.actor, reason=wanted.reason))
