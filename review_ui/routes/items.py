"""Master data: items with their units, prices and successors, and all prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from matching.masterdata import edit
from matching.masterdata.lists import find_items, list_items, list_prices
from matching.masterdata.pictures import SIDE, load_picture, pictures_of, set_picture
from matching.masterdata.records import ITEM_COLUMNS, history, load_item
from models.errors import InputError
from oms.inventory.kit_contents import edit_kit, parts_of_kit
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute, go_to
from review_ui.headers import IMAGE_HEADERS
from review_ui.pages import render
from review_ui.presenters import masterdata as forms
from review_ui.state import searched_index, services_of
from review_ui.typed_form import TypedForm, chosen, number_or_none, plain
from review_ui.uploads import spool

router = APIRouter(route_class=PageRoute)
PAGE = 50
MOST_PICTURE = 10_000_000
"""Bytes of a picture that is sent."""
Text = Annotated[str, Query(max_length=200)]
Typed = Annotated[str, Form(max_length=128)]


def _list(request: Request, template: str, text: str, after: str) -> Response:
    index = searched_index(request) if text.strip() else None
    with services_of(request).db.read() as db:
        found = find_items(db, index, text, limit=PAGE) if index is not None else list_items(db, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].sku if len(found) > PAGE else ""
    return render(request, template, items=found[:PAGE], text=text.strip(), following=following)


@router.get("/masterdata/items")
def show(request: Request, _user: Viewer, text: Text = "", after: Text = "") -> Response:
    """The page."""
    return _list(request, "masterdata/items.html", text, after)


@router.get("/masterdata/items/rows")
def rows(request: Request, _user: Viewer, text: Text = "") -> Response:
    """The list alone, for the search."""
    return _list(request, "masterdata/_items.html", text, "")


@router.get("/masterdata/item")
def one(request: Request, _user: Viewer, sku: Text) -> Response:
    """One item."""
    with services_of(request).db.read() as db:
        item, edits, parts = load_item(db, sku), history(db, f"item:{sku}"), parts_of_kit(db, sku)
        picture = pictures_of(db, [sku]).get(sku)
    return render(
        request, "masterdata/item.html", item=item, edits=edits, parts=parts, picture=picture, groups=forms.ITEM,
        price=forms.PRICE, words=forms.words_of(forms.ITEM, forms.PRICE) | forms.ITEM_WORDS)


@router.get("/masterdata/item/new")
def new(request: Request, _user: Admin) -> Response:
    """An empty form."""
    return render(request, "masterdata/new_item.html", fields=forms.ITEM[0].fields)


@router.post("/masterdata/item")
def save(request: Request, user: Admin, form: TypedForm, sku: Typed, seen: Typed = "") -> Response:
    """Save what the form says; without `seen` it is a new item."""
    edit.edit_item(
        services_of(request).db, sku.strip(), plain(request, chosen(form, ITEM_COLUMNS), forms.NUMBERS), actor=user.name,
        seen=seen or None, is_new=not seen)
    return _back(request, sku)


@router.post("/masterdata/item/units")
def save_units(
    request: Request, user: Admin, sku: Typed, uom: Annotated[list[str], Form()], factor: Annotated[list[str], Form()],
    uom_gtin: Annotated[list[str], Form()], seen: Typed = "",
) -> Response:
    """Make these the units of an item; a row without a unit is left out."""
    if not len(uom) == len(factor) == len(uom_gtin):
        raise InputError("The form is not complete. Reload the page and try again.", code="bad_form")
    units = [
        plain(request, {"uom": u, "factor": f, "uom_gtin": g}, {"factor"})
        for u, f, g in zip(uom, factor, uom_gtin, strict=True) if u.strip()]
    edit.edit_units(services_of(request).db, sku, units, actor=user.name, seen=seen or None)
    return _back(request, sku)


@router.post("/masterdata/item/picture")
async def save_picture(request: Request, user: Admin, sku: Text) -> Response:
    """Make a small picture of the one sent as the request's bare body, and show it with the item."""
    services = services_of(request)
    with await spool(request, MOST_PICTURE) as file:
        content = file.read()

    def keep() -> None:
        small = services.small_picture(content, SIDE)
        with services.db.write() as db:
            set_picture(db, sku, small, actor=user.name)

    await run_in_threadpool(keep)
    return Response(status_code=201, headers={"Location": _address(sku)})


@router.post("/masterdata/item/picture/remove")
def remove_picture(request: Request, user: Admin, sku: Typed) -> Response:
    """Show the item without a picture."""
    with services_of(request).db.write() as db:
        set_picture(db, sku, None, actor=user.name)
    return _back(request, sku)


@router.get("/masterdata/item/picture.png")
def picture(request: Request, _user: Viewer, sku: Text) -> Response:
    """What the item looks like; its address changes with it."""
    with services_of(request).db.read() as db:
        content = load_picture(db, sku)
    return Response(content, media_type="image/png", headers=dict(IMAGE_HEADERS))


@router.post("/masterdata/item/parts")
def save_parts(
    request: Request, user: Admin, sku: Typed, part: Annotated[list[str], Form()], quantity: Annotated[list[str], Form()],
) -> Response:
    """Make these what is in the kit; a row without an item is left out, and with no row it is a kit no more."""
    if len(part) != len(quantity):
        raise InputError("The form is not complete. Reload the page and try again.", code="bad_form")
    parts: dict[str, Decimal] = {}
    for name, many in zip(part, quantity, strict=True):
        if name.strip():
            parts[name.strip()] = parts.get(name.strip(), Decimal(0)) + (number_or_none(request, many) or Decimal(0))
    with services_of(request).db.write() as db:
        edit_kit(db, sku, parts, actor=user.name)
    return _back(request, sku)


@router.post("/masterdata/item/substitutes")
def save_substitutes(request: Request, user: Admin, sku: Typed, other: Annotated[list[str] | None, Form()] = None) -> Response:
    """Say what is offered where the item cannot be had, the best first; a row without an item is left out."""
    with services_of(request).db.write() as db:
        edit.edit_substitutes(db, sku, other or [], actor=user.name)
    return _back(request, sku)


@router.post("/masterdata/item/price")
def save_price(request: Request, user: Admin, form: TypedForm, sku: Typed) -> Response:
    """Add a price, or change the one that is told from others by the same marks."""
    edit.edit_price(services_of(request).db, plain(request, chosen(form, edit.PRICE_COLUMNS), forms.NUMBERS), actor=user.name)
    return _back(request, sku)


def _back(request: Request, sku: str) -> Response:
    return go_to(request, _address(sku))


def _address(sku: str) -> str:
    return f"/masterdata/item?sku={quote(sku.strip(), safe='')}"


def _prices(request: Request, template: str, sku: str, customer_no: str, group: str, after: int) -> Response:
    with services_of(request).db.read() as db:
        found = list_prices(db, sku=sku, customer_no=customer_no, group=group, after=after, limit=PAGE + 1)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return render(
        request, template, prices=found[:PAGE], sku=sku.strip(), customer_no=customer_no.strip(), group=group.strip(),
        following=following)


@router.get("/masterdata/prices")
def prices(
    request: Request, _user: Viewer, sku: Text = "", customer_no: Text = "", group: Text = "",
    after: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """All prices."""
    return _prices(request, "masterdata/prices.html", sku, customer_no, group, after)


@router.get("/masterdata/prices/rows")
def price_rows(request: Request, _user: Viewer, sku: Text = "", customer_no: Text = "", group: Text = "") -> Response:
    """The list alone, for the search."""
    return _prices(request, "masterdata/_prices.html", sku, customer_no, group, 0)
