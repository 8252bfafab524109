"""Fulfilment in numbers: what goes where, how far lines are, when goods must leave."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.stock import Pick
from oms.fulfilment.plan import Share, by_location, missing_parts, progress, provided, ship_by, uncovered

D = Decimal
HOLIDAY = date(2031, 3, 5)


def test_picks_are_grouped_by_location_and_added_up() -> None:
    picks = [Pick(2, 7, 1, D(3)), Pick(1, 7, 2, D(1)), Pick(2, 7, 1, D(4))]
    assert by_location(picks) == {1: {(2, 7): D(7)}, 2: {(1, 7): D(1)}}


@given(st.lists(st.builds(
    Pick, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.decimals(min_value="0.01", max_value=99, places=2))))
def test_no_unit_is_lost_by_grouping_and_what_is_missing_is_exactly_what_is_not_there(picks: list[Pick]) -> None:
    wanted = sum((p.quantity for p in picks), D(0))
    assert sum((q for lines in by_location(picks).values() for q in lines.values()), D(0)) == wanted
    free = {(p.line_id, p.item_id, p.location_id): p.quantity for p in picks}          # the last of each place only
    missing = uncovered(picks, free)
    assert sum(missing.values(), D(0)) == wanted - sum(free.values(), D(0))


def test_a_kit_is_allocated_and_shipped_when_all_its_parts_are_and_begun_as_soon_as_one_is() -> None:
    per_kit = {1: D(4), 2: D(1)}
    shares = [Share(1, D(9), D(6), D(0)), Share(2, D(3), D(2), D(1))]
    done = progress(shares, per_kit)
    assert (done.allocated, done.shipped, done.begun) == (D(2), D(1), D(3))
    assert missing_parts(per_kit, shares, done.begun) == {1: D(3), 2: D(1)}
    assert provided(D(1), [(1, D(2)), (2, D(5))], shares, per_kit) == 2      # eight of the first, seven of the second


@pytest.mark.parametrize(("requested", "transit", "leaves"), [
    (None, 2, None),
    (date(2031, 3, 7), 0, date(2031, 3, 7)),           # a Friday
    (date(2031, 3, 7), None, date(2031, 3, 7)),
    (date(2031, 3, 9), 0, date(2031, 3, 7)),           # nothing leaves on a Sunday
    (date(2031, 3, 10), 1, date(2031, 3, 7)),          # a Monday: over the weekend
    (date(2031, 3, 6), 1, date(2031, 3, 4)),           # over the holiday
])
def test_goods_leave_so_many_working_days_before(requested: date | None, transit: int | None, leaves: date | None) -> None:
    assert ship_by(requested, transit, {HOLIDAY}) == leaves
