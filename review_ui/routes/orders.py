"""Sales orders: the list and what is done to many, one order and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.orm import Session

from models.domain.order_work import HoldKind
from models.errors import InputError, ServiceError
from oms.exceptions.listing import WantedExceptions, find_exceptions
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import CancelLine, EditHeader, EditLine
from oms.orders.changes.service import change_order
from oms.orders.desk import add_note, tag, untag
from oms.orders.holds import place_hold, release_hold
from oms.orders.repository import Orders, order_id_of
from oms.orders.service import release_order
from review_ui.access import Approver, Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_audit
from review_ui.presenters.orders import STATES, Asked, load_orders
from review_ui.presenters.timeline import load_timeline
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
MOST_AT_ONCE = 200
Reason = Annotated[str, Form()]
Revision = Annotated[int, Form(ge=1, le=10**9)]


def _asked(text: str = "", view: str = "", tag: str = "", held: bool = False, before: int | None = None) -> Asked:
    return Asked(text, view if view in STATES else "", tag, held, before)


Wanted = Annotated[Asked, Depends(_asked)]


def _show(request: Request, template: str, asked: Asked, done: str = "", refused: tuple[str, ...] = ()) -> Response:
    with services_of(request).db.read() as db:
        orders, following = load_orders(db, asked)
    return render(
        request, template, orders=orders, following=following, asked=asked, views=STATES, done=done, refused=refused)


@router.get("/orders")
def show(request: Request, _user: Viewer, asked: Wanted) -> Response:
    """The page."""
    return _show(request, "orders/page.html", asked)


@router.get("/orders/rows")
def rows(request: Request, _user: Viewer, asked: Wanted) -> Response:
    """The list alone, for the search."""
    return _show(request, "orders/_list.html", asked)


Chosen = Annotated[list[str] | None, Form()]


def _each(
    request: Request, asked: Asked, orders: list[str] | None, done: str, work: Callable[[Session, int], object],
) -> Response:
    """Do something to every chosen order, each in a transaction of its own, so that one refusal stops no other."""
    chosen = (orders or [])[:MOST_AT_ONCE]
    if not chosen:
        raise InputError("Choose at least one order: tick its box, or press X on it.", code="nothing_chosen")
    refused = []
    for order_no in chosen:
        try:
            with services_of(request).db.write() as db:
                work(db, order_id_of(db, order_no))
        except ServiceError as e:
            refused.append(e.sentence)
    return _show(request, "orders/_list.html", asked, f"{len(chosen) - len(refused)} {done}", tuple(refused))


@router.post("/orders/all/release")
def release_all(request: Request, user: Approver, asked: Wanted, orders: Chosen = None) -> Response:
    """Release the chosen orders."""
    return _each(request, asked, orders, "released", lambda db, i: release_order(db, i, user=user.name))


@router.post("/orders/all/hold")
def hold_all(request: Request, user: Clerk, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Hold the chosen orders, for one reason."""
    return _each(request, asked, orders, "held", lambda db, i: place_hold(
        db, i, kind=HoldKind.MANUAL, sentence=reason, by=user.name))


