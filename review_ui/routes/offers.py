"""Orders we write ourselves: drafts, their lines, quotes, and how they become orders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.order_work import OrderSource
from models.errors import InputError
from models.tables.orders import SalesOrderRow
from oms.billing.paper import quote_pdf
from oms.orders.changes.plan import AddLine
from oms.orders.offers.given import GivenOrder, named_lines, named_order
from oms.orders.offers.parse import parse_lines
from oms.orders.offers.service import accept_offer, quote_offer, revise_quote, write_offer
from oms.orders.write import order_no as number_of_order
from review_ui.access import Approver, Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.order_page import change_as, day_of, do_to_order
from review_ui.our_prices import priced, priced_lines
from review_ui.pages import render
from review_ui.papers import sender_of, shown_pdf
from review_ui.state import services_of
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form()]
Lines = Annotated[str, Form(max_length=50_000)]


@router.get("/orders/new")
def new(request: Request, _user: Clerk) -> Response:
    """The form of a new order."""
    return render(request, "orders/new.html")


@router.post("/orders")
def write(
    request: Request, user: Clerk, customer: Text = "", po_number: Annotated[str, Form(max_length=255)] = "", lines: Lines = "",
    day: Text = "", until: Text = "", address: Annotated[str, Form(max_length=2_000)] = "",
    notes: Annotated[str, Form(max_length=4_000)] = "",
) -> Response:
    """Write a draft and open its page."""
    services = services_of(request)
    given = GivenOrder(
        customer, po_number, requested_date=day_of(day), ship_to_text=address.strip() or None, notes=notes.strip() or None,
        lines=parse_lines(lines))
    with services.db.write() as db:
        order = named_order(db, priced(db, given, day_at(services.clock())))
        order_id = write_offer(db, order, actor=user.name, source=OrderSource.DESK, valid_until=day_of(until))
    return Response(status_code=204, headers={"HX-Redirect": f"/orders/{number_of_order(order_id)}"})


@router.post("/orders/{order_no}/lines")
def add_lines(
    request: Request, user: Clerk, order_no: str, revision: Annotated[int, Form(ge=1, le=10**9)], lines: Lines = "",
    reason: Text = "",
) -> Response:
    """Add lines to an order or a draft, at our prices where none is given."""
    today = day_at(services_of(request).clock())

    def work(db: Session, order_id: int) -> None:
        row = db.execute(
            select(SalesOrderRow.customer_id, SalesOrderRow.currency).where(SalesOrderRow.id == order_id)).one()
        asked = priced_lines(db, row.customer_id, parse_lines(lines), today, row.currency)
        edits = [AddLine(line) for line in named_lines(db, asked, row.currency)]
        change_as(db, order_id, edits, user=user, reason=reason, revision=revision)

    return do_to_order(request, order_no, work)


@router.post("/orders/{order_no}/quote")
def quote(
    request: Request, user: Clerk, order_no: str, until: Text = "", mail: Annotated[bool, Form()] = False,
) -> Response:
    """Offer a draft to the customer until a day, by mail if wanted."""
    last = day_of(until)
    if last is None:
        raise InputError("Say until which day the quote is valid.", code="validity_missing")
    return do_to_order(request, order_no, lambda db, i: quote_offer(
        db, i, actor=user.name, valid_until=last, today=day_at(services_of(request).clock()), is_mailed=mail))


@router.get("/orders/{order_no}/quote/pdf")
def quote_paper(request: Request, _user: Viewer, order_no: str) -> Response:
    """A draft or quote on paper."""
    with services_of(request).db.read() as db:
        return shown_pdf(quote_pdf(db, order_no, sender_of(request)), order_no)


@router.post("/orders/{order_no}/revise")
def revise(request: Request, user: Clerk, order_no: str) -> Response:
    """Make a quote a draft again."""
    return do_to_order(request, order_no, lambda db, i: revise_quote(db, i, actor=user.name))


@router.post("/orders/{order_no}/accept")
def accept(
    request: Request, user: Approver, order_no: str, po_number: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    """Make a draft or quote an order."""
    return do_to_order(request, order_no, lambda db, i: accept_offer(
        db, i, actor=user.name, today=day_at(services_of(request).clock()), po_number=po_number.strip() or None))
