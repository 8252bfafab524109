"""What is done to a picture before Tesseract sees it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extraction.ocr.paper import is_two_tone
from extraction.ocr.picture import is_coarse, lines_of, well_sized, without_specks


def _paper(height: int = 900, width: int = 1200) -> np.ndarray:
    return np.full((height, width), 255, np.uint8)


def test_ruling_lines_are_found_and_painted_out_letters_stay() -> None:
    page = _paper()
    page[300:303, 100:1100] = 0
    page[200:700, 600:602] = 0
    page[400:430, 200:215] = 0                             # a letter's stem
    clean, boxes = lines_of(page, 300)
    assert [tuple(round(v) for v in b) for b in boxes] == [(600, 200, 602, 700), (100, 300, 1100, 303)]
    assert clean[301, 150:1050].min() == 255
    assert (clean[400:430, 200:215] == 0).all()
    assert (page[301, 150] == 0) and (clean.shape == page.shape)


@pytest.mark.parametrize(("dash", "gap"), [(12, 6), (4, 8), (25, 13)])
def test_a_row_of_dashes_is_a_line_though_text_stands_close_under_it(dash: int, gap: int) -> None:
    page = _paper()
    for x in range(100, 1000, dash + gap):
        page[300:304, x : x + dash] = 0
    cv2.putText(page, "20,25 - 45,00", (300, 328), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0,), 2)
    clean, boxes = lines_of(page, 300)
    [(left, top, right, bottom)] = boxes
    assert (left, right) == pytest.approx((100, 1000), abs=dash + gap + 2)
    assert (top, bottom) == pytest.approx((300, 304), abs=2)
    assert clean[298:305].min() == 255
    assert (clean[307:] == page[307:]).all()


def test_words_in_a_row_are_no_row_of_dashes() -> None:
    page = _paper()
    cv2.putText(page, "mm - nn - uu - mm - 12", (100, 300), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0,), 2)
    clean, boxes = lines_of(page, 300)
    assert boxes == []
    assert (clean == page).all()


def test_filled_areas_are_no_lines() -> None:
    page = _paper()
    page[100:200, 100:1100] = 60
    assert lines_of(page, 300)[1] == []


def test_specks_go_and_full_stops_stay() -> None:
    page = _paper()
    page[50, 50] = page[50, 51] = 0
    page[100:103, 100:103] = 0
    clean = without_specks(page)
    assert clean[45:56, 45:56].min() > 250
    assert clean[101, 101] < 128


def test_a_fax_is_told_from_a_grey_scan() -> None:
    fax, scan = _paper(), _paper()
    fax[100:130, 100:900] = 0
    scan[:] = np.linspace(120, 255, scan.size, dtype=np.uint8).reshape(scan.shape)
    assert is_two_tone(fax)
    assert not is_two_tone(scan)
    assert not is_two_tone(_paper())


@pytest.mark.parametrize(("dpi", "after"), [(100, 300), (135, 300), (204, 204), (300, 300), (600, 300), (50, 150)])
def test_pictures_are_brought_near_the_resolution_tesseract_likes(dpi: float, after: float) -> None:
    sized, new = well_sized(_paper(90, 120), dpi)
    assert new == pytest.approx(after)
    assert sized.shape == pytest.approx((90 * after / dpi, 120 * after / dpi), abs=1)


@pytest.mark.parametrize(("down", "is_coarse_now"), [(98, True), (196, False)])
def test_a_standard_fax_is_told_from_a_fine_one_by_its_strokes(down: int, is_coarse_now: bool) -> None:
    fax = np.full((1100 * down // 98, 1700), 255, np.uint8)
    draw = np.random.default_rng(5)
    for y, x in zip(draw.integers(20, len(fax) - 20, 900), draw.integers(20, 1650, 900), strict=True):
        cv2.putText(fax, "4e", (int(x), int(y)), cv2.FONT_HERSHEY_PLAIN, 0.9, (0,), 1)
    square = cv2.resize(fax, (1700, round(len(fax) * 204 / down)), interpolation=cv2.INTER_CUBIC)
    assert is_coarse(np.asarray(square, np.uint8)) == is_coarse_now


def test_a_grey_scan_is_no_fax_however_much_of_it_is_white() -> None:
    page = _paper()
    page[300:310, 100:1100] = 120
    page[305, 100:200] = 20
    assert not is_two_tone(page)
    assert not is_coarse(page)
