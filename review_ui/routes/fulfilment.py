"""Fulfilment: the worklist, one fulfilment order with its scanner, and what is printed."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from models.domain.fulfilment import FulfilmentAction, FulfilmentState, PaperKind, ShipmentAction, ShipmentState
from models.errors import InputError
from oms.fulfilment import commands
from oms.fulfilment.papers import print_papers
from oms.fulfilment.parse import parse_scan
from oms.fulfilment.picking import pick_all
from oms.fulfilment.repository import Fulfilments
from oms.fulfilment.scan import take
from oms.fulfilment.shipments import open_shipment
from oms.fulfilment.waves import make_wave
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.headers import download_headers
from review_ui.pages import render
from review_ui.presenters.fulfilment import (
    ACTION_WORDS,
    WITH_NOTE,
    Wanted,
    load_fulfilment,
    load_locations,
    load_worklist,
)
from review_ui.state import services_of
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
Numbers = Annotated[list[str], Form()]


def _wanted(text: str = "", state: str = "", location: str = "") -> Wanted:
    return Wanted(text.strip(), state, location)


Chosen = Annotated[Wanted, Depends(_wanted)]


def _list(request: Request, template: str, wanted: Wanted, done: str = "", wave: str = "") -> Response:
    services = services_of(request)
    with services.db.read() as db:
        work, locations = load_worklist(db, wanted, day_at(services.clock())), load_locations(db)
    return render(
        request, template, work=work, wanted=wanted, locations=locations, states=list(FulfilmentState), done=done, wave=wave)


@router.get("/fulfilment")
def show(request: Request, _user: Viewer, wanted: Chosen) -> Response:
    """The worklist."""
    return _list(request, "fulfilment/page.html", wanted)


@router.get("/fulfilment/rows")
def rows(request: Request, _user: Viewer, wanted: Chosen) -> Response:
    """The list alone, for the filters."""
    return _list(request, "fulfilment/_list.html", wanted)


@router.get("/fulfilment/papers/{kind}")
def papers(request: Request, _user: Viewer, kind: PaperKind, number: Annotated[list[str], Query()]) -> Response:
    """One PDF of the papers of these fulfilment orders, waves or shipments, to be saved or printed."""
    services = services_of(request)
    with services.db.read() as db:
        content = print_papers(db, kind, number, company=services.settings.company_name)
    name = f"{kind.value.replace('_', '-')}-{number[0]}.pdf"
    return Response(content, media_type="application/pdf", headers=download_headers(name))


@router.post("/fulfilment/wave")
def wave(request: Request, user: Clerk, wanted: Chosen, number: Numbers) -> Response:
    """Put the chosen fulfilment orders into a new wave."""
    with services_of(request).db.write() as db:
        read = Fulfilments(db)
        made = make_wave(db, [read.one(n).id for n in number], actor=user.name)
    return _list(request, "fulfilment/_list.html", wanted, done="wave", wave=made)


@router.post("/fulfilment/ship")
def ship(request: Request, user: Clerk, wanted: Chosen, number: Numbers) -> Response:
    """Confirm the packed shipments of the chosen fulfilment orders, all or none."""
    services = services_of(request)
    with services.db.write() as db:
        read = Fulfilments(db)
        ids = [read.one(n).id for n in number]
        packed = [s for s in read.open_shipments(ids) if s.state is ShipmentState.PACKED]
        if len(packed) < len(set(ids)):
            raise InputError(
                f"{len(set(ids)) - len(packed)} of the chosen have no packed shipment. Pack them first, or choose others.",
                code="not_packed")
        for shipment in packed:
            commands.do_shipment(
                db, shipment.id, ShipmentAction.SHIP, actor=user.name, company_prefix=services.settings.gs1_company_prefix)
    services.nudge()
    return _list(request, "fulfilment/_list.html", wanted, done="shipped")


@router.get("/fulfilment/{number}")
def detail(request: Request, _user: Viewer, number: str) -> Response:
    """One fulfilment order."""
    return _page(request, "fulfilment/fulfilment.html", number)


@router.post("/fulfilment/{number}/do/{action}")
def act(
    request: Request, user: Clerk, number: str, action: FulfilmentAction, note: Annotated[str, Form(max_length=2_000)] = "",
    ship_by: Annotated[date | None, Form()] = None, hold_id: Annotated[int | None, Form()] = None,
) -> Response:
    """Do what the fulfilment order takes."""
    with services_of(request).db.write() as db:
        commands.do(
            db, Fulfilments(db).one(number).id, action, actor=user.name, note=note, ship_by=ship_by, hold_id=hold_id)
    return _page(request, "fulfilment/_fulfilment.html", number)


@router.post("/fulfilment/{number}/scan")
def scan(request: Request, user: Clerk, number: str, code: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Pick what was scanned. Nothing scanned, or a parcel of the shipment: go on to packing."""
    with services_of(request).db.write() as db:
        fulfilment_id = Fulfilments(db).one(number).id
        is_next = not code.strip() or parse_scan(code).sscc is not None
        shipments = Fulfilments(db).open_shipments([fulfilment_id])
        if is_next and shipments:
            if shipments[0].state is ShipmentState.DRAFT:
                commands.do_shipment(db, shipments[0].id, ShipmentAction.FINISH_PICKING, actor=user.name, company_prefix="")
            return Response(headers={"HX-Redirect": f"/shipments/{shipments[0].number}"})
        taken = take(db, fulfilment_id, code, actor=user.name)
    said = {"sku": taken.sku, "quantity": taken.quantity, "uom": taken.uom, "left": taken.left,
            "is_done": taken.is_done}
    return _page(request, "fulfilment/_fulfilment.html", number, taken=said)


@router.post("/fulfilment/{number}/pick-all")
def take_all(request: Request, user: Clerk, number: str) -> Response:
    """Pick everything that remains, lots that expire first."""
    with services_of(request).db.write() as db:
        pick_all(db, open_shipment(db, Fulfilments(db).one(number).id, actor=user.name))
    return _page(request, "fulfilment/_fulfilment.html", number)


def _page(request: Request, template: str, number: str, taken: dict[str, object] | None = None) -> Response:
    with services_of(request).db.read() as db:
        page = load_fulfilment(db, number)
    return render(
        request, template, page=page, fo=page.fulfilment, taken=taken, words=ACTION_WORDS, with_note=WITH_NOTE,
        Action=FulfilmentAction, today=day_at(services_of(request).clock()))
