"""Signing in with the company's OpenID Connect provider. What must fit the answer travels in a sealed cookie of ten minutes."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict
from datetime import timedelta

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from models.errors import NotFound
from review_ui.access import is_https
from review_ui.errors import PageRoute
from review_ui.routes.sign_in import let_in, local_path, replace_session
from review_ui.services import Services
from review_ui.state import services_of
from runtime.oidc import Provider, ProviderRefused, Start
from runtime.seal import SealBroken
from runtime.users import user_of_person

LASTS = timedelta(minutes=10)
router = APIRouter(route_class=PageRoute)


def _provider(services: Services) -> Provider:
    settings = services.settings
    if not settings.oidc_issuer:
        raise NotFound("No company sign-in is set up here. Sign in with name and password.", code="no_provider")
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret.get_secret_value())


def _back(request: Request) -> str:
    base = (services_of(request).settings.base_url or str(request.base_url)).rstrip("/")
    return f"{base}/sign-in/provider/back"


def _cookie(services: Services) -> str:
    return "__Host-ordermill-provider" if is_https(services) else "ordermill_provider"


@router.get("/sign-in/provider")
def begin(request: Request, next: str = "/") -> Response:
    """Send the browser to the provider."""
    services = services_of(request)
    start = _provider(services).begin(_back(request))
    until = (services.clock() + LASTS).timestamp()
    sealed = services.seal.close(json.dumps({"until": until, "next": local_path(next), "start": asdict(start)}))
    answer = RedirectResponse(start.url, 303)
    answer.set_cookie(
        _cookie(services), sealed, max_age=int(LASTS.total_seconds()), path="/", secure=is_https(services), httponly=True,
        samesite="lax")
    return answer


@router.get("/sign-in/provider/back")
def finish(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
    """The provider sends the browser back: check what it says and open a session."""
    services = services_of(request)
    provider = _provider(services)
    start, target = _started(request, state)
    if error or not code:
        raise ProviderRefused("The company sign-in was not finished. Start it again, or sign in with a password.")
    person = provider.finish(_back(request), code, start)
    with services.db.write() as db:
        secret = replace_session(db, request, user_of_person(db, person, services.settings.oidc_new_role))
    answer = let_in(request, secret, target)
    answer.delete_cookie(_cookie(services), path="/", secure=is_https(services), httponly=True, samesite="lax")
    return answer


def _started(request: Request, state: str) -> tuple[Start, str]:
    services = services_of(request)
    try:
        kept = json.loads(services.seal.open(request.cookies.get(_cookie(services), "")))
    except (SealBroken, UnicodeEncodeError):
        kept = {"until": 0}
    if kept["until"] < services.clock().timestamp() or not hmac.compare_digest(kept["start"]["state"].encode(), state.encode()):
        raise ProviderRefused("This sign-in was not started in this browser, or too long ago. Start it again.")
    return Start(**kept["start"]), kept["next"]
