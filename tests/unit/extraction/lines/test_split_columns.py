"""Columns that divide a quantity by date, week or size: they are no lines, and no reason to miss the table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from extraction.assemble import assemble
from extraction.lines.split_columns import split_columns
from models.domain.reading import Context
from tests.support.papers import paper, parsed

PLACES = (40.0, 90.0, 200.0, 260.0, 310.0, 360.0)


def quantities(titles: Sequence[str], *rows: Sequence[str]) -> list[tuple[str | None, Decimal | None]]:
    """Code and quantity of each line of a table with these titles."""
    lines = [(60.0, [(40.0, "Purchase Order 4711-22")])]
    lines += [(100.0 + 14 * n, list(zip(PLACES, row, strict=True))) for n, row in enumerate((titles, *rows))]
    (reading,) = assemble(parsed(paper(*lines)), Context())
    return [
        (code.value if (code := line.buyer_sku or line.supplier_sku) else None, line.quantity.value if line.quantity else None)
        for line in reading.lines]


@pytest.mark.parametrize("parts", [("28.10.", "11.11.", "24.11."), ("W8", "W10", "W12"), ("36", "37", "38")])
def test_a_quantity_that_is_divided_by_columns_behind_it_is_one_line(parts: tuple[str, ...]) -> None:
    rows = (("10", "KX-4471", "20", "6", "6", "8"), ("20", "KX-4480", "250", "125", "125", "-"))
    read = quantities(("Pos.", "Code", "Qty", *parts), *rows)
    assert read == [("KX-4471", Decimal(20)), ("KX-4480", Decimal(250))]


def test_only_neighbours_of_a_quantity_that_rise_divide_it() -> None:
    counts = [False, True, False, False, False]
    assert split_columns(["Code", "Qty", "36", "37", "38"], counts) == {2, 3, 4}
    assert split_columns(["Code", "Qty", "38", "37", "36"], counts) == frozenset()
    assert split_columns(["36", "37", "38", "Code", "Qty"], [False, False, False, False, True]) == frozenset()
    assert split_columns(["Code", "Qty", "S", "M", "L"], counts) == {2, 3, 4}
    assert split_columns(["Code", "Qty", "36", "Price", "38"], counts) == frozenset()
