"""Planning never promises what is not there, and leaves nothing unsaid."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from models.domain.stock import Demand, Level, Pick, Plan
from oms.inventory.plan import plan_reservation

quantities = st.decimals(min_value=0, max_value=1000, places=3)
positive = st.decimals(min_value="0.001", max_value=1000, places=3)
keys = st.tuples(st.integers(1, 4), st.integers(1, 4))
levels = st.dictionaries(keys, st.tuples(quantities, quantities, quantities, st.integers(0, 3)), max_size=12).map(
    lambda found: [Level(item, place, *rest) for (item, place), rest in found.items()])
demands = st.lists(st.tuples(st.integers(1, 5), positive), max_size=12).map(
    lambda found: [Demand(line, item, quantity) for line, (item, quantity) in enumerate(found)])


def level(place: int, on_hand: int, *, priority: int = 0, item: int = 1, safety: int = 0) -> Level:
    return Level(item, place, Decimal(on_hand), Decimal(0), Decimal(safety), priority)


@given(demands, levels)
def test_every_unit_is_picked_or_reported_short(wanted: list[Demand], stock: list[Level]) -> None:
    plan = plan_reservation(wanted, stock)
    for d in wanted:
        picked = sum((p.quantity for p in plan.picks if p.line_id == d.line_id), Decimal(0))
        assert picked + plan.short.get(d.line_id, Decimal(0)) == d.quantity


@given(demands, levels)
def test_no_level_is_promised_beyond_what_is_free(wanted: list[Demand], stock: list[Level]) -> None:
    plan = plan_reservation(wanted, stock)
    assert all(p.quantity > 0 for p in plan.picks)
    for x in stock:
        taken = sum(p.quantity for p in plan.picks if (p.item_id, p.location_id) == (x.item_id, x.location_id))
        assert taken <= x.available


@given(demands, levels)
def test_short_only_when_nothing_of_the_item_is_left(wanted: list[Demand], stock: list[Level]) -> None:
    plan = plan_reservation(wanted, stock)
    for item in {d.item_id for d in wanted if d.line_id in plan.short}:
        free = sum((x.available for x in stock if x.item_id == item), Decimal(0))
        assert free == sum((p.quantity for p in plan.picks if p.item_id == item), Decimal(0))


@given(demands, levels)
def test_a_line_and_a_location_meet_at_most_once(wanted: list[Demand], stock: list[Level]) -> None:
    pairs = [(p.line_id, p.location_id) for p in plan_reservation(wanted, stock).picks]
    assert len(pairs) == len(set(pairs))


def test_the_one_location_that_covers_a_line_beats_the_preferred_one_that_cannot() -> None:
    plan = plan_reservation([Demand(1, 1, Decimal(8))], [level(1, 5, priority=0), level(2, 9, priority=1)])
    assert plan == Plan((Pick(1, 1, 2, Decimal(8)),), {})


def test_a_line_no_location_covers_is_split_in_order_of_preference() -> None:
    plan = plan_reservation([Demand(1, 1, Decimal(8))], [level(1, 5, priority=2), level(2, 6, priority=1)])
    assert plan.picks == (Pick(1, 1, 2, Decimal(6)), Pick(1, 1, 1, Decimal(2)))


def test_two_lines_of_one_item_share_its_stock() -> None:
    plan = plan_reservation([Demand(1, 1, Decimal(6)), Demand(2, 1, Decimal(6))], [level(1, 10)])
    assert plan.short == {2: Decimal(2)}


def test_safety_stock_is_not_promised() -> None:
    assert plan_reservation([Demand(1, 1, Decimal(10))], [level(1, 10, safety=3)]).short == {1: Decimal(3)}
