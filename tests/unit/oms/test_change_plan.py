"""What edits make of an order, and what they may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.money import amount_kept
from models.domain.moves import RefusedMove
from models.domain.states import SalesOrderState
from oms.orders.assemble import NewLine
from oms.orders.changes.kits import KitNow, PartNow
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


@st.composite
def kits(draw: st.DrawFn) -> LineNow:
    """A line of kits of two or three parts of which any amount left, beside some that a warehouse has."""
    ordered, each = draw(st.integers(1, 6)), draw(st.lists(st.integers(1, 4), min_size=2, max_size=3))
    given = [draw(st.integers(0, ordered * n)) for n in each]
    gone = [draw(st.integers(0, q)) if draw(st.booleans()) else q for q in given]
    prices = [draw(st.none() | st.decimals("0", "99.99", places=2)) for _ in each]
    parts = tuple(
        PartNow(n, f"PART-{n}", "A part", "PCE", D(e), D(g), D(x), p)
        for n, (e, g, x, p) in enumerate(zip(each, given, gone, prices, strict=True)))
    begun = max(-(-g // e) for g, e in zip(given, each, strict=True))
    cancelled = draw(st.integers(0, ordered - begun))
    amount = draw(st.decimals("0", "999.99", places=2))
    return line(
        quantity=str(ordered), amount=amount, cancelled=D(cancelled), allocated=D(begun), kit=KitNow(parts),
        shipped=D(min(x // e for x, e in zip(gone, each, strict=True))))


@given(kits(), st.data())
def test_cancelled_kits_leave_what_left_of_them_as_lines_never_of_more_money(now: LineNow, data: st.DataObject) -> None:
    assert now.kit is not None
    most = now.open + now.apart
    take = D(data.draw(st.integers(0, int(most))))
    if not take:
        return
    plan = plan_change(order(now), [CancelLine(1, take)])
    rest = now.base_quantity - now.cancelled - take
    assert rest >= now.kit.bound
    for part in now.kit.parts:                              # every piece that left is in a kit that remains, or on a line
        loose = sum((x.line.quantity for x in plan.parts if x.line.sku == part.sku), D(0))
        assert loose == max(part.gone - rest * part.each, D(0))
    before = amount_kept(now.amount, now.base_quantity, now.cancelled, "EUR")
    kept = amount_kept(now.amount, now.base_quantity, now.cancelled + take, "EUR")
    assert all(x.line.amount >= 0 for x in plan.parts) and kept <= plan.total <= before
    if all(part.gone >= (rest + take) * part.each for part in now.kit.parts):
        assert plan.total == before                         # all of them left: nothing is given away


def test_the_money_of_a_kit_follows_the_prices_of_its_parts_or_else_their_pieces() -> None:
    def of(*prices: Decimal | None) -> list[Decimal]:
        parts = (
            PartNow(1, "PART-1", "", "PCE", D(2), D(2), D(2), prices[0]),
            PartNow(2, "PART-2", "", "PCE", D(1), D(0), D(0), prices[1]))
        now = line(quantity="1", amount=D("10.00"), allocated=D(1), kit=KitNow(parts))
        return [x.line.amount for x in plan_change(order(now), [CancelLine(1)]).parts]
    assert (of(D(3), D(4)), of(D(3), None), of(D(0), D(0))) == ([D("6.00")], [D("6.67")], [D("6.67")])


def test_a_kit_taken_apart_closes_an_order_and_parts_are_told_as_lines_instead_of_it() -> None:
    part = PartNow(1, "PART-1", "A part", "PCE", D(2), D(2), D(2))
    other = PartNow(2, "PART-2", "A part", "PCE", D(1), D(0), D(0))
    kit = line(quantity="1", allocated=D(1), kit=KitNow((part, other)))
    plan = plan_change(order(kit, state=SalesOrderState.RELEASED), [CancelLine(1)])
    assert plan.state is SalesOrderState.CLOSED
    assert ("lines.2.instead_of", "1") in [(e.path, e.after) for e in plan.entries]
