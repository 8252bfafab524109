"""Sales orders: the list and what is done to many, one order and what is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy.orm import Session

from models.domain.order_work import HoldKind
from models.domain.states import Role
from models.errors import InputError
from oms.orders.cancel import cancel_order
from oms.orders.changes.plan import CancelLine, EditHeader, EditLine, RemoveLine
from oms.orders.desk import add_note, tag, untag
from oms.orders.holds import place_hold, release_hold, take_back_hold
from oms.orders.repository import order_id_of
from oms.orders.service import release_order, take_back_release
from oms.orders.write import order_no as order_no_of
from review_ui.access import Approver, Clerk, Viewer
from review_ui.each import NOTHING, Told, before, do_each
from review_ui.errors import PageRoute
from review_ui.order_page import change_as, day_of, do_to_order, show_order
from review_ui.pages import render
from review_ui.presenters.orders import STATES, Asked, load_orders
from review_ui.presenters.views import load_saved
from review_ui.state import services_of
from review_ui.typed_form import number_or_none
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)
Reason = Annotated[str, Form()]
Revision = Annotated[int, Form(ge=1, le=10**9)]


def _asked(text: str = "", view: str = "", tag: str = "", held: bool = False, before: int | None = None) -> Asked:
    return Asked(text, view if view in STATES else "", tag, held, before)


Wanted = Annotated[Asked, Depends(_asked)]


def _show(request: Request, user: SignedIn, template: str, asked: Asked, told: Told = NOTHING) -> Response:
    with services_of(request).db.read() as db:
        orders, following = load_orders(db, asked)
        saved = load_saved(db, "orders", user.user_id)
    return render(request, template, orders=orders, following=following, asked=asked, views=STATES, saved=saved, told=told)


@router.get("/orders")
def show(request: Request, user: Viewer, asked: Wanted) -> Response:
    """The page."""
    return _show(request, user, "orders/page.html", asked)


@router.get("/orders/rows")
def rows(request: Request, user: Viewer, asked: Wanted) -> Response:
    """The list alone, for the search."""
    return _show(request, user, "orders/_list.html", asked)


Chosen = Annotated[list[str] | None, Form()]


def _each(
    request: Request, user: SignedIn, asked: Asked, orders: list[str] | None, done: str, work: Callable[[Session, int], object],
    *, undo: str = "", value: str = "",
) -> Response:
    """Do something to every chosen order; see `do_each`."""
    if not orders:
        raise InputError("Choose at least one order: tick its box, or press X on it.", code="nothing_chosen")
    told = do_each(
        services_of(request).db, orders, done, lambda db, number: work(db, order_id_of(db, number)), undo=undo, value=value)
    return _show(request, user, "orders/_list.html", asked, told)


@router.post("/orders/all/release")
def release_all(request: Request, user: Approver, asked: Wanted, orders: Chosen = None) -> Response:
    """Release the chosen orders."""
    return _each(
        request, user, asked, orders, "released", lambda db, i: release_order(db, i, user=user.name), undo="release")


@router.post("/orders/all/hold")
def hold_all(request: Request, user: Clerk, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Hold the chosen orders, for one reason."""
    return _each(request, user, asked, orders, "held", lambda db, i: place_hold(
        db, i, kind=HoldKind.MANUAL, sentence=reason, by=user.name), undo="hold")


