"""Sheets: nothing is lost between pages, every page says whose it is, any customer's name can be read."""

from __future__ import annotations

import pymupdf
import pytest

from oms.papers.fonts import markup
from oms.papers.parts import Column
from oms.papers.sheet import Sheet, print_sheets

COLUMNS = (Column("#", 1, is_number=True), Column("Item", 4), Column("Description", 10), Column("Quantity", 3, is_number=True))
LONG = "A very long description of a widget that somebody wrote everything into, " * 4


def sheet(lines: int, number: str = "SH-000001", description: str = "Widget") -> Sheet:
    rows = [(str(n), f"WID-{n}", f"{description}\nLot L-{n}", "12") for n in range(1, lines + 1)]
    return Sheet("Packing slip", number, "Brackwater Supply Ltd", columns=COLUMNS, rows=rows, signatures=["Received by"])


def pages(*sheets: Sheet) -> list[str]:
    with pymupdf.open(stream=print_sheets(sheets)) as document:
        return [page.get_text() for page in document]


@pytest.mark.parametrize("description", ["Widget", LONG])
def test_sixty_lines_fill_pages_whose_head_repeats_and_no_line_is_lost(description: str) -> None:
    found = pages(sheet(60, description=description))
    assert len(found) > 1
    for n, text in enumerate(found, 1):
        assert "Packing slip SH-000001" in text and "Quantity" in text and f"Page {n} of {len(found)}" in text
    words = " ".join(found).split()
    assert [f"WID-{n}" for n in range(1, 61)] == [w for w in words if w.startswith("WID-")]


def test_several_sheets_in_one_file_begin_on_their_own_page_and_count_for_themselves() -> None:
    found = pages(sheet(60), sheet(1, "SH-000002"), sheet(2, "SH-000003"))
    assert "SH-000003 of" not in found[-1] and "Page 1 of 1" in found[-1] and "SH-000003" in found[-1]
    assert "SH-000002" in found[-2] and "SH-000001" not in found[-2] and "Page 1 of 1" in found[-2]


def test_nothing_is_drawn_beyond_the_page() -> None:
    with pymupdf.open(stream=print_sheets([sheet(60, description="Unbreakable" * 30)])) as document:
        for page in document:
            assert all(page.rect.contains(pymupdf.Rect(word[:4])) for word in page.get_text("words"))


@pytest.mark.parametrize("name", ["Łódź Ünïcode", "Αθήνα", "Жёлтый", "漢字株式会社", "かな", "한글"])
def test_any_name_can_be_read_back(name: str) -> None:
    (found,) = pages(Sheet("Note", "SH-000001", name))
    assert name in found


def test_text_is_never_taken_for_markup() -> None:
    assert markup("<b>&amp;") == "&lt;b&gt;&amp;amp;"
    note = ("Notes", "a < b & c\nnext")
    (found,) = pages(Sheet("Note", "SH-000001", "A <b> & Sons", notes=[note]))
    assert "A <b> & Sons" in found and "a < b & c" in found
