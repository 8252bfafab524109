"""The speed benchmark runs whole and says what it compares with; its figures are for people to judge."""

from __future__ import annotations

import pytest

from bench import speed


@pytest.mark.slow
def test_every_kind_is_measured_beside_a_bare_library_and_a_child_is_small() -> None:
    rows = {(row.case, row.baseline_name): row for row in speed.run(count=2, ocr_pages=0, seed=3, long_sheet=300)}
    assert {name for _, name in rows} == {
        "", "PyMuPDF words", "pdfplumber words", "openpyxl", "calamine", "python-docx", "selectolax text"}
    assert all(row.value > 0 for (case, _), row in rows.items() if case != "sandbox, a document")
    weights = [row.value for (case, _), row in rows.items() if case.startswith("memory of the child")]
    assert len(weights) == 5 and max(weights) < 300
