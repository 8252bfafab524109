"""What stands between and below the rows of a table and is neither a row nor part of an item's text."""

from __future__ import annotations

from extraction.assemble import assemble
from models.domain.reading import Context, ReadingLine
from tests.support.papers import parsed, table


def lines(*rows: str) -> tuple[ReadingLine, ...]:
    (reading,) = assemble(parsed(table(60, "Mill Lane Tools Ltd", "PURCHASE ORDER", "PO No.: 77123", "", *rows)), Context())
    return reading.lines


def said(*rows: str) -> list[tuple[str, str]]:
    return [(x.description.value, f"{x.quantity.value:f}") for x in lines(*rows) if x.description and x.quantity]


def test_a_sentence_below_the_last_row_is_no_text_of_its_item() -> None:
    assert said(
        "Description                           Qty     Price", "Hinge left, galvanised steel 40 mm    24      1.10",
        "Quote our number on all papers.") == [("Hinge left, galvanised steel 40 mm", "24")]


def test_a_number_that_ends_a_phrase_far_from_the_quantities_makes_no_row() -> None:
    (line,) = lines(
        "No            Description                            Qty   Unit",
        "1             O-ring 5x2 NBR 70                      1     btl.",
        "               with note 3.1")
    assert line.quantity and (line.quantity.value, line.uom and line.uom.value) == (1, "btl.")


def test_goods_of_several_sections_are_read_where_their_sums_are_left_blank() -> None:
    assert [q for _, q in said(
        "Item       Description                    Qty", "Workshop", "KX-4471    Hinge left galvanised             8",
        "KX-5501    Door closer size 3               5",
        "           Total",
        "Stores",
        "KX-7730    Hinge right galvanised            4",
        "           Total")] == ["8", "5", "4"]


def test_the_days_of_a_week_are_no_part_of_the_text() -> None:
    assert said(
        "No   Item                                  MTWTF                   Qty   UOM",
        "1    Ball valve with handle                12   12   -    -    -    24    ea",
        "2    O-ring 40x2 NBR                       66   66   68   -    -    200   ea") == [
        ("Ball valve with handle", "24"), ("O-ring 40x2 NBR", "200")]


def test_a_remark_below_a_short_text_that_ends_where_all_end_is_no_part_of_it() -> None:
    assert said(
        "                                 Description     Qty     Price",
        "Deep groove ball bearing 6207-C3 steel cage     10      4.20",
        "                       Hinge left galvanised     24      1.10",
        "                              as per your offer", "                      Hinge right galvanised     12      1.15") == [
        ("Deep groove ball bearing 6207-C3 steel cage", "10"), ("Hinge left galvanised", "24"), ("Hinge right galvanised", "12")]


def test_a_text_with_much_white_behind_it_was_not_full_though_it_is_the_widest() -> None:
    assert said(
        "Qty   Description                                                            Price    Amount",
        "12    round tables                                                            8.50    102.00",
        "120   chairs, limewash, ivory pad                                             3.95    474.00",
        "      2 spare at no charge",
        "14    linen cloth, white                                                     11.00    154.00") == [
        ("round tables", "12"), ("chairs, limewash, ivory pad", "120"), ("linen cloth, white", "14")]
