"""The house's rules for automatic holds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from models.domain.order_work import HoldKind
from models.domain.states import Role
from oms.orders.checking.decide import KINDS, HoldRule
from oms.orders.checking.rules import RELEASERS, hold_rules, save_hold_rules
from review_ui.access import Admin
from review_ui.errors import PageRoute
from review_ui.language import N_
from review_ui.pages import render
from review_ui.state import services_of
from review_ui.typed_form import number_or_none

router = APIRouter(route_class=PageRoute)
HELP = {
    HoldKind.CREDIT: N_("The customer is above the credit limit, or owes money past its date."),
    HoldKind.PRICE: N_("A price is below ours by more than so many percent; empty: the customer’s own tolerance."),
    HoldKind.COMPLIANCE: N_("The goods go to one of these countries (two letters), or a name of this list is on the order."),
    HoldKind.ADDRESS: N_("There is no address, or one that is none of the customer’s."),
    HoldKind.PAYMENT: N_("The terms of payment say one of these words."),
    HoldKind.FRAUD: N_("A customer’s first order comes to this amount or more."),
    HoldKind.STOCK: N_("More than so many percent of the order are short."),
}
HAS_LIMIT = (HoldKind.PRICE, HoldKind.FRAUD, HoldKind.STOCK)
HAS_WORDS = (HoldKind.COMPLIANCE, HoldKind.PAYMENT)


@router.get("/orders/rules")
def show(request: Request, _user: Admin) -> Response:
    """The page."""
    return _page(request, "orders/rules.html")


@router.post("/orders/rules")
def save(
    request: Request, user: Admin, kind: Annotated[HoldKind, Form()], on: Annotated[bool, Form()] = False,
    limit: Annotated[str, Form()] = "", words: Annotated[str, Form(max_length=20_000)] = "",
    owner: Annotated[str, Form(max_length=255)] = "", released_by: Annotated[Role, Form()] = Role.APPROVER,
) -> Response:
    """Put one rule in force."""
    rule = HoldRule(
        kind, on, number_or_none(request, limit), tuple(word.strip() for word in words.split(",") if word.strip()),
        owner.strip() or None, released_by)
    with services_of(request).db.write() as db:
        save_hold_rules(db, [rule], user=user.name)
    return _page(request, "orders/_rules.html", saved=kind)


def _page(request: Request, template: str, saved: HoldKind | None = None) -> Response:
    with services_of(request).db.read() as db:
        rules = hold_rules(db)
    return render(
        request, template, rules=[rules[kind] for kind in KINDS], help=HELP, has_limit=HAS_LIMIT, has_words=HAS_WORDS,
        releasers=RELEASERS, saved=saved)
