"""The measures of OCR against words whose reading is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.calibration import calibration_error
from bench.ocr_score import Tally, judge, right_words
from models.domain.pages import Word

ROWS = (("PO", "number", "4711"), ("Item", "hex", "bolt"), ("12", "pcs", "87,93"), ("Total", "amount", "1.055,16"))
TRUTH = [
    Word(text, 0, (50.0 + 90 * column, 60.0 + 30 * row, 110.0 + 90 * column, 70.0 + 30 * row), 1.0)
    for row, texts in enumerate(ROWS) for column, text in enumerate(texts)]


def bent(word: Word) -> Word:
    """Where a page turned by a degree or so and moved a little has the word."""
    left, top, right, bottom = word.box
    return replace(word, box=(left + 0.02 * top + 7, top - 0.02 * left + 4, right + 0.02 * bottom + 7, bottom - 0.02 * right + 4))


def judged(read: list[Word]) -> Tally:
    tally = Tally()
    judge(tally, TRUTH, read, 1.5)
    return tally


def test_a_page_read_rightly_is_right_wherever_it_came_to_lie() -> None:
    tally = judged([bent(w) for w in TRUTH])
    assert (tally.cer, tally.num, tally.recall, tally.calibration_error, tally.seconds) == (0, 1, 1, 0, 1.5)


def test_a_wrong_digit_is_one_edit_one_number_and_one_word() -> None:
    tally = judged([bent(replace(w, text=w.text.replace("87,93", "87.93"))) for w in TRUTH])
    assert tally.edits == 1
    assert (tally.numbers, tally.numbers_right) == (4, 3)
    assert (tally.words, tally.placed) == (12, 11)
    assert tally.calibration_error == pytest.approx(1 / 12)


def test_a_missing_word_and_an_invented_one_cost_their_letters() -> None:
    read = [bent(w) for w in TRUTH if w.text != "hex"]
    assert judged(read).edits == 3
    assert judged([*read, Word("smudge", 0, (400.0, 700.0, 440.0, 710.0), 0.3)]).edits == 9


def test_a_word_in_another_words_place_is_read_but_not_placed() -> None:
    swapped = {"12": "pcs", "pcs": "12"}
    tally = judged([bent(replace(w, text=swapped.get(w.text, w.text))) for w in TRUTH])
    assert tally.num == 1
    assert tally.placed == 10


def test_what_truly_stands_where_a_word_was_read() -> None:
    read = [bent(replace(w, text="81,93" if w.text == "87,93" else w.text)) for w in TRUTH]
    read.append(Word("stray", 0, (400.0, 700.0, 440.0, 710.0), 0.3))
    assert right_words(TRUTH, read) == [*(w.text for w in TRUTH), None]


def test_dashes_and_quotation_marks_of_another_look_are_no_errors() -> None:
    truth = [replace(w, text={"87,93": "7:00–15:30", "12": '1/2"'}.get(w.text, w.text)) for w in TRUTH]
    read = [bent(replace(w, text={"7:00–15:30": "7:00-15:30", '1/2"': "1/2”"}.get(w.text, w.text))) for w in truth]
    tally = Tally()
    judge(tally, truth, read, 0.0)
    assert (tally.edits, tally.numbers_right, tally.placed) == (0, 4, 12)
    assert right_words(truth, read)[6:9] == ['1/2"', "pcs", "7:00-15:30"]


def test_numbers_and_confidences_are_told_apart_by_the_size_of_the_type() -> None:
    sizes = dict(zip(("4711", "12", "87,93", "1.055,16"), (6.9, 7.0, 8.0, 24.0), strict=True))
    truth = [replace(w, size=sizes.get(w.text, 9.0)) for w in TRUTH]
    tally = Tally()
    judge(tally, truth, [bent(replace(w, text=w.text.replace("87,93", "81,93"))) for w in TRUTH], 0.0)
    assert [(s.numbers, s.numbers_right) for s in tally.sizes.values()] == [(1, 1), (1, 1), (1, 0), (1, 1)]
    assert [len(s.judged) for s in tally.sizes.values()] == [1, 1, 9, 1]
    assert [s.judged.count((1.0, False)) for s in tally.sizes.values()] == [0, 0, 1, 0]


def test_calibration_compares_stated_and_true_shares() -> None:
    assert calibration_error([]) == 0
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == 0
    assert calibration_error([(0.95, False)] * 10) == pytest.approx(0.95)
