"""Exchange rates into the company's money: the list, and a rate entered or corrected."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.errors import InputError
from oms.orders.company_money import Rate, rate_currencies, rates, save_rate, waiting_for_rate
from review_ui.access import Approver, Viewer
from review_ui.errors import PageRoute
from review_ui.order_page import day_of
from review_ui.pages import render
from review_ui.state import services_of
from review_ui.typed_form import number_or_none
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
PAGE = 200
Code = Annotated[str, Form(max_length=3)]


def _show(request: Request, template: str, currency: str, *, saved: Rate | None = None) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        return render(
            request, template, rates=rates(db, currency=currency, limit=PAGE), currencies=rate_currencies(db), currency=currency,
            waiting=waiting_for_rate(db, services.settings.currency), company_currency=services.settings.currency, saved=saved,
            today=day_at(services.clock()), most=PAGE)


@router.get("/exchange-rates")
def show(request: Request, _user: Viewer, currency: str = "") -> Response:
    """The page."""
    return _show(request, "rates/page.html", currency[:3])


@router.post("/exchange-rates")
def save(
    request: Request, user: Approver, currency: Code = "", day: Annotated[str, Form()] = "", rate: Annotated[str, Form()] = "",
    source: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keep a rate; for a day that has one it takes that one's place."""
    since, value = day_of(day), number_or_none(request, rate)
    if since is None or value is None:
        raise InputError("Say from which day on the rate holds, and what one unit is worth.", code="bad_rate")
    kept = Rate(currency.strip().upper(), services_of(request).settings.currency, since, value, source)
    with services_of(request).db.write() as db:
        save_rate(db, kept, user=user.name)
    return _show(request, "rates/_list.html", "", saved=kept)
