"""Exceptions: what went wrong with orders, and seeing to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.order_work import ExceptionState
from models.errors import InputError
from models.tables.people import UserRow
from oms.exceptions.listing import WantedExceptions, count_exceptions, find_exceptions, teams
from oms.exceptions.service import assign, confirm_warning, given_to, reopen, resolve, waive
from review_ui.access import Approver, Clerk, Viewer
from review_ui.each import NOTHING, Told, before, do_each
from review_ui.errors import PageRoute
from review_ui.language import N_
from review_ui.pages import render
from review_ui.state import services_of
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)
PAGE = 200
VIEWS = {"open": N_("Open"), "mine": N_("Mine"), "overdue": N_("Overdue"), "closed": N_("Settled")}
Chosen = Annotated[list[str] | None, Form()]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shows."""

    view: str = "open"
    team: str = ""
    order_no: str = ""


Shown = Annotated[Asked, Depends()]


def _wanted(request: Request, user: SignedIn, view: str, asked: Asked) -> WantedExceptions:
    wanted = WantedExceptions(team=asked.team, order_no=asked.order_no)
    if view == "mine":
        return replace(wanted, assignee_id=user.user_id)
    if view == "overdue":
        return replace(wanted, overdue_at=services_of(request).clock())
    return replace(wanted, states=(ExceptionState.RESOLVED, ExceptionState.WAIVED)) if view == "closed" else wanted


def _show(request: Request, user: SignedIn, template: str, asked: Asked, told: Told = NOTHING) -> Response:
    view = asked.view if asked.view in VIEWS else "open"
    with services_of(request).db.read() as db:
        found = find_exceptions(db, _wanted(request, user, view, asked), limit=PAGE)
        tabs = [
            (key, word, count_exceptions(db, _wanted(request, user, key, asked)) if key != "closed" else None)
            for key, word in VIEWS.items()]
        people = db.execute(select(UserRow.id, UserRow.name).where(UserRow.is_active).order_by(UserRow.name)).all()
        known = teams(db)
    return render(
        request, template, exceptions=found, tabs=tabs, view=view, team=asked.team, order_no=asked.order_no, people=people,
        teams=known, told=told)


@router.get("/exceptions")
def show(request: Request, user: Viewer, asked: Shown) -> Response:
    """The page."""
    return _show(request, user, "exceptions/page.html", asked)


@router.get("/exceptions/rows")
def rows(request: Request, user: Viewer, asked: Shown) -> Response:
    """The list alone."""
    return _show(request, user, "exceptions/_list.html", asked)


def _each(
    request: Request, user: SignedIn, asked: Asked, chosen: list[str] | None, done: str, work: Callable[[Session, int], object],
    *, undo: str = "",
) -> Response:
    """Do something to every chosen exception; see `do_each`."""
    names = [name for name in chosen or () if name.isdecimal()]
    if not names:
        raise InputError("Choose at least one exception: tick its box, or press X on it.", code="nothing_chosen")
    told = do_each(services_of(request).db, names, done, lambda db, name: work(db, int(name)), undo=undo)
    return _show(request, user, "exceptions/_list.html", asked, told)


@router.post("/exceptions/all/assign")
def give_all(
    request: Request, user: Clerk, asked: Shown, chosen: Chosen = None, assignee: Annotated[int, Form(ge=0, le=10**12)] = 0,
    group: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Give the chosen ones to somebody, to nobody with 0; and to a group where one is named."""
    def give_one(db: Session, exception_id: int) -> str:
        was = given_to(db, exception_id)
        assign(db, exception_id, user=user.name, assignee_id=assignee or None, team=group.strip() or None)
        return f"{was[0] or 0}:{was[1] or ''}"

    return _each(request, user, asked, chosen, "assigned", give_one, undo="assign")


@router.post("/exceptions/all/resolve")
def settle_all(
    request: Request, user: Clerk, asked: Shown, chosen: Chosen = None, reason: Annotated[str, Form()] = ""
) -> Response:
    """Note that the chosen ones are in order again, and how."""
    return _each(request, user, asked, chosen, "resolved", lambda db, i: resolve(
        db, i, user=user.name, resolution=reason), undo="settle")


@router.post("/exceptions/all/waive")
def accept_all(
    request: Request, user: Approver, asked: Shown, chosen: Chosen = None, reason: Annotated[str, Form()] = ""
) -> Response:
    """Accept the chosen ones as they are, with a reason."""
    return _each(request, user, asked, chosen, "accepted", lambda db, i: waive(
        db, i, user=user.name, reason=reason), undo="settle")


@router.post("/exceptions/all/undo")
def undo_all(
    request: Request, user: Clerk, asked: Shown, action: Annotated[str, Form()] = "",
    entry: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Take back what was just done to several exceptions."""
    was = before(entry)

    def take_back(db: Session, exception_id: int) -> None:
        person, _, group = was[str(exception_id)].partition(":")
        if action == "assign" and person.isdecimal():
            assign(db, exception_id, user=user.name, assignee_id=int(person) or None, team=group)
        elif action == "settle":
            reopen(db, exception_id, user=user.name)
        else:
            raise InputError("This cannot be taken back here.", code="unknown_value")

    return _each(request, user, asked, list(was), "as before", take_back)


def _do(request: Request, user: SignedIn, asked: Asked, work: Callable[[Session], object]) -> Response:
    with services_of(request).db.write() as db:
        work(db)
    return _show(request, user, "exceptions/_list.html", asked)


@router.post("/exceptions/{exception_id}/assign")
def give(
    request: Request, user: Clerk, asked: Shown, exception_id: int, assignee: Annotated[int, Form(ge=0, le=10**12)] = 0,
) -> Response:
    """Give it to somebody; to nobody with 0."""
    return _do(request, user, asked, lambda db: assign(db, exception_id, user=user.name, assignee_id=assignee or None))


@router.post("/exceptions/{exception_id}/confirm")
def go_on(
    request: Request, user: Approver, asked: Shown, exception_id: int, warning: Annotated[int, Form(ge=1, le=10**12)],
) -> Response:
    """Say yes to what the ERP asks; its message is sent again at once."""
    shown = _do(request, user, asked, lambda db: confirm_warning(db, exception_id, warning, user=user.name))
    services_of(request).nudge()
    return shown


@router.post("/exceptions/{exception_id}/resolve")
def settle(
    request: Request, user: Clerk, asked: Shown, exception_id: int, reason: Annotated[str, Form()] = "",
) -> Response:
    """Note that it is in order again, and how."""
    return _do(request, user, asked, lambda db: resolve(db, exception_id, user=user.name, resolution=reason))


@router.post("/exceptions/{exception_id}/waive")
def accept(
    request: Request, user: Approver, asked: Shown, exception_id: int, reason: Annotated[str, Form()] = "",
) -> Response:
    """Accept it as it is, with a reason."""
    return _do(request, user, asked, lambda db: waive(db, exception_id, user=user.name, reason=reason))


@router.post("/exceptions/{exception_id}/reopen")
def take_up(request: Request, user: Clerk, asked: Shown, exception_id: int) -> Response:
    """Take a settled one up again."""
    return _do(request, user, asked, lambda db: reopen(db, exception_id, user=user.name))
