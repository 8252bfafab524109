"""Which way up a picture must be held, by trying: the turn in which its densest part reads best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from extraction.ocr.engine import PictureText
from extraction.ocr.paper import Pixels
from extraction.ocr.picture import grey_of
from models.domain.pages import PageImage, Word

Reader = Callable[[PageImage], PictureText]
_SAMPLE_INCHES = 3.0          # side of the part that is tried
_FEW = 40                     # letters: fewer on a page with ink may be all that can be made out on a page that lies on its side
_PAGE_INCHES = 5.0            # smaller pictures are logos and cuttings, which may well say little
_LEAST_INK = 0.002            # share of dark pixels on a page that is not blank
_CLEARLY, _AT_LEAST = 1.3, 5.0    # so many times as much, and so many letters more, must be legible before a page is turned
_SAID = 0.5                   # certainty below which a word says nothing


def any_way_up(image: PageImage, read: Reader, doubt: float) -> PictureText:
    """The picture as `read` reads it, turned first where it lies on its side or head; `turn` says by how much.

    Upright pages cost nothing more: others are tried only when letters are less certain than `doubt` on average, or few.
    With a doubt of 0 nothing is tried.
    """
    text = read(image)
    grey = grey_of(image)
    if not doubt or not is_doubtful(text.words, grey, image.dpi, doubt):
        return text
    turn = best_turn(image, read)
    return replace(read(with_pixels(image, turned(grey, turn))), turn=turn) if turn else text


def is_doubtful(words: Sequence[Word], grey: Pixels, dpi: float, doubt: float) -> bool:
    """True when so little of a page could be read for certain that it may lie on its side or head."""
    letters = sum(len(word.text) for word in words)
    if letters < _FEW and min(grey.shape) >= _PAGE_INCHES * dpi:
        return bool(np.count_nonzero(grey[::4, ::4] < 128) > _LEAST_INK * grey[::4, ::4].size)
    return sum(len(word.text) * (word.confidence or 0.0) for word in words) < doubt * letters


def best_turn(image: PageImage, read: Reader) -> int:
    """Degrees clockwise (0, 90, 180, 270) to turn the picture by; 0 unless another way reads clearly better."""
    sample = _densest(grey_of(image), round(_SAMPLE_INCHES * image.dpi))
    said = {turn: _legible(read(with_pixels(image, turned(sample, turn))).words) for turn in (0, 90, 180, 270)}
    best = max(said, key=lambda turn: said[turn])
    return best if said[best] > _CLEARLY * said[0] + _AT_LEAST else 0


def turned(grey: Pixels, turn: int) -> Pixels:
    """The picture turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(grey, -turn // 90))


def with_pixels(image: PageImage, grey: Pixels) -> PageImage:
    """The same picture with other pixels, at the same resolution."""
    return replace(image, width=grey.shape[1], height=grey.shape[0], pixels=grey.tobytes())


def _legible(words: Sequence[Word]) -> float:
    return sum(len(word.text) * max(0.0, (word.confidence or 0.0) - _SAID) for word in words)


def _densest(grey: Pixels, side: int) -> Pixels:
    """The part, `side` pixels square, with the most edges in it; the whole picture where it is smaller."""
    height, width = grey.shape
    wide, high = min(side, width), min(side, height)
    small = cv2.resize(grey, (max(1, width // 16), max(1, height // 16)), interpolation=cv2.INTER_AREA)
    edges = np.abs(np.diff(small.astype(np.int16), axis=1)).clip(0, 64).astype(np.float32)
    window = (max(1, min(edges.shape[1], wide // 16)), max(1, min(edges.shape[0], high // 16)))
    sums = cv2.boxFilter(edges, -1, window, anchor=(0, 0), normalize=False, borderType=cv2.BORDER_CONSTANT)
    top, left = np.unravel_index(int(np.argmax(sums)), sums.shape)
    y, x = min(int(top) * 16, height - high), min(int(left) * 16, width - wide)
    return np.ascontiguousarray(grey[y : y + high, x : x + wide])
