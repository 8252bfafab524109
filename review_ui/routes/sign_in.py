"""Signing in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from review_ui.access import Viewer, check_origin, drop_session_cookie, find_user, session_secret, set_session_cookie
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of
from runtime.accounts import SignInRefused, check_password, close_session, open_session

REFUSED = "Name or password is wrong. After ten wrong tries the account is locked for 15 minutes."
router = APIRouter(route_class=PageRoute)


def local_path(target: str) -> str:
    """`target` when it is a path of ours, else the queue: a sign-in must not send people to another site."""
    is_ours = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if is_ours else "/"


@router.get("/sign-in")
def show(request: Request, next: str = "/") -> Response:
    """The form; who is signed in already goes on."""
    if find_user(request):
        return RedirectResponse(local_path(next), 303)
    return render(request, "sign_in/page.html", next=local_path(next), login="", sentence="")


@router.post("/sign-in")
def sign_in(
    request: Request, login: Annotated[str, Form()], password: Annotated[str, Form()], next: Annotated[str, Form()] = "/",
) -> Response:
    """Open a new session, whatever session the browser had before."""
    check_origin(request)
    services = services_of(request)
    with services.db.write() as db:
        user_id = check_password(db, login, password, services.clock())
        secret = open_session(db, user_id, services.clock()) if user_id else None
        if secret and (old := session_secret(request)):
            close_session(db, old)
    if secret is None:
        return render(
            request, "sign_in/page.html", status=401, next=local_path(next), login=login, sentence=REFUSED,
            headers={"X-Code": SignInRefused.code})
    answer = RedirectResponse(local_path(next), 303)
    set_session_cookie(answer, services, secret)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, _user: Viewer) -> Response:
    """Close the session; the cookie is worthless from now on."""
    services = services_of(request)
    with services.db.write() as db:
        close_session(db, session_secret(request) or "")
    answer = RedirectResponse("/sign-in", 303)
    drop_session_cookie(answer, services)
    return answer
