"""ATP by date: every unit counted once, nothing promised that a later demand needs; lots leave as they expire."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.domain.stock import Demand, Level, Lot
from oms.inventory.plan import first_expired_first, plan_reservation
from oms.inventory.timeline import Due, atp_by_date, first_day, share_out, sold_from

TODAY = date(2031, 3, 1)
quantities = st.integers(0, 50).map(Decimal)
days = st.integers(-5, 30).map(lambda n: TODAY + timedelta(days=n))
dues = st.lists(st.builds(Due, days, quantities), max_size=8)


@given(quantities, dues, dues)
def test_the_last_day_has_all_and_promising_never_robs_a_later_demand(
    free: Decimal, supplies: list[Due], demands: list[Due],
) -> None:
    points = atp_by_date(free, supplies, demands, TODAY)
    assert points[0].day == TODAY and [p.day for p in points] == sorted({p.day for p in points})
    total = free + sum((d.quantity for d in supplies), Decimal(0)) - sum((d.quantity for d in demands), Decimal(0))
    assert points[-1].projected == total
    for n, p in enumerate(points):
        assert 0 <= p.promisable == max(min(q.projected for q in points[n:]), Decimal(0))


def test_the_first_day_is_when_enough_has_come_and_stays() -> None:
    points = atp_by_date(Decimal(2), [Due(date(2031, 3, 10), Decimal(20))], [Due(date(2031, 3, 12), Decimal(15))], TODAY)
    assert [first_day(points, Decimal(q)) for q in (2, 7, 8)] == [TODAY, date(2031, 3, 10), None]


@given(quantities, st.lists(st.builds(Due, days, quantities, is_sellable=st.booleans()), max_size=8), dues)
def test_orders_have_a_claim_on_what_comes_first_and_on_nothing_that_cannot_be_sold(
    free: Decimal, supplies: list[Due], demands: list[Due],
) -> None:
    shared = share_out(free, supplies, demands)
    assert sorted((x.due.day, x.due.quantity) for x in shared) == sorted((x.day, x.quantity) for x in supplies)
    sellable = [x for x in shared if x.due.is_sellable]
    wanted = max(sum((d.quantity for d in demands), Decimal(0)) - free, Decimal(0))
    assert sum(x.promised for x in sellable) == min(wanted, sum((x.due.quantity for x in sellable), Decimal(0)))
    assert all(x.promised == 0 for x in shared if not x.due.is_sellable)
    assert all(a.promised == a.due.quantity or not b.promised for a, b in pairwise(sellable))
    assert atp_by_date(free, supplies, demands, TODAY) == atp_by_date(free, [x.due for x in sellable], demands, TODAY)


lots = st.lists(st.tuples(st.none() | days, st.none() | days, quantities), max_size=8).map(
    lambda found: [Lot(n, f"L{n}", *rest) for n, rest in enumerate(found)])


@given(lots, quantities)
def test_lots_leave_first_expired_first(there: list[Lot], wanted: Decimal) -> None:
    picks = first_expired_first(there, wanted, TODAY)
    by_id = {lot.lot_id: lot for lot in there}
    usable = [lot for lot in there if lot.expires_on is None or lot.expires_on >= TODAY]
    assert sum(p.quantity for p in picks) == min(wanted, sum(lot.free for lot in usable))
    dates = [by_id[p.lot_id].expires_on or date.max for p in picks]
    assert dates == sorted(dates)
    last = dates[-1] if dates else date.min
    taken = {p.lot_id: p.quantity for p in picks}
    assert all(taken.get(lot.lot_id, 0) == lot.free for lot in usable if (lot.expires_on or date.max) < last)


@given(st.integers(1, 9), st.integers(0, 40), st.integers(0, 40), st.integers(0, 20))
def test_kits_are_covered_whole_and_share_components_with_lines_of_their_own(kits: int, a: int, b: int, alone: int) -> None:
    levels = [Level(1, 1, Decimal(a), Decimal(0), Decimal(0)), Level(2, 1, Decimal(b), Decimal(0), Decimal(0))]
    demands = [Demand(10, 9, Decimal(kits)), *([Demand(11, 1, Decimal(alone))] if alone else [])]
    plan = plan_reservation(demands, levels, {9: {1: Decimal(2), 2: Decimal(3)}})
    whole = min(kits, a // 2, b // 3)
    parts = {p.item_id: p.quantity for p in plan.picks if p.line_id == 10}
    assert parts == ({1: 2 * whole, 2: 3 * whole} if whole else {})
    assert plan.short.get(10, 0) == kits - whole
    assert sum(p.quantity for p in plan.picks if p.item_id == 1) <= a


def test_what_is_sold_in_advance_can_be_promised_from_its_day_on_only() -> None:
    today, first = date(2031, 3, 1), date(2031, 3, 10)
    points = atp_by_date(Decimal(5), [Due(date(2031, 3, 20), Decimal(4))], (), today)
    shown = sold_from(points, first)
    assert [(p.day.day, p.promisable) for p in shown] == [(1, 0), (10, 5), (20, 9)]
    assert first_day(shown, Decimal(5)) == first
    assert sold_from(points, None) == sold_from(points, today) == points
    assert [(p.day.day, p.promisable) for p in sold_from(points, date(2031, 3, 20))] == [(1, 0), (20, 9)]
