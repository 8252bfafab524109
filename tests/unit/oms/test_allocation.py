"""Locations are chosen by rules; every unit is picked or explained, and nothing is taken that is not free."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.geography import Point
from models.domain.order_work import OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.domain.stock import Level
from oms.allocation.distance import Distance, Whereabouts, Zone, distance_between, postcode_area
from oms.allocation.facts import Place, Wish
from oms.allocation.plan import Allocation, choose_rule, plan_allocation

KIT = 9
KITS = {KIT: {1: Decimal(2), 2: Decimal(1)}}
RULE = SourcingRule()


def level(item: int, place: int, free: int) -> Level:
    return Level(item, place, Decimal(free), Decimal(0), Decimal(0))


def wish(line: int, item: int, quantity: int, not_before: str | None = None) -> Wish:
    return Wish(line, line, item, f"I-{item}", Decimal(quantity), not_before)


def plan(wishes: list[Wish], levels: list[Level], places: list[Place], rule: SourcingRule = RULE, **how: bool) -> Allocation:
    return plan_allocation(wishes, levels, places, rule, kits=KITS, country="DE", **how)


stock = st.dictionaries(st.tuples(st.integers(1, 3), st.integers(1, 4)), st.integers(0, 9), max_size=10).map(
    lambda found: [level(item, place, free) for (item, place), free in sorted(found.items())])
orders = st.lists(st.tuples(st.sampled_from([1, 2, 3, KIT]), st.integers(1, 9)), min_size=1, max_size=5).map(
    lambda found: [wish(n, item, quantity) for n, (item, quantity) in enumerate(found, 1)])
houses = st.lists(st.builds(
    Place, st.just(0), st.just(""), st.integers(0, 3), st.sampled_from(["DE", "FR"]), st.integers(0, 5).map(Decimal),
    st.sampled_from([None, "web"]), st.sampled_from([None, 0, 3]),
    st.builds(Distance, st.none() | st.integers(0, 900), st.sampled_from(Zone))), min_size=4, max_size=4).map(
    lambda found: [replace(p, location_id=n, code=f"P{n}") for n, p in enumerate(found, 1)])
rules = st.builds(
    SourcingRule, st.lists(st.sampled_from(Criterion), unique=True).map(tuple), st.just(()), st.just(()),
    st.sampled_from([None, "web"]), st.none() | st.integers(1, 3), st.booleans(), st.none() | st.integers(1, 900))


@given(orders, stock, houses, rules, st.booleans())
def test_whatever_the_rule_every_unit_is_picked_or_explained_and_no_level_is_overdrawn(
    wishes: list[Wish], levels: list[Level], places: list[Place], rule: SourcingRule, complete: bool,
) -> None:
    found = plan(wishes, levels, places, rule, ship_complete=complete)
    for w in wishes:
        parts = KITS.get(w.item_id, {w.item_id: Decimal(1)})
        left = w.quantity - found.short.get(w.line_id, 0)
        for part, per in parts.items():
            assert sum(p.quantity for p in found.picks if (p.line_id, p.item_id) == (w.line_id, part)) == left * per
    for x in levels:
        assert sum(p.quantity for p in found.picks if (p.item_id, p.location_id) == (x.item_id, x.location_id)) <= x.available
    senders = {p.location_id for p in found.picks}
    by_id = {p.location_id: p for p in places}
    assert all(by_id[s].room != 0 and by_id[s].pool in (None, rule.pool) for s in senders)
    assert rule.max_km is None or all((by_id[s].distance.km or 0) <= rule.max_km for s in senders)
    assert rule.max_locations is None or len(senders) <= rule.max_locations
    assert set(found.why) == senders and set(found.why_short) == set(found.short)
    if found.picks and (complete or rule.ship_complete):
        assert not found.short


def test_one_location_that_has_all_beats_two_of_better_rank() -> None:
    levels = [level(1, 1, 5), level(2, 2, 5), level(1, 3, 5), level(2, 3, 5)]
    found = plan([wish(1, 1, 5), wish(2, 2, 5)], levels, [Place(1, "A", 0), Place(2, "B", 0), Place(3, "C", 9)])
    assert {p.location_id for p in found.picks} == {3}
    assert found.why == {
        3: "C sends lines 1, 2: alone it covers as much as any choice, and is first by the fewest parts and its rank."}


def many(count: int) -> list[Place]:
    return [Place(n, f"P{n}", n) for n in range(1, count + 1)]


def test_one_location_of_many_that_has_all_is_found_behind_ten_that_have_plenty_of_one_item() -> None:
    levels = [*(level(1, place, 100) for place in range(1, 11)), level(1, 11, 1), level(2, 11, 1)]
    found = plan([wish(1, 1, 1), wish(2, 2, 1)], levels, many(11))
    assert ({p.location_id for p in found.picks}, found.short) == ({11}, {})


def test_an_item_that_only_one_of_many_locations_has_is_sent_from_there() -> None:
    levels = [*(level(item, place, 9) for place in range(1, 13) for item in (1, 2)), level(3, 13, 1)]
    found = plan([wish(1, 1, 9), wish(2, 2, 9), wish(3, 3, 1)], levels, many(13))
    assert (found.short, {p.location_id for p in found.picks}) == ({}, {1, 13})


def test_as_many_locations_send_as_it_takes() -> None:
    items = range(1, 9)                                 # the ninth is a kit
    wishes = [wish(item, item, 2) for item in items]
    found = plan(wishes, [level(item, 2 * item + one, 1) for item in items for one in (0, 1)], many(20))
    assert (found.short, {p.location_id for p in found.picks}) == ({}, set(range(2, 18)))


@given(orders, st.integers(1, 3), st.integers(10, 12), rules)
def test_what_one_location_of_many_could_send_whole_is_never_short(
    wishes: list[Wish], scarce: int, others: int, rule: SourcingRule,
) -> None:
    last, needs = others + 1, dict.fromkeys((1, 2, 3), Decimal(0))
    for w in wishes:
        for part, per in KITS.get(w.item_id, {w.item_id: Decimal(1)}).items():
            needs[part] += w.quantity * per
    levels = [*(level(item, place, 999) for place in range(1, last) for item in needs if item != scarce),
              *(level(item, last, int(quantity)) for item, quantity in needs.items())]
    assert plan(wishes, levels, many(last), rule).short == {}


def test_the_rule_decides_between_locations_that_have_as_much() -> None:
    levels, wishes = [level(1, place, 5) for place in (1, 2, 3)], [wish(1, 1, 5)]
    places = [Place(1, "A", 0, "FR", Decimal(9)), Place(2, "B", 1, "DE", Decimal(7)), Place(3, "C", 2, "FR", Decimal(2))]
    chosen = {
        criterion: plan(wishes, levels, places, SourcingRule((criterion,))).picks[0].location_id
        for criterion in (Criterion.PRIORITY, Criterion.SAME_COUNTRY, Criterion.COST)}
    assert chosen == {Criterion.PRIORITY: 1, Criterion.SAME_COUNTRY: 2, Criterion.COST: 3}


def test_an_order_that_must_leave_complete_waits_and_says_what_for() -> None:
    found = plan([wish(1, 1, 5), wish(2, 2, 5)], [level(1, 1, 5), level(2, 1, 3)], [Place(1, "A")], ship_complete=True)
    assert (found.picks, found.short) == ((), {1: 5, 2: 5})
    assert found.why_short[2] == "Line 2: 2 of I-2 are short, and the order must leave complete."


def test_shortages_name_what_stood_in_the_way() -> None:
    found = plan(
        [wish(1, 1, 5), wish(2, 2, 1, "leaves later")], [level(1, 1, 5), level(1, 2, 1), level(2, 2, 9)],
        [Place(1, "A", room=0), Place(2, "B")])
    assert found.short == {1: 4, 2: 1}
    assert found.why_short[1] == (
        "Line 1: 4 of I-1 are short; no location that may send has them free (A can take no more today).")
    assert found.why_short[2] == "Line 2: I-2 leaves later."


def test_the_first_rule_that_is_for_the_order_is_taken() -> None:
    web, german = SourcingRule(sources=(OrderSource.API,), pool="web"), SourcingRule(countries=("DE",), max_locations=1)
    assert choose_rule([web, german], OrderSource.API, "DE") is web
    assert choose_rule([web, german], OrderSource.CASE, "DE") is german
    assert choose_rule([web, german], OrderSource.CASE, "FR") == RULE


NEAREST = SourcingRule((Criterion.DISTANCE, Criterion.PRIORITY))
ONE, HAVE_ONE = [wish(1, 1, 5)], [level(1, place, 5) for place in (1, 2, 3)]


def test_the_nearest_location_sends_and_the_kilometres_are_said() -> None:
    places = [Place(n, code, distance=Distance(km)) for n, code, km in ((1, "A", 1_504), (2, "B", 214), (3, "C", 870))]
    assert plan(ONE, HAVE_ONE, places, NEAREST).why == {
        2: "B sends line 1: alone it covers as much as any choice, and is first by its distance and its rank (214 km)."}


def test_without_coordinates_the_nearest_is_told_by_postcode_and_the_choice_says_so() -> None:
    places = [
        Place(1, "A", distance=Distance(None, Zone.ABROAD)), Place(2, "B", distance=Distance(None, Zone.SAME_COUNTRY)),
        Place(3, "C", distance=Distance(None, Zone.SAME_AREA))]
    assert plan(ONE, HAVE_ONE, places, NEAREST).why[3].endswith("(no coordinates; nearest by postcode: the same postcode area).")


def test_kilometres_are_not_weighed_against_postcodes() -> None:
    places = [Place(1, "A", distance=Distance(12, Zone.ABROAD)), Place(2, "B", distance=Distance(None, Zone.SAME_COUNTRY)),
              Place(3, "C", distance=Distance(400, Zone.SAME_AREA))]
    assert plan(ONE, HAVE_ONE, places, NEAREST).why[3].endswith(
        "(400 km; nearest by postcode, as not all locations have coordinates: the same postcode area).")
    assert list(plan(ONE, [HAVE_ONE[0], HAVE_ONE[2]], places, NEAREST).why) == [1]         # B holds none: it does not count


def test_a_location_beyond_the_limit_sends_nothing_and_one_that_nobody_can_measure_does() -> None:
    near = SourcingRule(max_km=1_000)
    alone = plan(ONE, HAVE_ONE, [Place(1, "A", distance=Distance(1_001))], near)
    assert alone.picks == () and "(A is farther than 1,000 km)" in alone.why_short[1]
    assert plan(ONE, HAVE_ONE, [Place(1, "A", distance=Distance(1_000))], near).why[1].endswith("(1,000 km).")
    assert plan(ONE, HAVE_ONE, [Place(1, "A")], near).why[1].endswith(
        "(no coordinates; whether it is within 1,000 km is not known).")


def test_how_far_two_places_are_apart_as_far_as_is_known() -> None:
    berlin, munich = Point(52.52, 13.405), Point(48.1372, 11.5756)
    here = Whereabouts("DE", "80331", munich)
    assert distance_between(Whereabouts("DE", "80995"), here) == Distance(None, Zone.SAME_AREA)
    assert distance_between(Whereabouts("DE", "10115", berlin), here) == Distance(504, Zone.SAME_COUNTRY)
    assert distance_between(Whereabouts("AT", "8010"), here) == Distance(None, Zone.ABROAD)
    assert distance_between(Whereabouts(), here) == Distance(None, Zone.UNKNOWN)
    assert distance_between(Whereabouts("DE"), Whereabouts("DE")) == Distance(None, Zone.SAME_COUNTRY)


@pytest.mark.parametrize(("postcode", "area"), [
    ("80331", "80"), ("D-80331", "80"), ("sw1a 1aa", "SW"), ("M1 1AE", "M"), ("1234 AB", "12"), (" 75008", "75"), ("7", ""),
    (None, "")])
def test_the_area_of_a_postcode(postcode: str | None, area: str) -> None:
    assert postcode_area(postcode) == area
