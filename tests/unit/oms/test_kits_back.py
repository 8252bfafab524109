"""Parts of kits that come back without the rest: together they are never more than the kits, and in the end exactly they."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from oms.returns.plan import KitBack

D = Decimal
KITS = st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=1, max_size=4)      # each, weight


@given(kit=KITS, count=st.integers(1, 6), data=st.data())
def test_whatever_comes_back_in_whatever_order_all_parts_are_exactly_the_kits(
    kit: list[tuple[int, int]], count: int, data: st.DataObject,
) -> None:
    each = {n: D(per) for n, (per, _) in enumerate(kit)}
    left = KitBack(each, dict.fromkeys(each, D(1)), {n: per * count for n, per in each.items()}, D(count))
    total = D(0)
    while any(left.missing.values()):
        weights = {n: D(data.draw(st.integers(0, 9))) for n in each}            # list prices change between returns
        left = KitBack(each, weights if any(weights.values()) else left.weights, left.missing, left.left)
        whole = min(left.missing[n] // per for n, per in each.items())
        if whole and data.draw(st.booleans()):
            left, total = left.after_whole(D(1)), total + 1
            continue
        part = data.draw(st.sampled_from([n for n in each if left.missing[n]]))
        quantity = D(data.draw(st.integers(1, int(left.missing[part]))))
        units = left.so_many(part, quantity)
        assert units >= 0
        left, total = left.after(part, quantity), total + units
        assert total + min(left.missing[n] / per for n, per in each.items()) <= count + D("0.000001")
        assert left.left == count - total >= 0
    assert total == count
