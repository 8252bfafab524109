"""Cells from a clipboard: rows of equal length, and a guess at what the columns are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from review_ui.presenters.pasted import COLUMN_WORDS, read_cells


def test_headings_say_what_the_columns_are_and_are_no_row() -> None:
    found = read_cells("Pos\tArtikel\tMenge\tPreis\tMenge\r\n1\tHB-1\t5\t1,20\t\r\n2\tHB-2\t6\r\n")
    assert found.columns == ("", "item", "quantity", "unit_price", "") and found.has_heads
    assert found.rows == (("1", "HB-1", "5", "1,20", ""), ("2", "HB-2", "6", "", ""))


def test_without_headings_the_columns_follow_from_the_cell_in_focus() -> None:
    assert read_cells("5\tpcs\n6\tpcs", "quantity").columns == ("quantity", "uom")
    assert read_cells("5\n6", "unit_price").columns == ("unit_price",)
    assert read_cells("5\tx", "unit_price").columns == ("unit_price", "")
    assert read_cells("AB-1\t5").columns == ("item", "quantity")
    assert read_cells("bolt\tx", "description").columns == ("description", "")


@given(st.lists(st.lists(st.text(st.characters(blacklist_characters='\t\n\r"\0', blacklist_categories=["Cs"])), min_size=1,
                         max_size=30), min_size=1, max_size=30))
def test_any_cells_become_rows_of_one_length(cells: list[list[str]]) -> None:
    try:
        found = read_cells("\n".join("\t".join(row) for row in cells))
    except InputError as e:
        assert e.code == "nothing_pasted"
        return
    assert {len(row) for row in found.rows} <= {len(found.columns)}
    assert {name for name in found.columns if name} <= set(COLUMN_WORDS)


@pytest.mark.parametrize(("text", "code"), [("", "nothing_pasted"), (" \n\t", "nothing_pasted"), ("x\t" * 31, "too_many_rows")])
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_cells(text)
    assert refusal.value.code == code
