"""Sourcing rules: how locations are chosen for an order, tried on open orders before they hold."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.order_work import OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.errors import InputError
from oms.allocation.rules import NamedRule, drop_rule, set_rule, sourcing_rules
from oms.allocation.trial import MOST_TRIED, Trial, try_rule
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute
from review_ui.language import N_
from review_ui.pages import render
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
WORDS = {
    Criterion.FEWEST_LOCATIONS: N_("fewest locations"), Criterion.PRIORITY: N_("rank of the location"),
    Criterion.SAME_COUNTRY: N_("same country"), Criterion.COST: N_("cost of an order"),
    Criterion.DISTANCE: N_("distance")}
Text = Annotated[str, Form(max_length=2_000)]


def _page(request: Request, template: str, done: str = "", trial: Trial | None = None) -> Response:
    with services_of(request).db.read() as db:
        rules = sourcing_rules(db)
    following = max((r.position for r in rules), default=0) + 10
    return render(
        request, template, rules=rules, words=WORDS, sources=list(OrderSource), following=following, done=done, trial=trial,
        most=MOST_TRIED)


@router.get("/stock/rules")
def show(request: Request, _user: Viewer) -> Response:
    """The page."""
    return _page(request, "stock/rules.html")


@router.post("/stock/rules")
def save(
    request: Request, user: Admin, position: Annotated[int, Form(ge=0, le=10**6)], name: Text,
    prefer: Annotated[list[str] | None, Form()] = None,
    sources: Annotated[list[OrderSource] | None, Form()] = None, countries: Text = "", pool: Text = "",
    most: Text = "", km: Text = "", complete: Annotated[bool, Form()] = False, active: Annotated[bool, Form()] = False,
    tries: Annotated[bool, Form()] = False,
) -> Response:
    """Save the rule of a position, or only try it on open orders."""
    criteria = tuple(dict.fromkeys(Criterion(c) for c in prefer or () if c in set(Criterion)))
    rule = NamedRule(position, _name(name), active, SourcingRule(
        criteria, tuple(sources or ()), _countries(countries), pool.strip() or None,
        _number(most, "How many locations may send", 1_000), complete,
        _number(km, "How many kilometres a location may be away", 20_100)))
    if tries:
        return _page(request, "stock/_rules.html", trial=try_rule(services_of(request).db, rule, actor=user.name))
    with services_of(request).db.write() as db:
        set_rule(db, rule, actor=user.name)
    return _page(request, "stock/_rules.html", done=rule.name)


@router.post("/stock/rules/{position:int}/drop")
def drop(request: Request, user: Admin, position: int) -> Response:
    """Take a rule away."""
    with services_of(request).db.write() as db:
        drop_rule(db, position, actor=user.name)
    return _page(request, "stock/_rules.html")


def _name(text: str) -> str:
    name = text.strip()
    if not name or len(name) > 128:
        raise InputError("Give the rule a name of up to 128 characters.", code="name_missing")
    return name


def _countries(text: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(text.upper().replace(",", " ").split()))
    if any(not re.fullmatch("[A-Z]{2}", c) for c in found):
        raise InputError("Countries are two letters each, parted by commas, as in DE, FR.", code="bad_country")
    return found


def _number(text: str, what: str, largest: int) -> int | None:
    if not text.strip():
        return None
    if not text.strip().isdecimal() or not 1 <= int(text) <= largest:
        raise InputError(f"{what} is a whole number from 1 to {largest:,}, or empty for any.", code="not_a_number")
    return int(text)
