"""Metrics: the figures of a period, what sells, what will be wanted and what to order again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from oms.metrics.outlook import load_outlook, load_restock
from oms.metrics.service import load_metrics
from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.metrics import PERIODS, as_csv, figures, flow_chart, outlook_chart, popular_chart
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
Days = Annotated[int, Query(ge=1, le=1_096)]


@router.get("/metrics")
def show(request: Request, _user: Viewer, days: Days = 90, customer: str = "", sku: str = "") -> Response:
    """The page; with a SKU the outlook of that item."""
    services = services_of(request)
    at = services.clock()
    with services.db.read() as db:
        found = load_metrics(db, at, days, customer.strip() or None, company_currency=services.settings.currency)
        outlooks = load_restock(db, at, found)
        chosen = load_outlook(db, at, sku) if sku else next(iter(outlooks), None)
    return render(
        request, "metrics/page.html", m=found, figures=figures(found), flow=flow_chart(found), popular=popular_chart(found),
        outlooks=outlooks, chosen=chosen, ahead=outlook_chart(chosen) if chosen else None, days=days, periods=PERIODS,
        customer=customer.strip())


@router.get("/metrics.csv")
def table(request: Request, _user: Viewer, days: Days = 90, customer: str = "") -> Response:
    """The restock table for a spreadsheet."""
    services = services_of(request)
    at = services.clock()
    with services.db.read() as db:
        found = load_metrics(db, at, days, customer.strip() or None, company_currency=services.settings.currency)
        outlooks = load_restock(db, at, found)
    return Response(as_csv(outlooks), media_type="text/csv; charset=utf-8", headers={
        "Content-Disposition": 'attachment; filename="restock.csv"', "Cache-Control": "private, no-store"})
