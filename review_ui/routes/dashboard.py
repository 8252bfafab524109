"""The dashboard, and its table to take along."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import select

from matching.approval import load_escaped
from matching.flow import load_flow
from models.tables.partners import CustomerRow
from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.headers import download_headers
from review_ui.pages import render
from review_ui.presenters.dashboard import PERIODS, as_csv, as_xlsx, begin_of, load_dashboard
from review_ui.presenters.operations import load_operations
from review_ui.state import services_of, ui_of
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
MOST_CUSTOMERS = 1_000
Days = Annotated[int, Query(ge=1, le=366)]
Customer = Annotated[str, Query(max_length=64)]
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@router.get("/dashboard")
def show(request: Request, _user: Viewer, days: Days = 30, customer: Customer = "") -> Response:
    """The page, for a period and for the house or one customer."""
    services = services_of(request)
    at = services.clock()
    with services.db.read() as db:
        shown = load_dashboard(db, at, days, customer or None)
        escaped = load_escaped(db, ui_of(request).matcher.policy, at, customer or None)
        operations = load_operations(db, services.settings, at)
        customers = tuple(map(tuple, db.execute(
            select(CustomerRow.customer_no, CustomerRow.name).order_by(CustomerRow.name).limit(MOST_CUSTOMERS))))
    return render(
        request, "dashboard/page.html", shown=shown, escaped=escaped, operations=operations, customers=customers,
        days=days, customer=customer, periods=PERIODS)


@router.get("/dashboard/orders.{kind}")
def table(
    request: Request, _user: Viewer, kind: Literal["csv", "xlsx"], days: Days = 30, customer: Customer = "",
) -> Response:
    """One row for each order decided in the period."""
    services = services_of(request)
    at = services.clock()
    with services.db.read() as db:
        flow = load_flow(db, begin_of(at, days), customer or None)
    content = as_csv(flow) if kind == "csv" else as_xlsx(flow)
    return Response(content, media_type=KINDS[kind], headers=download_headers(f"orders-{day_at(at):%Y-%m-%d}.{kind}"))
