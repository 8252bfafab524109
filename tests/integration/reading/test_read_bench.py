"""The reading benchmark runs whole, small: every figure it promises is there; what they are is for people to judge."""

from __future__ import annotations

import pytest

from bench import learning, read, understanding


@pytest.mark.slow
def test_accuracy_confidence_and_diagram_of_generated_media() -> None:
    done = read.run(
        corpus=None, synth_count=2, seed=3, media=("native", "mail"), with_speed=False, with_learning=False, with_fields=True)
    cases = {row.case for row in done.rows}
    assert {f"{m} {w}" for m in ("native", "mail") for w in ("header", "lines", "wholly right", "calibration of values")} <= cases
    assert all(0 <= row.value <= 1 for row in done.rows)
    assert "Lines as a whole" in read.diagram(done.cases, seed=3)


@pytest.mark.slow
def test_learning_is_measured_with_none_one_two_and_five_corrected_copies() -> None:
    rows = learning.run(seed=3, forms=1)
    assert [row.case.split()[1] for row in rows if row.case.endswith("form: lines")] == ["0", "1", "2", "5"]
    parts = [row for row in rows if "on them: lines" in row.case]
    assert [row.case.split()[1] for row in parts] == ["1", "2", "5"]       # of one form either something was wrong or nothing
    assert all(row.baseline_name == ("" if " 0 " in row.case else "nothing learned") for row in rows)


@pytest.mark.slow
def test_understanding_is_measured_beside_bare_words() -> None:
    rows = understanding.run(count=2, seed=3)
    assert {row.baseline_name for row in rows} == {"pdfplumber words"}
    assert all(row.value > 0 and row.baseline for row in rows if "tagging" not in row.case)
