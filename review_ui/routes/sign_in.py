"""Signing in, by password and second factor, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from review_ui.access import Viewer, check_origin, drop_session_cookie, find_user, session_secret, set_session_cookie
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of, ui_of
from runtime import first_run
from runtime.accounts import SignInRefused, check_code, check_password, close_session, needs_code, open_session
from runtime.second_factor import WrongCode, ticket_for, user_of_ticket

REFUSED, WRONG, TOO_OFTEN = "refused", "wrong_code", "too_often"
"""Why a form is shown again; the template has the sentences."""
router = APIRouter(route_class=PageRoute)


def local_path(target: str) -> str:
    """`target` when it is a path of ours, else the queue: a sign-in must not send people to another site."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours else "/"


def replace_session(db: Session, request: Request, user_id: int) -> str:
    """Open a new session, whatever session the browser had before; returns its secret."""
    secret = open_session(db, user_id, services_of(request).clock())
    if old := session_secret(request):
        close_session(db, old)
    return secret


def let_in(request: Request, secret: str, target: str) -> Response:
    """The answer that carries the cookie of a session just opened."""
    answer = RedirectResponse(local_path(target), 303)
    set_session_cookie(answer, services_of(request), secret)
    return answer


def address_of(request: Request) -> str:
    """Where a browser is, as far as that can be told; "" when it cannot."""
    return request.client.host if request.client else ""


def _form(request: Request, next: str, *, why: str = "", login: str = "", ticket: str = "", status: int = 200) -> Response:
    settings = services_of(request).settings
    provider = settings.oidc_name if settings.oidc_issuer else ""
    headers = {"X-Code": SignInRefused.code if why == REFUSED else why} if why else {}
    template = "sign_in/code.html" if ticket else "sign_in/page.html"
    return render(
        request, template, status=status, headers=headers, next=local_path(next), login=login, why=why, provider=provider,
        ticket=ticket)


@router.get("/sign-in")
def show(request: Request, next: str = "/") -> Response:
    """The form; who is signed in already goes on, and where nobody can sign in yet the house is set up."""
    if find_user(request):
        return RedirectResponse(local_path(next), 303)
    with services_of(request).db.read() as db:
        if first_run.is_new(db):
            return RedirectResponse("/setup/start", 303)
    return _form(request, next)


@router.post("/sign-in")
def sign_in(
    request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()], next: Annotated[str, Form()] = "/",
) -> Response:
    """Check the password; who has a second factor is asked for it before there is a session."""
    check_origin(request)
    services, guesses = services_of(request), ui_of(request).guesses
    at = services.clock()
    if not guesses.is_open(address_of(request), at):
        return _form(request, next, why=TOO_OFTEN, login=login, status=429)
    with services.db.write() as db:
        user_id = check_password(db, login, password, at)
        if user_id and needs_code(db, user_id):
            return _form(request, next, ticket=ticket_for(services.seal, user_id, at))
        secret = replace_session(db, request, user_id) if user_id else None
    if secret is None:
        guesses.note_failure(address_of(request), at)
        return _form(request, next, why=REFUSED, login=login, status=401)
    return let_in(request, secret, next)


@router.post("/sign-in/code")
def second_step(
    request: Request, ticket: Annotated[str, Form()], code: Annotated[str, Form()], next: Annotated[str, Form()] = "/",
) -> Response:
    """Check the second factor and open the session."""
    check_origin(request)
    services, guesses = services_of(request), ui_of(request).guesses
    at = services.clock()
    if not guesses.is_open(address_of(request), at):
        return _form(request, next, why=TOO_OFTEN, status=429)
    try:
        user_id = user_of_ticket(services.seal, ticket, at)
    except WrongCode:
        return _form(request, next, why="too_old", status=401)
    with services.db.write() as db:
        is_right = check_code(db, services.seal, user_id, code, at)
        secret = replace_session(db, request, user_id) if is_right else None
    if secret is None:
        guesses.note_failure(address_of(request), at)
        return _form(request, next, why=WRONG, ticket=ticket, status=401)
    return let_in(request, secret, next)


@router.post("/sign-out")
def sign_out(request: Request, _user: Viewer) -> Response:
    """Close the session; the cookie is worthless from now on."""
    services = services_of(request)
    with services.db.write() as db:
        close_session(db, session_secret(request) or "")
    answer = RedirectResponse("/sign-in", 303)
    drop_session_cookie(answer, services)
    return answer
