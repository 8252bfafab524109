"""A draft becomes an order, or says everything that is missing."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.draft import Draft, DraftCharge
from models.domain.evidence import Origin
from models.domain.order_work import ChargeKind
from models.domain.reading import DocumentType
from models.domain.states import LineState
from oms.erp import payload
from oms.orders.assemble import OrderIncomplete, assemble
from tests.support.orders import Shop, draft, draft_line, found

SHOP = Shop(customer_id=1, address_id=2, item_ids=(11, 12), location_ids=(1,))


def order_of(quantities: list[tuple[int, Decimal | int | str]], **changes: object) -> Draft:
    return draft(SHOP, quantities, **changes)


@given(st.lists(st.tuples(st.decimals("0.001", 9999, places=3), st.decimals(0, 9999, places=4)), min_size=1, max_size=8))
def test_the_total_is_the_sum_of_rounded_lines(values: list[tuple[Decimal, Decimal]]) -> None:
    lines = tuple(draft_line(11, q, key=str(n), price=str(p)) for n, (q, p) in enumerate(values))
    order = assemble(draft(SHOP, lines=lines), None)
    assert order.total == sum(line.amount for line in order.lines)
    assert all(abs(line.amount - line.quantity * line.unit_price) <= Decimal("0.005") for line in order.lines)


def test_everything_missing_is_listed_at_once() -> None:
    line = draft_line(11, 2, key="4", item=None, unit_price=None, list_price=None)
    with pytest.raises(OrderIncomplete) as e:
        assemble(draft(SHOP, customer=None, po_number=None, currency=None, lines=(line,)), None)
    assert e.value.code == "order_incomplete"
    for part in ("customer", "PO number", "currency", "line 4: the item", "line 4: there is no price"):
        assert part in e.value.sentence


@pytest.mark.parametrize("kind", [k for k in DocumentType if k is not DocumentType.PURCHASE_ORDER])
def test_only_a_purchase_order_becomes_an_order(kind: DocumentType) -> None:
    with pytest.raises(OrderIncomplete, match="not a purchase order"):
        assemble(draft(SHOP, doc_type=kind), None)


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity", "1e12", "1e400", "0.0000001"])
def test_impossible_quantities_are_refused(quantity: str) -> None:
    with pytest.raises(OrderIncomplete, match="quantity"):
        assemble(order_of([(0, quantity)]), None)


@pytest.mark.parametrize(("price", "ok"), [("0", True), ("-0.01", False), ("NaN", False), ("1e12", False)])
def test_prices_from_zero_up(price: str, ok: bool) -> None:
    one = draft(SHOP, lines=(draft_line(11, 1, price=price),))
    if ok:
        assert assemble(one, None).total == 0
    else:
        with pytest.raises(OrderIncomplete):
            assemble(one, None)


def test_a_total_beyond_the_books_is_refused() -> None:
    lines = tuple(draft_line(11, 900, key=str(n), price="999999999") for n in range(3))
    with pytest.raises(OrderIncomplete, match="beyond"):
        assemble(draft(SHOP, lines=lines), None)


def test_rejected_lines_are_left_out_and_positions_close_up() -> None:
    lines = (draft_line(11, 1, key="1", state=LineState.REJECTED), draft_line(12, 3, key="2"))
    order = assemble(draft(SHOP, lines=lines), None)
    assert [(line.position, line.key, line.item_id) for line in order.lines] == [(1, "2", 12)]


def test_our_list_price_serves_when_the_order_names_none_and_the_discount_counts() -> None:
    line = draft_line(11, 3, unit_price=None, list_price=Decimal("10"), discount=found(Decimal("10")))
    assert assemble(draft(SHOP, lines=(line,)), None).total == Decimal("27.00")


def test_the_customers_currency_serves_when_the_order_names_none() -> None:
    assert assemble(draft(SHOP, currency=None), "CHF").currency == "CHF"


def test_the_erp_is_told_where_each_value_comes_from() -> None:
    line = replace(draft_line(11, 3), quantity=found(Decimal(3), origin=Origin.TYPED, places=(), document_id=None, person="Ann"))
    one = draft(SHOP, lines=(line,))
    order = assemble(one, None)
    told = payload.created(
        order, key="so:1:1", order_no="SO-000001", customer_no="C-1", ship_to_code="MAIN", approved_by="Ann",
        short={1: Decimal(2)}, evidence=payload.evidence_of(order, one))
    assert told["evidence"]["po_number"] == {
        "origin": "read", "document": 7, "page": 0, "kind": "paper", "box": (10.0, 20.0, 60.0, 30.0)}
    assert told["evidence"]["lines.1.quantity"] == {"origin": "typed", "person": "Ann"}
    assert told["lines"][0] | {"quantity": "3", "short": "2", "amount": "7.50", "sku": "WID-11"} == told["lines"][0]


def charged(kind: ChargeKind, amount: str | None, **changes: object) -> DraftCharge:
    worth = found(Decimal(amount)) if amount is not None else None
    return replace(DraftCharge(kind.value, kind, found(f"The {kind}"), worth), **changes)  # type: ignore[arg-type]


def test_charges_are_signed_rounded_and_kept_as_named_and_what_the_lines_hold_is_left_out() -> None:
    charges = (
        charged(ChargeKind.DISCOUNT, "3.333"), charged(ChargeKind.CHARGE, "12.5", name=None),
        charged(ChargeKind.TAX, "2", counts=False))
    order = assemble(replace(order_of([(0, 2)]), charges=charges), None)
    assert [(c.kind, c.name, c.amount) for c in order.charges] == [
        (ChargeKind.DISCOUNT, "The discount", Decimal("-3.33")), (ChargeKind.CHARGE, "Charge", Decimal("12.5"))]
    assert order.total == 5


def test_a_charge_without_an_amount_is_missing_something() -> None:
    with pytest.raises(OrderIncomplete, match="The charge: there is no amount"):
        assemble(replace(order_of([(0, 2)]), charges=(charged(ChargeKind.CHARGE, None),)), None)
