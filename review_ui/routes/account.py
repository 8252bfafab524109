"""One's own account: password, second factor, language, sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.errors import InputError
from review_ui.access import Viewer, session_secret, set_session_cookie
from review_ui.errors import PageRoute, go_to
from review_ui.language import languages
from review_ui.pages import render
from review_ui.qr import qr_of
from review_ui.state import services_of
from runtime import second_factor, users
from runtime.accounts import SignedIn, check_code, check_password, digest, needs_code, open_session

WORDS = {"en": "English", "de": "Deutsch"}
"""Languages in their own words; who looks for theirs reads it so."""
router = APIRouter(route_class=PageRoute)


def _own_session(request: Request) -> str:
    return digest(session_secret(request) or "")


def _check_code(request: Request, user: SignedIn, code: str) -> None:
    services = services_of(request)
    with services.db.write() as db:              # committed before the refusal, so that a wrong code counts
        is_right = check_code(db, services.seal, user.user_id, code, services.clock())
    if not is_right:
        raise second_factor.WrongCode("The code does not fit or was used before. Wait for the next one and type it.")


@router.get("/account")
def show(request: Request, user: Viewer, done: str = "") -> Response:
    """The page."""
    services = services_of(request)
    with services.db.read() as db:
        has_factor = needs_code(db, user.user_id)
        left = second_factor.recovery_codes_left(db, user.user_id)
        sessions = users.sessions_of(db, user.user_id)
    return render(
        request, "account/page.html", done=done, has_factor=has_factor, codes_left=left, sessions=sessions,
        own=_own_session(request), languages={code: WORDS.get(code, code) for code in languages()})


@router.post("/account/password")
def change_password(request: Request, user: Viewer, old: Annotated[str, Form()], new: Annotated[str, Form()]) -> Response:
    """A new password; the other sessions end, this browser gets a new one."""
    services = services_of(request)
    with services.db.write() as db:              # committed before the refusal, so that a wrong password counts
        is_right = check_password(db, user.login, old, services.clock()) is not None
    if not is_right:
        raise InputError("The present password is wrong. Type it again.", code="wrong_password")
    with services.db.write() as db:
        users.change_password(db, user.user_id, new)
        secret = open_session(db, user.user_id, services.clock())
    answer = go_to(request, "/account?done=password")
    set_session_cookie(answer, services, secret)
    return answer


@router.post("/account/language")
def set_language(request: Request, user: Viewer, language: Annotated[str, Form()] = "") -> Response:
    """The language of the screens; empty: as the browser asks."""
    with services_of(request).db.write() as db:
        users.set_language(db, user.user_id, language if language in languages() else None)
    return go_to(request, "/account?done=language")


@router.get("/account/factor")
def show_enrolment(request: Request, user: Viewer) -> Response:
    """A fresh secret as a QR code; it counts only once a code of it was typed."""
    services = services_of(request)
    begun = second_factor.begin_enrolment(
        services.seal, user_id=user.user_id, login=user.login, house=services.settings.company_name, at=services.clock())
    return render(request, "account/factor.html", begun=begun, qr=qr_of(begun.address))


@router.post("/account/factor")
def enrol(request: Request, user: Viewer, ticket: Annotated[str, Form()], code: Annotated[str, Form()]) -> Response:
    """Put the second factor in force and show the recovery codes, once. A factor in force is taken off first, by its code."""
    services = services_of(request)
    with services.db.write() as db:
        if needs_code(db, user.user_id):
            raise InputError("You have a second factor already. Take it off first.", code="second_factor_set")
        codes = second_factor.enrol(
            db, services.seal, user_id=user.user_id, ticket=ticket, code=code, at=services.clock())
        users.close_sessions(db, user.user_id, but=_own_session(request))
        users.note(db, user.name, "user.second_factor_set", user.user_id)
    return render(request, "account/_codes.html", codes=codes)


@router.post("/account/factor/off")
def take_off(request: Request, user: Viewer, code: Annotated[str, Form()]) -> Response:
    """Take the second factor off; its code proves that it is its owner who asks."""
    _check_code(request, user, code)
    with services_of(request).db.write() as db:
        second_factor.remove(db, user.user_id)
        users.note(db, user.name, "user.second_factor_removed", user.user_id)
    return go_to(request, "/account?done=factor")


@router.post("/account/codes")
def renew_codes(request: Request, user: Viewer, code: Annotated[str, Form()]) -> Response:
    """Ten fresh recovery codes; the former ones are worthless."""
    _check_code(request, user, code)
    with services_of(request).db.write() as db:
        codes = second_factor.new_recovery_codes(db, user.user_id)
        users.note(db, user.name, "user.recovery_codes_renewed", user.user_id)
    return render(request, "account/_codes.html", codes=codes)


@router.post("/account/sessions/close")
def close_session(request: Request, user: Viewer, session: Annotated[str, Form()] = "") -> Response:
    """End one of one's sessions, or all others when none is named."""
    with services_of(request).db.write() as db:
        if session:
            users.close_sessions(db, user.user_id, only=session)
        else:
            users.close_sessions(db, user.user_id, but=_own_session(request))
    return go_to(request, "/account?done=sessions")
