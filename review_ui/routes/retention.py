"""Administration: how long mails and documents are kept; what would go is seen before a rule is saved."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from intake.retention.plan import Rules, parse_rules
from intake.retention.repository import count_due, due, holds, load_rules, place_hold, release_hold, save_rules
from review_ui.access import Admin
from review_ui.errors import PageRoute, go_to
from review_ui.pages import render
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
SHOWN = 50
Days = Annotated[str, Form(max_length=10)]


def _show(request: Request, template: str, tried: Rules | None = None) -> Response:
    services = services_of(request)
    more: dict[str, Any] = {}
    with services.db.read() as db:
        rules, standing = load_rules(db), holds(db)
        if tried is not None:
            at = services.clock()
            more = {"counts": count_due(db, tried, at), "first": due(db, tried, at, limit=SHOWN)}
    return render(request, template, rules=rules, holds=standing, tried=tried, **more)


@router.get("/admin/retention")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _show(request, "admin/retention.html")


@router.post("/admin/retention/preview")
def preview(request: Request, _user: Admin, order: Days = "", other: Days = "") -> Response:
    """What would go at once under these rules; nothing is saved."""
    return _show(request, "admin/_retention_preview.html", parse_rules(order, other))


@router.post("/admin/retention")
def save(request: Request, user: Admin, order: Days = "", other: Days = "") -> Response:
    """Put rules in force; a round takes away what is due within minutes."""
    with services_of(request).db.write() as db:
        save_rules(db, parse_rules(order, other), actor=user.name)
    return go_to(request, "/admin/retention")


@router.post("/admin/retention/holds")
def hold(request: Request, user: Admin, message: Annotated[int, Form(ge=1)], reason: Annotated[str, Form()]) -> Response:
    """Keep a message whatever the rules say."""
    with services_of(request).db.write() as db:
        place_hold(db, message, reason, actor=user.name)
    return go_to(request, "/admin/retention")


@router.post("/admin/retention/holds/{message_id:int}/release")
def release(request: Request, user: Admin, message_id: int) -> Response:
    """Let the rules hold for a message again."""
    with services_of(request).db.write() as db:
        release_hold(db, message_id, actor=user.name)
    return go_to(request, "/admin/retention")
