"""A page on its side or head is turned when it reads better so; upright pages are read once."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.ocr.engine import PictureText
from extraction.ocr.turning import any_way_up, turned
from models.domain.pages import PageImage, Word


def _page() -> np.ndarray:
    """Grows darker towards its foot."""
    return np.repeat(np.linspace(250, 60, 1200).astype(np.uint8)[:, None], 1000, axis=1)


class _Reader:
    """Reads well where the picture is darker at its foot than at its head."""

    def __init__(self, well: float = 0.95, badly: float = 0.4) -> None:
        self.well, self.badly, self.calls = well, badly, 0

    def __call__(self, image: PageImage) -> PictureText:
        self.calls += 1
        grey = np.frombuffer(image.pixels, np.uint8).reshape(image.height, image.width)
        is_upright = float(grey[0].mean()) > float(grey[-1].mean()) + 20
        confidence = self.well if is_upright else self.badly
        return PictureText(tuple(Word("letters", image.page, (0, 0, 10, 10), confidence) for _ in range(20)), read_by="fake")


def _image(grey: np.ndarray) -> PageImage:
    return PageImage(3, grey.shape[1], grey.shape[0], 200.0, np.ascontiguousarray(grey).tobytes())


def test_an_upright_page_is_read_once() -> None:
    reader = _Reader()
    text = any_way_up(_image(_page()), reader, 0.7)
    assert (text.turn, reader.calls) == (0, 1)


@pytest.mark.parametrize("lies", [90, 180, 270])
def test_a_page_is_turned_back(lies: int) -> None:
    text = any_way_up(_image(turned(_page(), lies)), _Reader(), 0.7)
    assert text.turn == 360 - lies
    assert {(w.confidence, w.page) for w in text.words} == {(0.95, 3)}


def test_a_page_that_reads_badly_every_way_up_stays() -> None:
    text = any_way_up(_image(_page()), _Reader(well=0.5, badly=0.45), 0.7)
    assert text.turn == 0


def test_pictures_known_to_be_upright_are_never_tried() -> None:
    reader = _Reader(well=0.3, badly=0.3)
    assert any_way_up(_image(_page()), reader, 0.0).turn == 0
    assert reader.calls == 1


def test_a_blank_page_is_not_tried() -> None:
    calls = []

    def nothing(image: PageImage) -> PictureText:
        calls.append(image)
        return PictureText()

    any_way_up(_image(np.full((1200, 1000), 255, np.uint8)), nothing, 0.7)
    assert len(calls) == 1


def test_turning_is_clockwise() -> None:
    assert turned(np.array([[1, 2], [3, 4]], np.uint8), 90).tolist() == [[3, 1], [4, 2]]
