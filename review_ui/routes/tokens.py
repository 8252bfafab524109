"""Administration: tokens, by which programs come in. A token's scopes are its role."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.scopes import SCOPES
from models.errors import InputError
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of
from runtime import accounts, audit

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, *, name: str = "", secret: str = "") -> Response:
    with services_of(request).db.read() as db:
        tokens = accounts.list_tokens(db)
    return render(request, template, tokens=tokens, scopes=SCOPES, new_name=name, secret=secret)


@router.get("/admin/tokens")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _show(request, "admin/tokens.html")


@router.post("/admin/tokens")
def add(
    request: Request, user: Admin, name: Annotated[str, Form(max_length=128)], scope: Annotated[list[str], Form()] = [],  # noqa: B006
    days: Annotated[str, Form()] = "",
) -> Response:
    """Make a token; it is shown once. `days` until it expires; empty: never."""
    services = services_of(request)
    chosen = tuple(s for s in SCOPES if s in scope)
    if not name.strip() or not chosen:
        raise InputError("Give the token a name and at least one scope.", code="token_incomplete")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days) <= 3650):
        raise InputError("Days must be a whole number from 1 to 3650, or empty for no end.", code="bad_days")
    at = services.clock()
    with services.db.write() as db:
        secret = accounts.create_token(
            db, name=name.strip(), scopes=chosen, at=at, expires_at=at + timedelta(days=int(days)) if days else None)
        audit.record(db, actor=user.name, action="token.made", subject=f"token:{name.strip()}", content={"scopes": list(chosen)})
    return _show(request, "admin/_tokens.html", name=name.strip(), secret=secret)


@router.post("/admin/tokens/{token_id}/revoke")
def revoke(request: Request, user: Admin, token_id: int) -> Response:
    """Make a token worthless."""
    services = services_of(request)
    with services.db.write() as db:
        name = accounts.revoke_token(db, token_id, services.clock())
        audit.record(db, actor=user.name, action="token.revoked", subject=f"token:{name}")
    return _show(request, "admin/_tokens.html")
