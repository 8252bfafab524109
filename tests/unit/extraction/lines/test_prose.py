"""Order lines in running text."""

from __future__ import annotations

import pytest

from extraction.fields.dates import DateOrder, DateStyle
from extraction.fields.numbers import ENGLISH
from extraction.layout.geometry import document_lines
from extraction.lines.build import Styles
from extraction.lines.prose import read_prose
from models.domain.reading import ReadingLine
from tests.support.papers import body

STYLES = Styles(ENGLISH, DateStyle(DateOrder.DAY))


def read(text: str) -> list[ReadingLine]:
    return [line for _, line in read_prose(document_lines([body(text)]), STYLES)]


def told(line: ReadingLine) -> tuple[str, str | None, str | None, str | None]:
    values = (line.uom, line.buyer_sku, line.description)
    return (str(line.quantity.value) if line.quantity else "", *(v.value if v else None for v in values))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("20 x KX-4471 Hinge brass", ("20", None, "KX-4471", "Hinge brass")),
        ("- Hinge brass (KX-4471): 60 pcs", ("60", "pcs", "KX-4471", "Hinge brass")),
        ("1. 40 ea KX-4471", ("40", "ea", "KX-4471", None)),
        ("KX-4471 - Hinge brass - 12 boxes", ("12", "boxes", "KX-4471", "Hinge brass")),
        ("two boxes of blue nitrile gloves", ("2", "boxes", None, "blue nitrile gloves")),
        ("- 50 of the long bolts", ("50", None, None, "long bolts")),
        ("* 300 x 770119", ("300", None, "770119", None)),
        ("1,200 pcs V-belt SPZ 1845", ("1200", "pcs", None, "V-belt SPZ 1845")),
    ],
)
def test_patterns_of_mail(text: str, line: tuple[str, str | None, str | None, str | None]) -> None:
    assert [told(x) for x in read(text)] == [line]


def test_counted_things_inside_a_sentence_are_lines() -> None:
    found = read("Hi, we need 20 boxes of nitrile gloves and 3 rolls of red tape, please.")
    assert [told(x) for x in found] == [("20", "boxes", None, "nitrile gloves"), ("3", "rolls", None, "red tape")]


def test_a_price_behind_the_item_is_the_unit_price() -> None:
    (line,) = read("12 pcs KX-4471 Hinge brass @ 5.97 EUR")
    assert line.unit_price is not None and str(line.unit_price.value) == "5.97"
    assert told(line) == ("12", "pcs", "KX-4471", "Hinge brass")


@pytest.mark.parametrize(
    "text",
    [
        "Please deliver by 3 May 2031",
        "Tel. 0999 5550463",
        "45 Turnbuckle Street",
        "Call 24 hours before delivery.",
        "30 days net",
        "Best regards",
        "Our PO number is 4711",
        "02-736 Oldtown",
    ],
)
def test_what_orders_nothing(text: str) -> None:
    assert read(text) == []
