"""A table drawn on a page: columns by white, rules or hand, rows with their places, values as their kinds have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extraction.lines.drawn import Drawn, DrawnTable, read_drawn
from models.domain.evidence import PageKind
from models.domain.pages import Page, Word

TABLE = (40.0, 90.0, 420.0, 400.0)
COLUMNS = (50, 130, 290, 350)


def page(*rows: Sequence[str], rules: Sequence[float] = ()) -> Page:
    """Rows of cells from y = 100 on, 20 points apart; vertical rules at these x."""
    words = [
        Word(text, 0, (x + 4.0 * n, 100 + 20.0 * r, x + 4.0 * (n + len(text)), 110 + 20.0 * r))
        for r, row in enumerate(rows) for x, cell in zip(COLUMNS, row, strict=False)
        for n, text in ((cell.index(part), part) for part in cell.split())]
    lines = tuple((x, 90.0, x + 0.5, 110 + 20.0 * len(rows)) for x in rules)
    return Page(0, PageKind.PAPER, 595.0, 842.0, tuple(words), rules=lines)


ORDER = (("AB-4471", "Nitrile gloves", "1.250", "7,90"), ("AB-9082", "Hex bolt zinc", "500 pcs", "1.310,00"))


def texts(table: DrawnTable) -> list[list[str]]:
    return [[cell.text for cell in row] for row in table.rows]


def test_columns_part_where_the_rows_leave_white_and_every_cell_knows_its_place() -> None:
    table = read_drawn(page(*ORDER), Drawn(TABLE))
    assert texts(table) == [list(row) for row in ORDER]
    assert [round(x) for x in table.cuts] == sorted(round(x) for x in table.cuts) and len(table.cuts) == 3
    assert table.rows[0][1].boxes == ((130.0, 100.0, 158.0, 110.0), (162.0, 100.0, 186.0, 110.0))


def test_a_header_names_the_columns_and_is_no_row() -> None:
    table = read_drawn(page(("Your no.", "Description", "Qty", "Price"), *ORDER), Drawn(TABLE))
    assert table.kinds == ("buyer_sku", "description", "quantity", "unit_price")
    assert table.titles == ("Your no.", "Description", "Qty", "Price")
    assert len(table.rows) == 2


def test_values_are_as_their_column_has_them() -> None:
    table = read_drawn(page(*ORDER), Drawn(TABLE, None, ("buyer_sku", "description", "quantity", "unit_price")))
    assert [row[2].value for row in table.rows] == ["1250", "500"]           # the prices say which mark is the decimal one
    assert [row[3].value for row in table.rows] == ["7.90", "1310.00"]
    assert table.rows[1][2].unit == "pcs"


@pytest.mark.parametrize(("kind", "text", "value"), [
    ("quantity", "none", ""), ("unit_price", "4.50 / 100", "0.045"), ("requested_date", "2031-04-30", "2031-04-30"),
    ("requested_date", "03/04/2031", ""), ("discount", "5 %", "5"), ("quantity", "0", ""), ("", "left out", "left out")])
def test_what_cannot_be_a_value_of_its_column_stays_without_one(kind: str, text: str, value: str) -> None:
    table = read_drawn(page((text,)), Drawn(TABLE, (), (kind,)))
    assert [(cell.text, cell.value) for cell in table.rows[0]] == [(text, value)]


def test_lines_drawn_by_hand_part_the_columns() -> None:
    table = read_drawn(page(*ORDER), Drawn(TABLE, (280.0,)))
    assert texts(table)[0] == ["AB-4471 Nitrile gloves", "1.250 7,90"]


def test_rules_between_the_columns_part_them() -> None:
    table = read_drawn(page(*ORDER, rules=(120, 285, 345)), Drawn(TABLE))
    assert [round(x) for x in table.cuts] == [120, 285, 345]


@pytest.mark.parametrize(("below", "added", "texts"), [
    (16.0, "size M", ["Nitrile gloves size M", "Hex bolt zinc"]),           # the words go on
    (24.0, "Total", ["Nitrile gloves", "Total", "Hex bolt zinc"]),          # too far below
    (16.0, "4711", ["Nitrile gloves", "4711", "Hex bolt zinc"])])          # a second number where one may stand
def test_a_short_line_close_below_goes_on_with_its_row(below: float, added: str, texts: list[str]) -> None:
    plain = page(ORDER[0], (), (), ORDER[1])
    word = Word(added.replace(" ", "_"), 0, (130.0, 100 + below, 170.0, 110 + below))
    table = read_drawn(replace(plain, words=(*plain.words, word)), Drawn(TABLE))
    assert [row[1].text.replace("_", " ") for row in table.rows] == texts


def test_a_region_without_words_has_no_rows() -> None:
    assert read_drawn(page(*ORDER), Drawn((0, 0, 10, 10))) == DrawnTable((), (), (), ())


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=4, max_size=4), max_size=6),
    st.tuples(*[st.floats(0, 600)] * 4), st.none() | st.lists(st.floats(-50, 700), max_size=5).map(tuple))
def test_whatever_is_drawn_rows_are_full_and_every_place_is_a_word_of_the_page(
    rows: list[list[str]], box: tuple[float, float, float, float], cuts: tuple[float, ...] | None
) -> None:
    found = page(*rows)
    table = read_drawn(found, Drawn(box, cuts))
    boxes = [b for row in table.rows for cell in row for b in cell.boxes]
    assert set(boxes) <= {w.box for w in found.words}
    assert all(len(row) == len(table.kinds) == len(table.cuts) + 1 for row in table.rows)
