"""The scorer counts what is right, wrong and missed, and lets nothing through that is not."""

from __future__ import annotations

from typing import Any

import pytest

from bench.score import Claim, Score, labelled_orders, line_is_right, same_value, score_document

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


def test_further_orders_of_a_file_are_of_the_kind_of_the_first() -> None:
    further = {key: value for key, value in ORDER.items() if key != "doc_type"} | {"po_number": "4712"}
    label = ORDER | {"more_orders": [further]}
    assert scored(labelled_orders(label), [ORDER, ORDER | {"po_number": "4712"}]).whole == 1


SURE = {"po_number": 0.9, "total": 0.4, "lines": [{"supplier_sku": 0.8, "quantity": 0.7, "line": 0.6}]}


def claims(want: dict[str, Any], got: dict[str, Any]) -> dict[str, Claim]:
    return {claim.field: claim for claim in scored([want], [got | {"confidence": SURE}]).claims}


def test_each_value_said_with_a_confidence_is_judged() -> None:
    said = claims(ORDER, ORDER | {"total": 27, "lines": [LINE | {"quantity": 42}]})
    assert {name: (c.confidence, c.right) for name, c in said.items()} == {
        "po_number": (0.9, True), "total": (0.4, False), "lines.supplier_sku": (0.8, True), "lines.quantity": (0.7, False),
        "line": (0.6, False)}


def test_an_item_number_is_right_on_either_side_and_everything_is_wrong_in_a_line_that_is_not_there() -> None:
    swapped = LINE | {"supplier_sku": None, "buyer_sku": "KX-4471"}
    assert claims(ORDER | {"lines": [swapped]}, ORDER)["lines.supplier_sku"].right
    assert not any(c.right for c in claims(ORDER | {"lines": []}, ORDER).values() if c.line is not None)


def test_what_a_label_leaves_open_is_not_judged() -> None:
    said = claims(ORDER | {"unscored": ["po_number", "lines.quantity"]}, ORDER)
    assert "po_number" not in said and "lines.quantity" not in said and said["total"].right


def test_a_paper_is_told_by_its_finer_kind_where_the_label_has_one() -> None:
    note = ORDER | {"doc_type": "other", "kind": "delivery_note"}
    assert scored([note], [note]).kinds.f1 == 1.0
    assert scored([note], [note | {"kind": "order_confirmation"}]).kinds.hits == 0
    assert scored([ORDER], [ORDER | {"kind": "purchase_order"}]).kinds.f1 == 1.0


def test_misses_are_told_in_sentences_a_line_by_what_differs() -> None:
    wrong = scored([ORDER], [ORDER | {"po_number": None, "total": 27, "lines": [LINE | {"quantity": 42}]}])
    assert [m.sentence for m in wrong.misses] == [
        "the po number “4711” was not found", "the total should be “26.4”, but “27” was read",
        "the line “1 · KX-4471 · Hinge brass · 24 · EA · 1.1” was read with quantity “42”"]


def test_of_two_readings_with_one_number_the_one_that_agrees_is_the_order() -> None:
    covering = ORDER | {"total": None, "lines": [{"description": "Call me", "quantity": 44}]}
    assert scored([ORDER], [covering, ORDER]).lines.hits == 1
