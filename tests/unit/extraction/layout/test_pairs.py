"""Labels own the value beside or below them, and never their neighbour's."""

from __future__ import annotations

from extraction.layout.pairs import Pair, pairs
from extraction.layout.reading_order import document_lines
from models.domain.pages import Page
from tests.support.papers import body, paper, sheet


def by_field(page: Page) -> dict[str, Pair]:
    return {p.first: p for p in pairs(document_lines([page]))}


def beside(pair: Pair) -> str:
    return " ".join(t.text for t in pair.beside)


def below(pair: Pair) -> str:
    return " ".join(t.text for t in pair.below)


def test_a_value_right_of_its_label_with_colon_as_list_and_glued() -> None:
    page = paper((100, [(20, "PO Number: 4711")]), (120, [(20, "Currency"), (200, "EUR")]), (140, [(20, "Date:3/9")]))
    found = by_field(page)
    assert (beside(found["po_number"]), beside(found["currency"]), beside(found["order_date"])) == ("4711", "EUR", "3/9")


def test_a_band_of_labels_owns_the_values_under_it() -> None:
    page = paper(
        (100, [(20, "PO Number"), (150, "Payment Terms"), (300, "Currency")]),
        (114, [(20, "4711"), (150, "Net 30"), (300, "USD")]),
    )
    found = by_field(page)
    assert [below(found[f]) for f in ("po_number", "payment_terms", "currency")] == ["4711", "Net 30", "USD"]
    assert not found["po_number"].beside


def test_an_empty_label_takes_nothing_from_the_next() -> None:
    page = paper((100, [(20, "Requisition No.:"), (150, "PO Number:"), (300, "4711")]), (120, [(20, "Currency:")]))
    found = by_field(page)
    assert beside(found["po_number"]) == "4711"
    assert not found["not_po_number"].beside
    assert not found["currency"].beside


def test_a_label_in_two_languages_is_one_label() -> None:
    found = by_field(paper((100, [(20, "Data Doc / Doc date: 30.09.2031")])))
    assert beside(found["order_date"]) == "30.09.2031"


def test_the_same_rules_hold_in_cells_and_in_text() -> None:
    cells = by_field(sheet(["PO Number", "", "4711"], ["Currency", "EUR"]))
    assert (beside(cells["po_number"]), beside(cells["currency"])) == ("4711", "EUR")
    assert beside(by_field(body("Hello,\nPO Number: 4711"))["po_number"]) == "4711"


def test_a_label_torn_apart_by_wide_letters_is_known() -> None:
    page = paper((100, [(20, "PO NU MBER"), (200, "4711")]), (120, [(20, "D A T E :"), (200, "3 May 2031")]))
    found = by_field(page)
    assert beside(found["po_number"]) == "4711"
    assert beside(found["order_date"]) == "3 May 2031"
