"""The scorer counts what is right, wrong and missed, and lets nothing through that is not."""

from __future__ import annotations

from typing import Any

import pytest

from bench.score import Score, labelled_orders, line_is_right, same_value, score_document

LINE = {
    "line_no": "1",
    "supplier_sku": "KX-4471",
    "buyer_sku": None,
    "description": "Hinge brass",
    "quantity": 24,
    "uom": "EA",
    "unit_price": 1.1,
    "amount": 26.4,
}
ORDER = {"doc_type": "purchase_order", "po_number": "4711", "ship_to": "Acme Ltd, 3 Mill Lane", "total": 26.4, "lines": [LINE]}


def scored(wanted: list[dict[str, Any]], got: list[dict[str, Any]]) -> Score:
    score = Score()
    score_document(score, wanted, got)
    return score


def test_equal_is_wholly_right() -> None:
    score = scored([ORDER], [ORDER])
    assert (score.whole, score.header_f1, score.lines.f1) == (1, 1.0, 1.0)


def test_names_compare_without_case_blanks_and_marks_and_numbers_exactly() -> None:
    assert same_value("ship_to", "Acme Ltd, 3 Mill Lane", "ACME LTD 3 mill-lane")
    assert same_value("total", 26.4, 26.40)
    assert not same_value("total", 26.4, 26.41)
    assert not same_value("po_number", None, "4711")


def test_an_item_number_counts_on_either_side() -> None:
    swapped = LINE | {"supplier_sku": None, "buyer_sku": "KX-4471"}
    assert line_is_right(LINE, swapped)
    assert scored([ORDER], [ORDER | {"lines": [swapped]}]).line_fields["supplier_sku"].f1 == 1.0


@pytest.mark.parametrize(
    "change", [{"quantity": 42}, {"uom": "BX"}, {"unit_price": 1.2}, {"supplier_sku": "KX-1", "description": "Nut"}]
)
def test_one_wrong_value_makes_the_line_wrong(change: dict[str, Any]) -> None:
    assert not line_is_right(LINE, LINE | change)
    assert scored([ORDER], [ORDER | {"lines": [LINE | change]}]).lines.hits == 0


def test_missed_and_invented_lines_cost_recall_and_precision() -> None:
    second = LINE | {"supplier_sku": "KX-4472", "description": "Hinge steel", "quantity": 7}
    missed = scored([ORDER | {"lines": [LINE, second]}], [ORDER])
    invented = scored([ORDER], [ORDER | {"lines": [second, LINE]}])
    assert (missed.lines.recall, missed.lines.precision) == (0.5, 1.0)
    assert (invented.lines.recall, invented.lines.precision) == (1.0, 0.5)


def test_unscored_fields_and_further_orders_are_respected() -> None:
    label = ORDER | {"po_number": "9", "unscored": ["po_number"], "more_orders": [ORDER | {"po_number": "4712"}]}
    score = scored(labelled_orders(label), [ORDER, ORDER | {"po_number": "4712"}])
    assert score.fields["po_number"].due == 1
    assert score.whole == 1
