"""A shipment: packed into parcels, labelled, confirmed, delivered."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.fulfilment import ParcelKind, ShipmentAction
from oms.fulfilment import commands
from oms.fulfilment.packing import Measures, pack, stack
from oms.fulfilment.picking import put_back
from oms.fulfilment.repository import Fulfilments
from oms.fulfilment.ship import Carriage
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.fulfilment import CARRIAGE_WORDS, load_carriage_changes, load_shipment, papers_of
from review_ui.state import services_of
from review_ui.typed_form import number_or_none

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form(max_length=64)]


@router.get("/shipments/{number}")
def detail(request: Request, _user: Viewer, number: str) -> Response:
    """The page."""
    return _page(request, "fulfilment/shipment.html", number)


@router.post("/shipments/{number}/do/{action}")
def act(
    request: Request, user: Clerk, number: str, action: ShipmentAction, note: Annotated[str, Form(max_length=2_000)] = "",
    carrier: Text = "", service: Text = "", tracking_number: Text = "",
) -> Response:
    """Do what the shipment takes."""
    services = services_of(request)
    with services.db.write() as db:
        by = Carriage(carrier.strip() or None, service.strip() or None, tracking_number.strip() or None)
        commands.do_shipment(
            db, Fulfilments(db).shipment(number).summary.id, action, actor=user.name, note=note, by=by,
            company_prefix=services.settings.gs1_company_prefix)
    services.nudge()
    return _page(request, "fulfilment/_shipment.html", number)


@router.post("/shipments/{number}/pack")
def pack_parcel(
    request: Request, user: Clerk, number: str, line: Annotated[list[int] | None, Form()] = None,
    quantity: Annotated[list[Decimal] | None, Form()] = None, kind: Annotated[ParcelKind, Form()] = ParcelKind.PARCEL,
    weight: Annotated[str, Form(pattern=r"^(\d{1,6}([.,]\d{1,6})?)?$")] = "",
) -> Response:
    """Put so much of these lines into a new parcel; a quantity of nothing leaves the line loose."""
    services = services_of(request)
    contents = {x: q for x, q in zip(line or (), quantity or (), strict=False) if q}
    measured = Measures(weight=number_or_none(request, weight) or None)
    with services.db.write() as db:
        pack(
            db, Fulfilments(db).shipment(number).summary.id, company_prefix=services.settings.gs1_company_prefix,
            actor=user.name, contents=contents if line else None, kind=kind, measures=measured)
    return _page(request, "fulfilment/_shipment.html", number)


@router.post("/shipments/{number}/stack")
def onto_pallet(request: Request, user: Clerk, number: str, parcel: Annotated[list[int] | None, Form()] = None) -> Response:
    """Put the chosen parcels onto a new pallet, which gets an SSCC of its own."""
    services = services_of(request)
    with services.db.write() as db:
        stack(
            db, Fulfilments(db).shipment(number).summary.id, parcel or [], actor=user.name,
            company_prefix=services.settings.gs1_company_prefix)
    return _page(request, "fulfilment/_shipment.html", number)


@router.post("/shipments/{number}/lines/{line_id:int}/put-back")
def back(request: Request, _user: Clerk, number: str, line_id: int) -> Response:
    """Put a picked line back on the shelf."""
    with services_of(request).db.write() as db:
        put_back(db, line_id)
    return _page(request, "fulfilment/_shipment.html", number)


def _page(request: Request, template: str, number: str) -> Response:
    with services_of(request).db.read() as db:
        shipment, actions = load_shipment(db, number)
        changes = load_carriage_changes(db, shipment.summary)
    return render(
        request, template, shipment=shipment, s=shipment.summary, actions=actions, papers=papers_of(shipment),
        carriage=changes, carriage_words=CARRIAGE_WORDS,
        Action=ShipmentAction)
