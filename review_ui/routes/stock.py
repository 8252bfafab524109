"""Stock: what is where, and one item with its ledger, its promises and what can be promised by date."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from matching.masterdata.lists import find_items
from models.errors import InputError
from oms.inventory import repository
from oms.inventory.booking import Booking, Movement, book, take_back
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.stock import load_item
from review_ui.state import searched_index, services_of
from review_ui.typed_form import number_of
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
PAGE = 50
MOST_FOUND = 200
"""Items a search looks at: of these, those are shown that a location has."""
Text = Annotated[str, Form(max_length=200)]


def _show(request: Request, template: str, text: str, location: str, after: str) -> Response:
    index = searched_index(request) if text.strip() else None
    with services_of(request).db.read() as db:
        if index is None:
            items = repository.stock_of(db, location=location, after=after, limit=PAGE + 1)
        else:                                    # the likeliest first, all on one page
            likely = [item.sku for item in find_items(db, index, text, limit=MOST_FOUND)]
            rank = {sku: n for n, sku in enumerate(likely)}
            found = repository.stock_of(db, among=likely, location=location, limit=MOST_FOUND)
            items = sorted(found, key=lambda item: rank[item.sku])[:PAGE]
        places = repository.locations(db)
    following = items[PAGE - 1].sku if len(items) > PAGE else ""
    return render(
        request, template, items=items[:PAGE], places=places, text=text.strip(), location=location, following=following)


@router.get("/stock")
def show(
    request: Request, _user: Viewer, text: Annotated[str, Query(max_length=200)] = "",
    location: Annotated[str, Query(max_length=32)] = "", after: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The page."""
    return _show(request, "stock/page.html", text, location, after)


@router.get("/stock/rows")
def rows(
    request: Request, _user: Viewer, text: Annotated[str, Query(max_length=200)] = "",
    location: Annotated[str, Query(max_length=32)] = "",
) -> Response:
    """The list alone, for the search."""
    return _show(request, "stock/_list.html", text, location, "")


def _item(request: Request, template: str, sku: str, done: int | None = None) -> Response:
    with services_of(request).db.read() as db:
        item = load_item(db, sku, today=day_at(services_of(request).clock()))
    return render(request, template, item=item, key=secrets.token_hex(16), done=done)


@router.get("/stock/item")
def item(request: Request, _user: Viewer, sku: Annotated[str, Query(max_length=64)]) -> Response:
    """One item."""
    return _item(request, "stock/item.html", sku)


@router.post("/stock/book")
def booking(
    request: Request, user: Clerk, sku: Text, kind: Annotated[Movement, Form()], location: Text, quantity: Text, reference: Text,
    key: Text, to: Text = "", lot: Text = "", expires_on: Text = "",
) -> Response:
    """Count, adjust, transfer, receive or scrap; pressing twice books once."""
    wanted = Booking(
        kind, sku, location, number_of(request, quantity), reference.strip(), to or None, lot.strip() or None, _day(expires_on))
    with services_of(request).db.write() as db:
        done = book(db, wanted, actor=user.name, key=f"desk:{key[:64]}")
    return _item(request, "stock/_item.html", sku, done)


@router.post("/stock/entries/{entry_id:int}/reverse")
def reverse(request: Request, user: Clerk, entry_id: int, sku: Text) -> Response:
    """Take an entry back by another one."""
    with services_of(request).db.write() as db:
        take_back(db, entry_id, actor=user.name)
    return _item(request, "stock/_item.html", sku)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise InputError("The day of expiry is no date; type it like 2031-06-30.", code="not_a_date") from None
