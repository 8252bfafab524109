"""Columns that divide a quantity by date, week or size: they are no lines, and no reason to miss the table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from extraction.assemble import assemble
from extraction.lines.split_columns import split_columns
from extraction.lines.values import is_code
from models.domain.reading import Context
from tests.support.papers import paper, parsed, table

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
    def counts(column: int) -> bool:
        return column == 1

    assert split_columns(["Code", "Qty", "36", "37", "38"], counts) == {2, 3, 4}
    assert split_columns(["Code", "Qty", "38", "37", "36"], counts) == frozenset()
    assert split_columns(["36", "37", "38", "Code", "Qty"], lambda column: column == 4) == frozenset()
    assert split_columns(["Code", "Qty", "S", "M", "L"], counts) == {2, 3, 4}
    assert split_columns(["Code", "Qty", "36", "Price", "38"], counts) == frozenset()


def test_the_deliveries_of_a_line_are_no_lines_whatever_column_their_dates_stand_in() -> None:
    page = table(
        100,
        "Item      Description                    Qty   UM    Price    Amount",
        "KX-4471   Hinge brass                     10   EA     1.10     11.00",
        "          Delivery 5 March 2029            3",
        "          Delivery 19 March 2029           7",
        "KX-4480   Bolt steel                     600   EA     0.90    540.00",
        "          Delivery 5 March 2029          300",
        "          Delivery 19 March 2029         300")
    (reading,) = assemble(parsed(page), Context())
    assert [line.quantity.value for line in reading.lines if line.quantity] == [10, 600]


def test_a_currency_is_no_code_and_a_code_without_a_title_is_no_word_of_the_text() -> None:
    assert not is_code("PLN") and is_code("PLX") and is_code("KX-4")
    page = table(
        100,
        "Pos   Text                                       Qty   Price    Amount",
        "1     Hinge brass with two       8427/WHT/27      10    1.10     11.00",
        "      long wings",
        "2     Bolt steel galvanised      2723/WHT/38     600    0.90    540.00",
        "      and oiled",
        "                                                Total          551.00")
    (reading,) = assemble(parsed(page), Context())
    assert [line.buyer_sku.value for line in reading.lines if line.buyer_sku] == ["8427/WHT/27", "2723/WHT/38"]
