"""Sales orders: the list and one order."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_audit
from review_ui.presenters.orders import load_order, load_orders
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, text: str) -> Response:
    with services_of(request).db.read() as db:
        orders = load_orders(db, text.strip())
    return render(request, template, orders=orders, text=text.strip())


@router.get("/orders")
def show(request: Request, _user: Viewer, text: str = "") -> Response:
    """The page."""
    return _show(request, "orders/page.html", text)


@router.get("/orders/rows")
def rows(request: Request, _user: Viewer, text: str = "") -> Response:
    """The list alone, for the search."""
    return _show(request, "orders/_list.html", text)


@router.get("/orders/{order_no}")
def detail(request: Request, _user: Viewer, order_no: str) -> Response:
    """One order."""
    with services_of(request).db.read() as db:
        order = load_order(db, order_no)
        audit = load_audit(db, [f"order:{order_no}"])
    return render(request, "orders/order.html", order=order, audit=audit)