@router.post("/orders/all/tag")
def tag_all(request: Request, user: Clerk, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Put a tag, written where reasons are, on the chosen orders."""
    return _each(request, user, asked, orders, "tagged", lambda db, i: tag(db, i, reason), undo="tag", value=reason)


@router.post("/orders/all/cancel")
def cancel_all(request: Request, user: Approver, asked: Wanted, orders: Chosen = None, reason: Reason = "") -> Response:
    """Cancel the chosen orders, for one reason. Nothing takes it back: customers and the ERP are told."""
    return _each(
        request, user, asked, orders, "cancelled", lambda db, i: cancel_order(db, i, user=user.name, reason=reason))


@router.post("/orders/all/undo")
def undo_all(
    request: Request, user: Clerk, asked: Wanted, action: Annotated[str, Form()] = "",
    entry: Annotated[list[str] | None, Form()] = None, value: Annotated[str, Form()] = "",
) -> Response:
    """Take back what was just done to several orders."""
    was_before = before(entry)

    def take_back(db: Session, order_id: int, was: str) -> None:
        match action:
            case "tag":
                untag(db, order_id, value)
            case "hold" if was.isdecimal():
                take_back_hold(db, int(was), by=user.name)
            case "release" if user.may(Role.APPROVER):
                take_back_release(db, order_id, user=user.name)
            case _:
                raise InputError("This cannot be taken back here.", code="unknown_value")

    return _each(
        request, user, asked, list(was_before), "as before", lambda db, i: take_back(db, i, was_before[order_no_of(i)]))


@router.get("/orders/{order_no}")
def detail(request: Request, _user: Viewer, order_no: str) -> Response:
    """One order."""
    return show_order(request, order_no, "orders/order.html")


@router.post("/orders/{order_no}/release")
def release(request: Request, user: Approver, order_no: str) -> Response:
    """Let the order be fulfilled."""
    return do_to_order(request, order_no, lambda db, i: release_order(db, i, user=user.name))


@router.post("/orders/{order_no}/cancel")
def cancel(request: Request, user: Approver, order_no: str, revision: Revision, reason: Reason = "") -> Response:
    """Cancel what is open of the order."""
    return do_to_order(request, order_no, lambda db, i: cancel_order(db, i, user=user.name, reason=reason, revision=revision))


@router.post("/orders/{order_no}/line")
def change_line(
    request: Request, user: Clerk, order_no: str, revision: Revision, position: Annotated[int, Form(ge=1, le=100_000)],
    quantity: Annotated[str, Form()] = "", price: Annotated[str, Form()] = "", day: Annotated[str, Form()] = "",
    cancels: Annotated[bool, Form()] = False, removes: Annotated[bool, Form()] = False, reason: Reason = "",
) -> Response:
    """Change one line, cancel what is open of it, or take it out of a draft."""
    edit = RemoveLine(position) if removes else CancelLine(position) if cancels else EditLine(
        position, number_or_none(request, quantity), number_or_none(request, price), day_of(day))
    return do_to_order(request, order_no, lambda db, i: change_as(
        db, i, [edit], user=user, reason=reason, revision=revision))


@router.post("/orders/{order_no}/delivery")
def change_delivery(
    request: Request, user: Clerk, order_no: str, revision: Revision, day: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "", terms: Annotated[str, Form()] = "", reason: Reason = "",
) -> Response:
    """Change when and where to deliver, and the terms; an address that is written takes the place of the chosen one."""
    edits = [EditHeader("requested_date", day_of(day)), EditHeader("payment_terms", terms.strip() or None)]
    if address.strip():
        edits += [EditHeader("ship_to_id", None), EditHeader("ship_to_text", address.strip())]
    return do_to_order(request, order_no, lambda db, i: change_as(
        db, i, edits, user=user, reason=reason, revision=revision))


@router.post("/orders/{order_no}/holds")
def hold(
    request: Request, user: Clerk, order_no: str, kind: Annotated[HoldKind, Form()] = HoldKind.MANUAL, reason: Reason = "",
    owner: Annotated[str, Form(max_length=255)] = "",
) -> Response:
    """Hold the order."""
    return do_to_order(request, order_no, lambda db, i: place_hold(
        db, i, kind=kind, sentence=reason, by=user.name, owner=owner.strip() or None))


@router.post("/orders/{order_no}/holds/{hold_id}/release")
def end_hold(request: Request, user: Approver, order_no: str, hold_id: int, reason: Reason = "") -> Response:
    """Take a hold off."""
    return do_to_order(request, order_no, lambda db, i: release_hold(
        db, hold_id, order_id=i, by=user.name, reason=reason, is_admin=user.may(Role.ADMIN)))


@router.post("/orders/{order_no}/notes")
def note(request: Request, user: Clerk, order_no: str, text: Annotated[str, Form()] = "") -> Response:
    """Keep an internal note."""
    return do_to_order(request, order_no, lambda db, i: add_note(db, i, text=text, author=user.name))


@router.post("/orders/{order_no}/tags")
def put_tag(request: Request, _user: Clerk, order_no: str, word: Annotated[str, Form()] = "") -> Response:
    """Put a tag on the order."""
    return do_to_order(request, order_no, lambda db, i: tag(db, i, word))


@router.post("/orders/{order_no}/tags/remove")
def drop_tag(request: Request, _user: Clerk, order_no: str, word: Annotated[str, Form()] = "") -> Response:
    """Take a tag off."""
    return do_to_order(request, order_no, lambda db, i: untag(db, i, word))
