"""Who asks, and whether they may: the session cookie, roles, and the guard of everything that changes state."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from models.domain.states import Role
from models.errors import Forbidden, ServiceError
from review_ui.services import Services
from review_ui.state import services_of, ui_of
from runtime.accounts import ABSOLUTE, SignedIn, find_session, touch_session

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
BACKGROUND_HEADER = "X-Background"
TOUCH_EVERY = timedelta(minutes=1)
MOST_TOUCHED = 10_000
SAFE_METHODS = frozenset({"GET", "HEAD"})


class SignInNeeded(ServiceError):
    """Nobody is signed in, or the session has ended."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__("Your session has ended. Sign in again to go on.")


class ForeignRequest(Forbidden):
    """The request did not come from a page of ours."""

    code = "foreign_request"

    def __init__(self) -> None:
        super().__init__("This request did not come from an Ordermill page of your session. Reload the page and try again.")


def is_https(services: Services) -> bool:
    """True when people reach the UI over https, so that cookies may demand it."""
    return (services.settings.base_url or "").startswith("https://")


def cookie_name(services: Services) -> str:
    """The session cookie's name; the prefix makes browsers refuse it from anywhere but this very host over https."""
    return "__Host-ordermill" if is_https(services) else "ordermill_session"


def set_session_cookie(response: Response, services: Services, secret: str) -> None:
    """Hand the session's secret to the browser; scripts cannot read it and other sites cannot send it along."""
    response.set_cookie(
        cookie_name(services), secret, max_age=int(ABSOLUTE.total_seconds()), path="/",
        secure=is_https(services), httponly=True, samesite="lax")


def drop_session_cookie(response: Response, services: Services) -> None:
    """Make the browser forget the cookie."""
    response.delete_cookie(cookie_name(services), path="/", secure=is_https(services), httponly=True, samesite="lax")


def session_secret(request: Request) -> str | None:
    """The secret the browser sent, if any."""
    return request.cookies.get(cookie_name(services_of(request)))


def find_user(request: Request) -> SignedIn | None:
    """The user behind the request's cookie, or None; remembered on the request for the page's frame."""
    secret, services = session_secret(request), services_of(request)
    if not secret:
        return None
    with services.db.read() as db:
        request.state.user = find_session(db, secret, services.clock())
    user: SignedIn | None = request.state.user
    return user


def _own_origin(request: Request) -> str:
    parts = urlsplit(services_of(request).settings.base_url or "")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{request.url.scheme}://{request.headers.get('host', '')}"


def check_origin(request: Request) -> None:
    """Raise ForeignRequest when the browser says that another site sent this; browsers always say so on a POST."""
    if request.headers.get("origin", _own_origin(request)) != _own_origin(request):
        raise ForeignRequest
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignRequest


async def _token(request: Request) -> str:
    if CSRF_HEADER in request.headers:
        return request.headers[CSRF_HEADER]
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return ""
    sent = (await request.form()).get(CSRF_FIELD)
    return sent if isinstance(sent, str) else ""


async def check_request(request: Request, user: SignedIn) -> None:
    """Raise ForeignRequest unless a request that changes something carries this session's CSRF token and our origin."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    if not hmac.compare_digest((await _token(request)).encode(), user.csrf.encode()):
        raise ForeignRequest


def _keep_alive(request: Request, user: SignedIn) -> None:
    # Polls run without a person, so they must not keep a session alive; and a write takes SQLite's only write lock,
    # so one a minute is enough.
    ui = ui_of(request)
    at = ui.services.clock()
    if BACKGROUND_HEADER in request.headers or at - ui.touched.get(user.csrf, at - TOUCH_EVERY) < TOUCH_EVERY:
        return
    with ui.services.db.write() as db:
        touch_session(db, session_secret(request) or "", at)
    if len(ui.touched) >= MOST_TOUCHED:
        ui.touched.clear()
    ui.touched[user.csrf] = at


def needs(role: Role, *, is_background: bool = False) -> Callable[[Request], Awaitable[SignedIn]]:
    """A dependency: the signed-in user, who must have `role`; a request that changes something must be one of our pages'.
    `is_background`: asked by the page alone, so that it does not keep the session alive.

    Raises SignInNeeded, ForeignRequest or Forbidden.
    """

    async def admit(request: Request) -> SignedIn:
        user = await run_in_threadpool(find_user, request)
        if user is None:
            raise SignInNeeded
        await check_request(request, user)
        if not user.may(role):
            raise Forbidden(f"Your role is {user.role}; this needs the role {role}. Ask an administrator.")
        if not is_background:
            await run_in_threadpool(_keep_alive, request, user)
        return user

    return admit


Watcher = Annotated[SignedIn, Depends(needs(Role.VIEWER, is_background=True))]
Typist = Annotated[SignedIn, Depends(needs(Role.CLERK, is_background=True))]
Viewer = Annotated[SignedIn, Depends(needs(Role.VIEWER))]
Clerk = Annotated[SignedIn, Depends(needs(Role.CLERK))]
Approver = Annotated[SignedIn, Depends(needs(Role.APPROVER))]
Admin = Annotated[SignedIn, Depends(needs(Role.ADMIN))]
