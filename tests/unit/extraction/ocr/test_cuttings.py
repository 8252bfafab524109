"""Words mounted on a sheet come back to the places they were cut from."""

from __future__ import annotations

import cv2
import numpy as np

from extraction.ocr.cuttings import cut_out, sheets
from extraction.ocr.overlooked import overlooked
from extraction.ocr.picture import lines_of
from extraction.ocr.rapid_runs import Run
from models.domain.pages import Word

DPI = 144.0


def page() -> np.ndarray:
    """Grey paper with a black block where each word stands."""
    grey = np.full((600, 800), 200, np.uint8)
    for w in WORDS:
        left, top, right, bottom = (round(v * 2) for v in w.box)
        grey[top:bottom, left:right] = 20
    return grey


WORDS = [
    Word(text, 3, (10.0 + 80 * n, 20.0 + 40 * n, 50.0 + 80 * n, 32.0 + 40 * n), 0.9)
    for n, text in enumerate(("12", "1.250,00", "x"))]


def test_what_is_read_on_the_sheet_lies_on_the_page_where_the_word_does() -> None:
    (sheet,) = sheets(page(), DPI, [w.box for w in WORDS])
    points = 72 / DPI
    seen = [
        Word(w.text, 0, (left * points, top * points, right * points, bottom * points), 0.8)
        for w, ((left, top, right, bottom), _, _) in zip(WORDS, sheet.cuttings, strict=True)]
    back = sheet.back([*seen, Word("between", 0, (0.0, 0.0, 2.0, 2.0), 0.8)], 3)
    assert [w.text for w in back] == [w.text for w in WORDS]
    assert all(w.page == 3 for w in back)
    for found, meant in zip(back, WORDS, strict=True):
        assert max(abs(a - b) for a, b in zip(found.box, meant.box, strict=True)) <= 2


def test_paper_of_any_grey_becomes_white_between_the_words() -> None:
    (sheet,) = sheets(page(), DPI, [w.box for w in WORDS])
    pixels = np.frombuffer(sheet.image.pixels, np.uint8).reshape(sheet.image.height, sheet.image.width)
    assert set(np.unique(pixels)) <= set(range(40)) | {255}


def test_many_words_fill_several_sheets_and_none_is_left_out() -> None:
    many = WORDS * 200
    mounted = list(sheets(page(), DPI, [w.box for w in many]))
    assert len(mounted) > 1
    assert sum(len(sheet.cuttings) for sheet in mounted) == len(many)
    assert all(sheet.image.height <= 12_100 for sheet in mounted)


def test_a_word_at_the_edge_of_the_page_or_beyond_is_still_cut_out() -> None:
    for box in ((0.0, 0.0, 5.0, 5.0), (398.0, 298.0, 420.0, 320.0), (500.0, 400.0, 510.0, 410.0)):
        assert cut_out(page(), DPI, box)[0].size > 0


def test_a_lone_digit_is_found_and_ruling_lines_and_specks_are_not() -> None:
    grey = np.full((600, 800), 255, np.uint8)
    cv2.putText(grey, "4", (400, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 3)
    cv2.rectangle(grey, (50, 350), (750, 352), (0,), -1)
    cv2.circle(grey, (600, 100), 1, (0,), -1)
    cv2.putText(grey, "12.50", (100, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 3)
    known = Run(147, 298, 110, 36, 0.0, grey[280:316, 92:202])
    found = overlooked(grey, lines_of(grey, DPI)[0], DPI, [known])
    assert len(found) == 1
    assert abs(found[0].x - 410) < 10
    assert abs(found[0].y - 298) < 10
    assert overlooked(grey, lines_of(grey, DPI)[0], DPI, []) == []
