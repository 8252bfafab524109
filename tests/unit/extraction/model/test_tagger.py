"""The shipped tagger knows the usual values of papers, sheets and mails it has never seen."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.layout.geometry import Line
from extraction.layout.reading_order import document_lines
from extraction.model.tagger import MODEL_FILE, MOST_WORDS, Tags, tag
from models.domain.pages import Page
from tests.support.papers import paper


def order() -> Page:
    return paper(
        (40, [(20, "Quillfeather Pumps Ltd"), (300, "PURCHASE ORDER")]),
        (70, [(300, "PO Number:"), (400, "QF-20817")]),
        (84, [(300, "Order Date:"), (400, "14 March 2031")]),
        (120, [(20, "Ship To:")]),
        (132, [(20, "Quillfeather Pumps Ltd")]),
        (144, [(20, "7 Sallow Road")]),
        (156, [(20, "Marlow Tor GX4 2PL")]),
        (200, [(20, "Item No."), (110, "Description"), (300, "Qty"), (350, "Unit"), (400, "Unit Price"), (480, "Amount")]),
        (214, [(20, "BX-1001"), (110, "Brass elbow 15 mm"), (300, "12"), (350, "pcs"), (400, "4.50"), (480, "54.00")]),
        (228, [(20, "BX-2044"), (110, "Copper pipe 22 mm"), (300, "30"), (350, "m"), (400, "7.10"), (480, "213.00")]),
        (260, [(400, "Total:"), (480, "267.00")]),
    )


def tagged(lines: Sequence[Line], tags: Tags) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word in (t for line in lines for t in line.tokens):
        found.setdefault(tags.best(word), []).append(word.text)
    return found


def test_a_plain_order_is_tagged_word_by_word() -> None:
    lines = document_lines([order()])
    found = tagged(lines, tag(lines))
    assert found["po_number"] == ["QF-20817"]
    assert found["order_date"] == ["14", "March", "2031"]
    assert found["line.quantity"] == ["12", "30"]
    assert found["line.unit_price"] == ["4.50", "7.10"]
    assert found["line.amount"] == ["54.00", "213.00"]
    assert found["total"] == ["267.00"]
    assert "Sallow" in found["ship_to"]
    assert {"Order", "Date:", "Total:", "Qty"} <= set(found["other"])


def test_chances_are_probabilities_and_a_stranger_has_none() -> None:
    lines = document_lines([order()])
    tags = tag(lines)
    for word in (t for line in lines for t in line.tokens):
        assert 0.9 < sum(tags.of(word).values()) <= 1.0001
    date = lines[2].tokens[-3:]
    assert tags.chance(date, "order_date") > 0.8 > 0.1 > tags.chance(date, "requested_date")
    assert tags.chance((), "order_date") == 0.0
    other = document_lines([order()])[0].tokens[0]
    assert tags.of(other) == {}
    assert tags.best(other) == "other"


def test_a_catalogue_is_tagged_no_further_than_it_helps() -> None:
    rows = [(float(10 * n), [(20, f"BX-{n}"), (110, "Brass elbow")]) for n in range(1, MOST_WORDS // 3 + 40)]
    lines = document_lines([paper(*rows)])
    tags = tag(lines)
    assert tags.of(lines[0].tokens[0])
    assert not tags.of(lines[-1].tokens[0])


def test_the_model_is_small_enough_to_ship() -> None:
    assert MODEL_FILE.stat().st_size < 3_000_000
