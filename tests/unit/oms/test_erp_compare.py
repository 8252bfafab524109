"""Orders here, sales there."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from oms.erp.compare import Here, SaleState, There, compare

ORDER = Here(1, "SO-000001", "EUR", Decimal("10.00"), is_cancelled=False)
SALE = There("SO-000001", "S-1", SaleState.PLACED, "EUR", Decimal("10.00"))
KNOWN = frozenset({"SO-000001"})
CANCELLED = replace(SALE, state=SaleState.CANCELLED)


@pytest.mark.parametrize("order, sales, code", [
    (ORDER, [SALE], None),
    (ORDER, [SALE, CANCELLED], None),
    (replace(ORDER, is_cancelled=True), [CANCELLED], None),
    (replace(ORDER, is_cancelled=True), [], None),
    (ORDER, [], "erp_sale_missing"),
    (ORDER, [CANCELLED], "erp_sale_cancelled"),
    (ORDER, [SALE, replace(SALE, number="S-2")], "erp_sale_doubled"),
    (ORDER, [replace(SALE, state=SaleState.DRAFT)], "erp_sale_draft"),
    (ORDER, [replace(SALE, total=Decimal("10.01"))], "erp_total_differs"),
    (ORDER, [replace(SALE, currency="USD")], "erp_total_differs"),
    (replace(ORDER, is_cancelled=True), [SALE], "erp_sale_alive"),
])
def test_each_difference_has_its_code(order: Here, sales: list[There], code: str | None) -> None:
    assert [d.code for d in compare([order], sales, KNOWN)] == ([code] if code else [])


def test_a_sale_of_no_order_is_extra_unless_it_is_cancelled_or_on_the_way() -> None:
    other = replace(SALE, order_no="SO-000009")
    (found,) = compare([], [other, SALE], KNOWN)
    assert (found.order_no, found.code, found.order_id) == ("SO-000009", "erp_sale_extra", None)
    assert compare([], [replace(other, state=SaleState.CANCELLED)], KNOWN) == ()
