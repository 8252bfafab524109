"""The rules by which exceptions find who sees to them: tried on what is open before they are saved."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy import select

from models.domain.order_work import ExceptionKind
from models.tables.people import UserRow
from oms.exceptions.listing import teams
from oms.exceptions.plan import DEFAULT_RULES, Rule
from oms.exceptions.rules import Tried, own_rules, remove_rule, save_rule, try_rule
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
Kind = Annotated[ExceptionKind, Form()]
Name = Annotated[str, Form(max_length=64)]


@router.get("/exceptions/rules")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _page(request, "exceptions/rules.html")


@router.post("/exceptions/rules")
def save(
    request: Request, user: Admin, kind: Kind, blocks: Annotated[bool, Form()] = False,
    hours: Annotated[int | None, Form()] = None, assignee: Annotated[int, Form(ge=0, le=10**12)] = 0, team: Name = "",
    escalate_to: Name = "", is_trial: Annotated[bool, Form()] = False,
) -> Response:
    """Put the rule of a kind in force, or show first what it would do with what is open."""
    rule = Rule(blocks, hours, assignee or None, team.strip() or None, escalate_to.strip() or None)
    services = services_of(request)
    if is_trial:
        with services.db.read() as db:
            tried = try_rule(db, kind, rule, at=services.clock())
        return _page(request, "exceptions/_rules.html", about=kind, rule=rule, tried=tried)
    with services.db.write() as db:
        save_rule(db, kind, rule, user=user.name)
    return _page(request, "exceptions/_rules.html", about=kind, done="saved")


@router.post("/exceptions/rules/remove")
def remove(request: Request, user: Admin, kind: Kind) -> Response:
    """The default holds again."""
    with services_of(request).db.write() as db:
        remove_rule(db, kind, user=user.name)
    return _page(request, "exceptions/_rules.html", about=kind, done="removed")


def _page(
    request: Request, template: str, *, about: ExceptionKind | None = None, rule: Rule | None = None,
    tried: list[Tried] | None = None, done: str = "",
) -> Response:
    with services_of(request).db.read() as db:
        own, known = own_rules(db), teams(db)
        people = db.execute(select(UserRow.id, UserRow.name).where(UserRow.is_active).order_by(UserRow.name)).all()
    rules = {**DEFAULT_RULES, **own, **({about: rule} if about and rule else {})}
    named = {name for x in rules.values() for name in (x.team, x.escalate_to) if name}
    return render(
        request, template, rules=rules, own=own, people=people, names={p.id: p.name for p in people},
        teams=sorted({*known, *named}), about=about, tried=tried, done=done)
