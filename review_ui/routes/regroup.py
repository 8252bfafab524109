"""Orders merged, split and parted again, on the order's page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from oms.orders.regroup.service import give_back, merge_orders, split_order
from oms.orders.repository import order_id_of
from review_ui.access import Approver
from review_ui.errors import PageRoute
from review_ui.order_page import do_to_order
from review_ui.typed_form import number_or_none

router = APIRouter(route_class=PageRoute)
Reason = Annotated[str, Form()]


@router.post("/orders/{order_no}/merge")
def merge(
    request: Request, user: Approver, order_no: str, orders: Annotated[list[str] | None, Form()] = None, reason: Reason = "",
) -> Response:
    """Take in the chosen orders."""
    return do_to_order(request, order_no, lambda db, i: merge_orders(
        db, i, [order_id_of(db, number) for number in orders or []], actor=user.name, reason=reason))


@router.post("/orders/{order_no}/split")
def split(
    request: Request, user: Approver, order_no: str, position: Annotated[list[int] | None, Form()] = None,
    quantity: Annotated[list[str] | None, Form()] = None, reason: Reason = "",
) -> Response:
    """Part off what a quantity stands beside."""
    asked = {p: number_or_none(request, q) for p, q in zip(position or [], quantity or [], strict=False) if q.strip()}
    return do_to_order(request, order_no, lambda db, i: split_order(db, i, asked, actor=user.name, reason=reason))


@router.post("/orders/{order_no}/give-back")
def back(
    request: Request, user: Approver, order_no: str, order: Annotated[str, Form()] = "", reason: Reason = "",
) -> Response:
    """Let lines go home to the order they came from."""
    return do_to_order(request, order_no, lambda db, i: give_back(
        db, i, order_id_of(db, order), actor=user.name, reason=reason))
