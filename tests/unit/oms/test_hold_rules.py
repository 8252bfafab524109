"""Which holds an order needs, and what each says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from models.domain.order_work import HoldKind
from oms.orders.checking.decide import DEFAULT_RULES, CheckedLine, CheckedOrder, HoldRule, needed_holds

D = Decimal
FINE = CheckedOrder(
    "EUR", D(100), "Zebra Widgets Ltd", "EUR", D(1000), D(0), D(0), D(2), "GB", "1 Stripe Street, Savanna", True,
    "30 days net", (CheckedLine(1, "WID-1", D(10), D(0), D("9.90"), D(10)), CheckedLine(2, "WID-2", D(10), D(0), D(5), None)))
EVERY = {kind: replace(rule, is_on=True) for kind, rule in DEFAULT_RULES.items()}


def holds(order: CheckedOrder, rules: dict[HoldKind, HoldRule] | None = None) -> dict[HoldKind, str]:
    return {hold.kind: hold.sentence for hold in needed_holds(order, EVERY if rules is None else rules)}


def test_an_order_that_is_fine_needs_none() -> None:
    assert holds(FINE) == {}


@pytest.mark.parametrize(("order", "kind", "says"), [
    (replace(FINE, overdue=D(5)), HoldKind.CREDIT, "owes 5.00 EUR past its date"),
    (replace(FINE, open_balance=D(500), open_orders=D("400.01")), HoldKind.CREDIT, "0.01 EUR above the credit limit of 1,000.00"),
    (replace(FINE, lines=(replace(FINE.lines[0], unit_price=D("9.79")),)), HoldKind.PRICE,
     "Line 1 (WID-1): price 9.79, ours 10 (−2.1 %, tolerance 2 %)."),
    (replace(FINE, address=""), HoldKind.ADDRESS, "no address"),
    (replace(FINE, is_known_address=False), HoldKind.ADDRESS, "none of the customer's: 1 Stripe Street"),
    (replace(FINE, payment_terms="100 % In Advance"), HoldKind.PAYMENT, "money first"),
    (replace(FINE, is_first=True, total=D(1000)), HoldKind.FRAUD, "first order, and it comes to 1,000.00 EUR"),
    (replace(FINE, lines=(replace(FINE.lines[0], short=D(1)),)), HoldKind.STOCK, "line 1 (WID-1) lacks 1"),
])
def test_each_reason_is_held_and_said(order: CheckedOrder, kind: HoldKind, says: str) -> None:
    found = holds(order)
    assert list(found) == [kind] and says in found[kind]


@pytest.mark.parametrize("order", [
    replace(FINE, open_balance=D(900)), replace(FINE, credit_limit=None, open_balance=D(10) ** 6),
    replace(FINE, customer_currency="USD", open_balance=D(10) ** 6),
    replace(FINE, lines=(replace(FINE.lines[0], unit_price=D("9.80")),)), replace(FINE, is_first=True, total=D("999.99")),
    replace(FINE, lines=(replace(FINE.lines[0], unit_price=D(1), wanted=D(0)),))])
def test_what_is_on_the_line_is_not_held(order: CheckedOrder) -> None:
    assert holds(order) == {}


@pytest.mark.parametrize(("word", "is_held"), [
    ("gb", True), ("FR", False), ("zebra", True), ("Zeb", False), ("stripe street", True)])
def test_countries_and_names_of_the_list_are_held(word: str, is_held: bool) -> None:
    rules = {HoldKind.COMPLIANCE: HoldRule(HoldKind.COMPLIANCE, True, words=(word,))}
    assert bool(holds(FINE, rules)) is is_held


def test_a_rule_that_is_off_holds_nothing_and_a_share_may_be_short() -> None:
    short = replace(FINE, overdue=D(5), lines=(replace(FINE.lines[0], short=D(2)),))
    assert holds(short, {HoldKind.CREDIT: HoldRule(HoldKind.CREDIT, False)}) == {}
    assert holds(short, {HoldKind.STOCK: HoldRule(HoldKind.STOCK, True, D(20))}) == {}
    assert HoldKind.STOCK in holds(short, {HoldKind.STOCK: HoldRule(HoldKind.STOCK, True, D("19.9"))})
