"""Lines of an order as people type and paste them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from oms.orders.offers.given import GivenLine
from oms.orders.offers.parse import BadLines, parse_lines

D = Decimal


@pytest.mark.parametrize(("row", "line"), [
    ("KX-4 12", GivenLine("KX-4", D(12))),
    ("KX-4 2 ct", GivenLine("KX-4", D(2), "CT")),
    ("KX-4 2 CT 24,90", GivenLine("KX-4", D(2), "CT", D("24.90"))),
    ("KX-4 12 2.40", GivenLine("KX-4", D(12), None, D("2.40"))),
    ("KX 4; 12; ; 2.40", GivenLine("KX 4", D(12), None, D("2.40"))),
    ("KX-4\t12\tPCE\t2.40", GivenLine("KX-4", D(12), "PCE", D("2.40"))),
])
def test_a_row_is_a_line(row: str, line: GivenLine) -> None:
    assert parse_lines(f"\n  \n{row}\n") == (line,)


@pytest.mark.parametrize("row", ["KX-4", "KX-4 many", "KX-4 1 CT dear", "KX-4 1 CT 2 3", "; 2", "KX-4 nan", "KX-4 1 CT inf"])
def test_a_row_that_is_none_is_named(row: str) -> None:
    with pytest.raises(BadLines, match="ow 2"):
        parse_lines(f"KX-1 1\n{row}")
