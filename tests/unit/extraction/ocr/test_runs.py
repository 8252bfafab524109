"""Runs of words: found by the white around them, read one by one, their words back in their places."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from extraction.ocr.paper import Pixels, ink_of, without_dark_bars
from extraction.ocr.picture import lines_of
from extraction.ocr.runs import read_runs, runs_of
from models.domain.evidence import Box
from models.domain.pages import PageImage, Word

DPI = 200.0


def drawn(*texts: tuple[int, int, str]) -> Pixels:
    """White paper with texts at their left and base line in dots; letters are about 20 dots high."""
    paper = np.full((600, 1400), 255, np.uint8)
    for left, base, text in texts:
        cv2.putText(paper, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2, cv2.LINE_AA)
    return paper


def dots(box: Box) -> tuple[float, ...]:
    return tuple(v * DPI / 72 for v in box)


def test_words_of_one_run_stay_together_and_columns_part() -> None:
    boxes = [dots(b) for b in runs_of(drawn((100, 100, "Hinge brass 80"), (900, 100, "12.50"), (100, 200, "KX-4471")), DPI)]
    assert len(boxes) == 3
    hinge, price, code = sorted(boxes, key=lambda b: (b[1] > 150, b[0]))
    assert hinge[0] < 110 and 300 < hinge[2] < 420
    assert price[0] > 880 and code[1] > 150


def test_a_blank_page_has_no_runs_and_specks_make_none() -> None:
    paper = drawn()
    assert runs_of(paper, DPI) == []
    paper[50:52, 700] = 0
    assert runs_of(paper, DPI) == []


def test_the_words_of_every_run_come_back_to_their_places() -> None:
    grey = drawn((100, 100, "AAAA"), (900, 110, "BBBB"), (500, 300, "CCCC"))
    image = PageImage(3, grey.shape[1], grey.shape[0], DPI, grey.tobytes())

    def ink_as_words(pixels: Pixels, dpi: float, page: int) -> Iterator[Word]:
        wide = cv2.dilate(ink_of(pixels), np.ones((1, 41), np.uint8))
        for x, y, w, h, _ in cv2.connectedComponentsWithStats(wide)[2][1:].tolist():
            yield Word("ink", page, tuple(v * 72 / dpi for v in (x + 20, y, x + w - 20, y + h)))

    words = read_runs(image, ink_as_words, "test", mounted=False).words
    assert [w.page for w in words] == [3, 3, 3]
    for word in words:
        left, top, right, bottom = (round(v) for v in dots(word.box))
        assert (grey[top:bottom, left:right] < 128).any()
    found = np.zeros_like(grey, bool)
    for word in words:
        left, top, right, bottom = (round(v) for v in dots(word.box))
        found[top - 2 : bottom + 2, left - 2 : right + 2] = True
    assert not ((grey < 128) & ~found).any()


@pytest.mark.parametrize(("dpi", "greys", "read_at"), [
    (200.0, True, 300.0), (230.0, True, 230.0), (300.0, True, 300.0), (204.0, False, 204.0)])
def test_runs_of_a_coarse_grey_scan_are_read_enlarged_and_their_words_come_back_to_their_places(
    dpi: float, greys: bool, read_at: float,
) -> None:
    grey = drawn((500, 300, "CCCC"))
    if greys:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), 2), np.uint8)
    seen: list[float] = []

    def ink_as_words(pixels: Pixels, dpi: float, page: int) -> Iterator[Word]:
        seen.append(dpi)
        x, y, w, h = (v * 72 / dpi for v in cv2.boundingRect(ink_of(pixels)))
        yield Word("ink", page, (x, y, x + w, y + h))

    image = PageImage(0, grey.shape[1], grey.shape[0], dpi, grey.tobytes())
    (word,) = read_runs(image, ink_as_words, "test", mounted=False).words
    assert seen == [read_at]
    x, y, w, h = cv2.boundingRect(ink_of(grey))
    assert tuple(v * dpi / 72 for v in word.box) == pytest.approx((x, y, x + w, y + h), abs=3)


def test_a_frame_around_words_is_not_read_as_a_run_of_its_own() -> None:
    grey = drawn((200, 150, "AAAA"), (200, 250, "BBBB"), (200, 350, "CCCC"))
    cv2.ellipse(grey, (400, 250), (380, 240), 0, 0, 360, 0, 4)
    assert len(runs_of(grey, DPI)) == 3


def test_a_shadow_that_grows_towards_an_edge_hides_no_run_and_makes_none() -> None:
    grey = drawn((100, 100, "AAAA"), (1150, 100, "BBBB"), (1150, 200, "7"))
    light = 1 - 0.35 * np.linspace(0, 1, grey.shape[1]) ** 4
    grain = np.random.default_rng(3).normal(0, 8, grey.shape)
    shaded = np.clip(grey * light * 0.96 + grain, 0, 255).astype(np.uint8)
    assert len(runs_of(shaded, DPI)) == 3
    shaded[300:303, 100:1300] = 30
    clean, lines = lines_of(shaded, DPI)
    assert [tuple(round(v, -1) for v in box) for box in lines] == [(100, 300, 1300, 300)]
    assert (clean[:290] == shaded[:290]).all()


def test_words_in_white_on_a_dark_bar_stay_one_run_of_ink() -> None:
    grey = drawn((100, 100, "AAAA"))
    grey[200:260, 100:1300] = 60
    cv2.putText(grey, "TOTAL", (120, 245), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2, cv2.LINE_AA)
    assert len(runs_of(grey, DPI)) == 2


def test_white_print_on_a_dark_bar_is_given_to_the_engine_as_dark_print_and_the_bar_is_no_run() -> None:
    grey = drawn((100, 100, "AAAA"), (100, 400, "BBBB"))
    grey[200:260, 100:1300] = 90
    for left, text in ((120, "TITLE"), (900, "PRICE")):
        cv2.putText(grey, text, (left, 245), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2, cv2.LINE_AA)
    light = without_dark_bars(grey, DPI)
    boxes = [dots(b) for b in runs_of(light, DPI)]
    assert sorted((round(b[1] > 180) + round(b[1] > 300), round(b[0] > 500)) for b in boxes) == [(0, 0), (1, 0), (1, 1), (2, 0)]
    bar = light[204:256, 104:1296]
    assert np.median(bar) > 150 and bar.min() < 30
    for untouched in (slice(0, 190), slice(270, 600)):
        assert (light[untouched] == grey[untouched]).all()


def test_a_frame_and_a_bold_title_are_no_dark_bars() -> None:
    grey = drawn()
    cv2.rectangle(grey, (100, 100), (800, 180), 0, 4)
    cv2.putText(grey, "BOLD TITLE", (150, 400), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 0, 9)
    assert (without_dark_bars(grey, DPI) == grey).all()