@router.post("/orders/all/tag")
def tag_all(request: Request, _user: Clerk, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Put a tag, written where reasons are, on the chosen orders."""
    return _each(request, asked, orders, "tagged", lambda db, i: tag(db, i, reason))


@router.post("/orders/all/cancel")
def cancel_all(request: Request, user: Approver, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Cancel the chosen orders, for one reason."""
    return _each(request, asked, orders, "cancelled", lambda db, i: cancel_order(db, i, user=user.name, reason=reason))


def _one(request: Request, order_no: str, template: str) -> Response:
    with services_of(request).db.read() as db:
        order = Orders(db).detail(order_no)
        return render(
            request, template, order=order, timeline=load_timeline(db, order), audit=load_audit(db, [f"order:{order_no}"]),
            exceptions=find_exceptions(db, WantedExceptions(order_no=order_no)), kinds=list(HoldKind),
            can={str(action) for action in order.supported_actions})


def _do(request: Request, order_no: str, work: Callable[[Session, int], object]) -> Response:
    with services_of(request).db.write() as db:
        work(db, order_id_of(db, order_no))
    return _one(request, order_no, "orders/_order.html")


@router.get("/orders/{order_no}")
def detail(request: Request, _user: Viewer, order_no: str) -> Response:
    """One order."""
    return _one(request, order_no, "orders/order.html")


@router.post("/orders/{order_no}/release")
def release(request: Request, user: Approver, order_no: str) -> Response:
    """Let the order be fulfilled."""
    return _do(request, order_no, lambda db, i: release_order(db, i, user=user.name))


@router.post("/orders/{order_no}/cancel")
def cancel(request: Request, user: Approver, order_no: str, revision: Revision, reason: Reason = "") -> Response:
    """Cancel what is open of the order."""
    return _do(request, order_no, lambda db, i: cancel_order(db, i, user=user.name, reason=reason, revision=revision))


@router.post("/orders/{order_no}/line")
def change_line(
    request: Request, user: Approver, order_no: str, revision: Revision, position: Annotated[int, Form(ge=1, le=100_000)],
    quantity: Annotated[str, Form()] = "", price: Annotated[str, Form()] = "", day: Annotated[str, Form()] = "",
    cancels: Annotated[bool, Form()] = False, reason: Reason = "",
) -> Response:
    """Change one line, or cancel what is open of it."""
    edit = CancelLine(position) if cancels else EditLine(
        position, _number(quantity, "quantity"), _number(price, "price"), _day(day))
    return _do(request, order_no, lambda db, i: change_order(
        db, i, [edit], actor=user.name, reason=reason, revision=revision))


@router.post("/orders/{order_no}/delivery")
def change_delivery(
    request: Request, user: Approver, order_no: str, revision: Revision, day: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "", terms: Annotated[str, Form()] = "", reason: Reason = "",
) -> Response:
    """Change when and where to deliver, and the terms; an address that is written takes the place of the chosen one."""
    edits = [EditHeader("requested_date", _day(day)), EditHeader("payment_terms", terms.strip() or None)]
    if address.strip():
        edits += [EditHeader("ship_to_id", None), EditHeader("ship_to_text", address.strip())]
    return _do(request, order_no, lambda db, i: change_order(
        db, i, edits, actor=user.name, reason=reason, revision=revision))


@router.post("/orders/{order_no}/holds")
def hold(
    request: Request, user: Clerk, order_no: str, kind: Annotated[HoldKind, Form()] = HoldKind.MANUAL, reason: Reason = "",
    owner: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    """Hold the order."""
    return _do(request, order_no, lambda db, i: place_hold(
        db, i, kind=kind, sentence=reason, by=user.name, owner=owner.strip() or None))


@router.post("/orders/{order_no}/holds/{hold_id}/release")
def end_hold(request: Request, user: Approver, order_no: str, hold_id: int, reason: Reason = "") -> Response:
    """Take a hold off."""
    return _do(request, order_no, lambda db, i: release_hold(db, hold_id, order_id=i, by=user.name, reason=reason))


@router.post("/orders/{order_no}/notes")
def note(request: Request, user: Clerk, order_no: str, text: Annotated[str, Form()] = "") -> Response:
    """Keep an internal note."""
    return _do(request, order_no, lambda db, i: add_note(db, i, text=text, author=user.name))


@router.post("/orders/{order_no}/tags")
def put_tag(request: Request, _user: Clerk, order_no: str, word: Annotated[str, Form()] = "") -> Response:
    """Put a tag on the order."""
    return _do(request, order_no, lambda db, i: tag(db, i, word))


@router.post("/orders/{order_no}/tags/remove")
def drop_tag(request: Request, _user: Clerk, order_no: str, word: Annotated[str, Form()] = "") -> Response:
    """Take a tag off."""
    return _do(request, order_no, lambda db, i: untag(db, i, word))


def _number(text: str, name: str) -> Decimal | None:
    if not text.strip():
        return None
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation as e:
        raise InputError(f"The {name} {text.strip()} is no number; write it like 12.5.", code="bad_number") from e


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as e:
        raise InputError(f"{text.strip()} is no date; write it like 2031-05-06.", code="bad_date") from e
