"""What a case of documents adds up to, and what is told of the worst."""

from __future__ import annotations

from typing import Any

from bench.accuracy import Case, accuracy_rows, add, each_rows, field_rows, worst

LINE = {"buyer_sku": "KX-4471", "description": "Hinge brass", "quantity": 24, "uom": "EA", "unit_price": 1.1}
ORDER = {"doc_type": "purchase_order", "po_number": "4711", "total": 26.4, "lines": [LINE]}


def read(order: dict[str, Any], sure: float = 0.9) -> dict[str, Any]:
    """The order as read, everything with one confidence."""
    lines = [dict.fromkeys([*line, "line"], sure) for line in order["lines"]]
    named = {key: sure for key in ("po_number", "total") if order.get(key) is not None}
    return order | {"confidence": {**named, "lines": lines}, "problems": [{"code": "x", "message": "Look at the sums."}]}


def case() -> Case:
    found = Case("native")
    add(found, "good.pdf", [ORDER], [read(ORDER)])
    add(found, "number.pdf", [ORDER], [read(ORDER | {"po_number": "4712"})])
    add(found, "bad.pdf", [ORDER], [read(ORDER | {"total": None, "lines": [LINE | {"quantity": 42}]}, sure=0.99)])
    return found


def test_rows_of_a_case() -> None:
    rows = {row.case.removeprefix("native "): row.value for row in accuracy_rows(case())}
    assert (rows["wholly right"], rows["lines"], rows["kind"]) == (1 / 3, 2 / 3, 1.0)
    assert rows["lines at least 0.98 sure, wrong among them"] == 1.0
    assert abs(rows["calibration of lines"] - (2 * 0.9 + 0.99 - 2) / 3) < 1e-9
    assert rows["lines that could pass at 99.5 % precision"] == 0.0      # the surest is the wrong one
    assert [row.case for row in each_rows(case())][:2] == ["native good.pdf header", "native good.pdf lines (whole)"]


def test_rows_of_fields_name_those_that_were_due_or_said() -> None:
    rows = {row.case: row.value for row in field_rows([case()])}
    assert rows["native po_number precision"] == 2 / 3 and rows["native total recall"] == 2 / 3
    assert rows["native lines.quantity recall"] == 2 / 3 and "native ship_to recall" not in rows
    assert "calibration of line, 3 values" in rows


def test_the_worst_come_first_with_what_is_wrong_and_what_the_reading_says() -> None:
    told = worst([case()])
    assert told[0] == "1. native, bad.pdf: header 0.80, lines 0.00, 2 misses."
    assert "   - the total “26.4” was not found." in told
    assert "   The reading says: Look at the sums." in told
    assert told[4].startswith("2. native, number.pdf") and not any("good.pdf" in sentence for sentence in told)
    assert not any("number.pdf" in sentence for sentence in worst([case()], count=1))
