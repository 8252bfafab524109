"""What edits make of an order, and what they may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.moves import RefusedMove
from models.domain.states import SalesOrderState
from oms.orders.assemble import NewLine
from oms.orders.changes.plan import (
    HEADER,
    AddLine,
    CancelLine,
    ChangeRefused,
    Edit,
    EditHeader,
    EditLine,
    LineNow,
    NothingChanged,
    OrderNow,
    cancel_everything,
    plan_change,
)

D = Decimal


def line(position: int = 1, quantity: str = "10", factor: int = 1, **changes: object) -> LineNow:
    ordered = D(quantity)
    now = LineNow(
        position * 100, position, 7, f"WID-{position}", ordered, "PCE", ordered * factor, D("2.50"), ordered * D("2.50"),
        None, None, D(0), D(0), D(0))
    return replace(now, **changes)  # type: ignore[arg-type]


def order(*lines: LineNow, state: SalesOrderState = SalesOrderState.ACCEPTED) -> OrderNow:
    header = dict.fromkeys(HEADER) | {"po_number": "PO 1", "ship_complete": False}
    return OrderNow(state, "EUR", header, lines or (line(),))


def new_line() -> NewLine:
    return NewLine("x", 0, 9, "WID-9", None, None, "Widget", D(3), "PCE", D(3), D(4), D(12), None)


def test_quantity_price_and_date_change_together_and_the_amount_follows() -> None:
    plan = plan_change(order(line(factor=12)), [EditLine(1, D(6), D("3"), date(2031, 5, 1))])
    after = plan.lines[0]
    assert (after.quantity, after.base_quantity, after.amount, plan.total) == (6, 72, 18, 18)
    assert [(e.path, e.before, e.after) for e in plan.entries] == [
        ("lines.1.quantity", "10", "6"), ("lines.1.unit_price", "2.50", "3"), ("lines.1.requested_date", None, "2031-05-01")]


def test_a_discount_stays_in_the_amount() -> None:
    plan = plan_change(order(line(discount=D(10))), [EditLine(1, D(20))])
    assert plan.total == D("45.00")


@pytest.mark.parametrize(("now", "edit", "reason"), [
    (line(shipped=D(6), allocated=D(6)), EditLine(1, D(5)), "only 4 of 10 are open, and 6 have left"),
    (line(allocated=D(8)), CancelLine(1, D(3)), "only 2 of 10 are open"),
    (line(shipped=D(1), allocated=D(1)), EditLine(1, unit_price=D(1)), "price cannot change"),
    (line(shipped=D(1), allocated=D(1)), EditHeader("ship_to_text", "Elsewhere"), "address cannot change"),
    (line(), EditLine(1, D(0)), "above zero"),
    (line(), EditLine(1, D("NaN")), "above zero"),
    (line(), EditLine(1, D(10) ** 12), "out of range"),
    (line(), EditLine(2, D(1)), "no line 2"),
    (line(cancelled=D(10)), EditLine(1, D(12)), "at its end"),
    (line(), EditHeader("po_number", None), "must not be empty"),
    (line(), EditHeader("total", 5), "no field"),
    (line(), CancelLine(1, D(-1)), "open"),
])
def test_what_cannot_be_done_is_said(now: LineNow, edit: Edit, reason: str) -> None:
    with pytest.raises(ChangeRefused, match=reason):
        plan_change(order(now), [edit])


def test_all_reasons_come_at_once() -> None:
    with pytest.raises(ChangeRefused, match=r"no line 5; there is no line 6"):
        plan_change(order(), [CancelLine(5), CancelLine(6)])


def test_nothing_to_change_is_told_apart() -> None:
    with pytest.raises(NothingChanged):
        plan_change(order(), [EditLine(1, D(10)), EditHeader("po_number", "PO 1")])


def test_what_is_cancelled_is_not_in_the_total_and_the_rest_is_rounded_line_by_line() -> None:
    third = line(quantity="3", unit_price=D("0.335"), amount=D("1.01"))
    plan = plan_change(order(third, line(2)), [CancelLine(1, D(1)), CancelLine(2, D(9))])
    assert (plan.total, [x.amount for x in plan.lines]) == (D("3.17"), [D("1.01"), 25])
    assert plan_change(order(third), [CancelLine(1)]).total == 0


@pytest.mark.parametrize("state", [SalesOrderState.CANCELLED, SalesOrderState.CLOSED, SalesOrderState.QUOTED])
def test_only_open_orders_change(state: SalesOrderState) -> None:
    with pytest.raises(RefusedMove, match=state):
        plan_change(order(state=state), [EditLine(1, D(5))])


def test_a_new_line_gets_the_next_position_and_keeps_the_order_open() -> None:
    plan = plan_change(order(line(1), line(4)), [CancelLine(1), CancelLine(4), AddLine(new_line()), AddLine(new_line())])
    assert [x.position for x in plan.added] == [5, 6]
    assert (plan.state, plan.total) == (SalesOrderState.ACCEPTED, D(24))


@pytest.mark.parametrize(("shipped", "ends"), [(D(0), SalesOrderState.CANCELLED), (D(4), SalesOrderState.CLOSED)])
def test_cancelling_the_rest_ends_the_order(shipped: Decimal, ends: SalesOrderState) -> None:
    now = order(line(shipped=shipped, allocated=shipped), line(2, cancelled=D(10)), state=SalesOrderState.RELEASED)
    plan = plan_change(now, cancel_everything(now))
    assert plan.state is ends
    assert plan.lines[0].cancelled == 10 - shipped
    assert all(x.wanted == 0 for x in plan.lines)


def test_a_warehouse_at_work_is_asked_first() -> None:
    with pytest.raises(ChangeRefused, match="fulfilment orders first"):
        cancel_everything(order(line(shipped=D(1), allocated=D(3))))


units = st.integers(0, 50).map(D)


@given(ordered=st.integers(1, 50), gone=st.lists(units, min_size=3, max_size=3), edits=st.lists(st.one_of(
    st.builds(EditLine, st.integers(1, 2), units), st.builds(CancelLine, st.integers(1, 2), units),
    st.builds(CancelLine, st.integers(1, 2))), max_size=6))
def test_whatever_is_done_no_line_promises_what_has_left_or_counts_a_unit_twice(
    ordered: int, gone: list[Decimal], edits: list[Edit],
) -> None:
    shipped = min(gone[0], D(ordered))
    allocated = min(shipped + gone[1], D(ordered))
    cancelled = min(gone[2], D(ordered) - allocated)
    now = order(line(quantity=str(ordered), shipped=shipped, allocated=allocated, cancelled=cancelled), line(2))
    try:
        plan = plan_change(now, edits)
    except ChangeRefused:
        return
    for x in plan.lines:
        assert x.cancelled + x.allocated <= x.base_quantity
        assert x.shipped + x.cancelled + x.wanted == x.base_quantity
        assert x.open + x.bound + x.cancelled == x.base_quantity
        assert x.amount == x.quantity * x.unit_price
    assert plan.total == sum((x.base_quantity - x.cancelled) * x.unit_price for x in plan.lines)
    assert (plan.state is SalesOrderState.ACCEPTED) == any(x.wanted > 0 for x in plan.lines)
