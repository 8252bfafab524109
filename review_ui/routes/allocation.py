"""Orders given to locations by hand, and what becomes of lines that stock does not cover."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from oms.allocation.choice import Shortage, decide_shortage
from oms.allocation.service import allocate_order, reallocate_order
from review_ui.access import Approver, Clerk
from review_ui.errors import PageRoute
from review_ui.order_page import do_to_order

router = APIRouter(route_class=PageRoute)
Reason = Annotated[str, Form()]


@router.post("/orders/{order_no}/allocate")
def allocate(request: Request, user: Clerk, order_no: str) -> Response:
    """Give what the order still wants to the locations that have it."""
    return do_to_order(request, order_no, lambda db, i: allocate_order(db, i, actor=user.name))


@router.post("/orders/{order_no}/reallocate")
def reallocate(request: Request, user: Approver, order_no: str, reason: Reason = "") -> Response:
    """Take back what locations have not sent, and plan it anew."""
    return do_to_order(request, order_no, lambda db, i: reallocate_order(db, i, reason=reason, actor=user.name))


@router.post("/orders/{order_no}/shortage")
def choose(
    request: Request, user: Approver, order_no: str, position: Annotated[int, Form(ge=1, le=100_000)],
    choice: Annotated[Shortage, Form()], sku: Annotated[str, Form(max_length=64)] = "", reason: Reason = "",
) -> Response:
    """Wait for what a line is short of, replace it, or cancel it."""
    return do_to_order(request, order_no, lambda db, i: decide_shortage(
        db, i, position, choice, actor=user.name, reason=reason, sku=sku or None))
