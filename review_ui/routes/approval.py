"""How approval stands, and other rules: tried on past cases first, saved after."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from matching.approval import load_approval
from matching.changes import Change, parse_change
from matching.promises import Promises
from matching.replay import Replayer
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.approval import chart_of, figures, most_telling, outcome
from review_ui.state import services_of, ui_of
from review_ui.typed_form import TypedForm, chosen, number_of

router = APIRouter(route_class=PageRoute)
SHOWN = 100
RULES = (
    "target_error_rate", "line_confidence", "sample_share", "two_people_above", "price_tolerance", "price_rule",
    "takes_successors", "same_goods_days")
"""The rules of the house, as the page's form names them."""
_MAY_BE_NONE = frozenset({"target_error_rate", "two_people_above"})
_NUMBERS = _MAY_BE_NONE | {"line_confidence", "sample_share", "price_tolerance"}


@router.get("/approval")
def show(request: Request, _user: Viewer) -> Response:
    """The page."""
    return _show(request, "approval/page.html")


@router.post("/approval/try")
def try_rules(request: Request, _user: Admin, form: TypedForm, cases: Annotated[int, Form(ge=1, le=1_000)] = 200) -> Response:
    """Play the newest cases under other rules and show what changes; saving is offered below."""
    ui = ui_of(request)
    rules = chosen(form, RULES)
    replayer = Replayer(ui.services.db, ui.matcher.index, ui.matcher.policy)
    told = replayer.replay(replayer.cases(cases), _change(request, rules))
    return render(
        request, "approval/_replay.html", told=told, rules=rules, changes=most_telling(told.changes, SHOWN), outcome=outcome)


@router.post("/approval/save")
def save(request: Request, user: Admin, form: TypedForm) -> Response:
    """Put rules in force that were tried."""
    change = _change(request, chosen(form, RULES))
    with services_of(request).db.write() as db:
        promises = Promises(db)
        promises.save_house(change.of(promises.house(ui_of(request).matcher.policy)), person=user.name)
    return _show(request, "approval/_panels.html")


def _change(request: Request, rules: dict[str, str]) -> Change:
    """The rules as typed; an empty target means that none is promised, an empty amount that one person is enough."""
    given = {
        name: f"{number_of(request, value):f}" if name in _NUMBERS and value.strip() not in {"", "none"} else value.strip()
        for name, value in rules.items()}
    settings = [f"{name}={value or 'none'}" for name, value in given.items() if value or name in _MAY_BE_NONE]
    return parse_change(settings, is_for_house=True)


def _show(request: Request, template: str) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        state = load_approval(db, ui_of(request).matcher.policy, services.clock())
    return render(request, template, shown=state, figures=figures(state), chart=chart_of(state))
