"""Tabs: cells of a pasted table get columns, stops that somebody aligned by hand stay."""

from __future__ import annotations

from extraction.formats.tabs import untabbed


def test_cells_stand_in_columns_whatever_their_lengths() -> None:
    rows = ["Code\tArticle\tQty", "KX-4471-LONG\tHinge\t5", "K1\t\t12", "", "a\tb"]
    assert list(untabbed(rows)) == [
        "Code          Article  Qty  ", "KX-4471-LONG  Hinge    5    ", "K1                     12   ", "", "a  b  "]


def test_leading_empty_cells_of_a_total_and_lines_without_tabs_keep_the_columns() -> None:
    rows = ["Code\tQty", "KX-4471\t5", "wrapped on", "\tTotal"]
    assert list(untabbed(rows)) == ["Code     Qty    ", "KX-4471  5      ", "wrapped on", "         Total  "]


def test_stops_aligned_by_hand_are_kept() -> None:
    rows = ["KX-4\t\tHinge\t\t20", "KX-4471-LONG\tHandle\t\t5"]
    assert list(untabbed(rows)) == [row.expandtabs(8) for row in rows]
