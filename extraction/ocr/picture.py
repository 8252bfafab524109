"""Preparing a picture for Tesseract: size, specks, ruling lines found and taken out. Pure: pixels in, pixels out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

from extraction.ocr.paper import Pixels, ink_of, is_two_tone, page_ink, without_dark_bars
from models.domain.evidence import Box
from models.domain.pages import PageImage

_BEST_DPI = 300.0
_LOW_DPI, _HIGH_DPI = 190.0, 400.0        # between these the picture keeps its size: upscaling a fax reads worse
_FEW_DPI = 220.0                          # mounted runs of fewer are enlarged
_LINE_INCHES = 0.35                       # shorter strokes are letters
_THICK_INCHES = 0.04                      # thicker bars are filled areas, not lines
_GAP_INCHES, _DASHED_INCHES, _THIN_INCHES = 0.05, 1.0, 0.025    # of rows of dashes: white between, least length, most height
_FREE = 0.15                              # of such a row's length that may have ink right above and below it
_SPECK_PIXELS = 3                         # of a one-bit picture; a full stop has more at 200 dpi
_COARSE = 0.6                             # strokes one dot high by strokes one dot wide: up to 0.5 on standard faxes, at
                                          # least 0.7 on fine ones
_SHARP_DPI, _SLIGHTLY = 250.0, 0.6        # a standard fax and a grey scan read worse softened


def grey_of(image: PageImage) -> Pixels:
    """The image's pixels as rows and columns."""
    return np.frombuffer(image.pixels, dtype=np.uint8).reshape(image.height, image.width)


def well_sized(grey: Pixels, dpi: float) -> tuple[Pixels, float]:
    """The picture near 300 dots per inch when it is far from it, and its new resolution."""
    if _LOW_DPI <= dpi <= _HIGH_DPI:
        return grey, dpi
    scale = min(3.0, _BEST_DPI / dpi)
    way = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return _pixels(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way)), dpi * scale


def enlarged(grey: Pixels, dpi: float) -> tuple[Pixels, float]:
    """Mounted runs of words of a grey scan at 300 dots per inch where they have clearly fewer, and their new resolution.

    Numbers right on training pages, s200: 1,091 → 1,101 of 1,150, and confidences that err by .017 for .037. A page enlarged as a
    whole, runs of photos at 230 dpi and those of standard faxes read no better or worse.
    """
    if dpi >= _FEW_DPI:
        return grey, dpi
    scale = _BEST_DPI / dpi
    return _pixels(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)), _BEST_DPI


def cared_for(grey: Pixels, dpi: float) -> tuple[Pixels, float, tuple[Box, ...]]:
    """The picture as Tesseract reads it best, its resolution, and the ruling lines taken out of it, in PDF points."""
    grey, dpi = well_sized(grey, dpi)
    if is_two_tone(grey):
        grey = without_specks(grey)
        if dpi < _SHARP_DPI and not is_coarse(grey):       # numbers right on fine faxes for training: .883 → .911
            grey = softened(grey, _SLIGHTLY * dpi)
    clean, boxes = lines_of(without_dark_bars(grey, dpi), dpi)
    points = 72 / dpi
    return clean, dpi, tuple((a * points, b * points, c * points, d * points) for a, b, c, d in boxes)


def is_coarse(grey: Pixels) -> bool:
    """True for a standard fax made square: half its rows are made up, so hardly a stroke is one dot high."""
    if not is_two_tone(grey):
        return False
    ink = np.pad(grey < 128, 1)
    inner, above, below, left, right = ink[1:-1, 1:-1], ink[:-2, 1:-1], ink[2:, 1:-1], ink[1:-1, :-2], ink[1:-1, 2:]
    high = float(np.count_nonzero(inner & ~above & ~below)) / max(1, int(np.count_nonzero(inner & ~above)))
    wide = float(np.count_nonzero(inner & ~left & ~right)) / max(1, int(np.count_nonzero(inner & ~left)))
    return high < _COARSE * wide


def softened(grey: Pixels, dpi: float) -> Pixels:
    """The edges of a fax's letters smoothed, as a network reads them best."""
    return _pixels(cv2.GaussianBlur(grey, (0, 0), dpi / 200))


def without_specks(grey: Pixels) -> Pixels:
    """A one-bit picture without dots of up to 3 pixels."""
    ink = ink_of(grey)
    clean = grey.copy()
    for x, y, w, h in _outlines(ink):
        if max(w, h) <= _SPECK_PIXELS and np.count_nonzero(ink[y : y + h, x : x + w]) <= _SPECK_PIXELS:
            clean[y : y + h, x : x + w] = 255
    return clean


def lines_of(grey: Pixels, dpi: float) -> tuple[Pixels, list[Box]]:
    """The picture with its ruling lines and rows of dashes or dots painted white, and all these as thin boxes in pixels."""
    ink = page_ink(grey, dpi)
    length, thick = max(20, round(_LINE_INCHES * dpi)), max(3, round(_THICK_INCHES * dpi))
    painted = np.zeros_like(ink)
    boxes: list[Box] = []
    for kernel, grow in (((length, 1), (1, 3)), ((1, length), (3, 1))):
        strokes = _pixels(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8)))
        lines = np.zeros_like(ink)
        for x, y, w, h in _outlines(strokes):
            if min(w, h) <= thick:
                lines[y : y + h, x : x + w] = strokes[y : y + h, x : x + w]
                boxes.append((float(x), float(y), float(x + w), float(y + h)))
        painted |= _pixels(cv2.dilate(lines, np.ones(grow[::-1], np.uint8)))
    for x, y, w, h in _dashes(np.asarray(ink & ~painted, np.uint8), dpi):
        painted[max(0, y - 1) : y + h + 1, max(0, x - 3) : x + w + 3] = 255
        boxes.append((float(x), float(y), float(x + w), float(y + h)))
    return _pixels(cv2.bitwise_or(grey, painted)), sorted(boxes, key=lambda b: (b[1], b[0]))


def _dashes(ink: Pixels, dpi: float) -> Iterator[tuple[int, int, int, int]]:
    """Rows of dashes or dots, with nothing between them but white no wider than a gap, as (left, top, width, height)."""
    small = halved(ink)
    gap, length, thick = (max(2, round(inches * dpi / 2)) for inches in (_GAP_INCHES, _DASHED_INCHES, _THIN_INCHES))
    joined = _pixels(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8)))
    rows = _pixels(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, length // 2), np.uint8)))
    for x, y, w, h in _outlines(rows):
        above, below = joined[max(0, y - 1), x : x + w], joined[min(y + h, len(joined) - 1), x : x + w]
        if w >= length and h <= thick and np.count_nonzero(above) + np.count_nonzero(below) < _FREE * w:
            yield 2 * x, 2 * y, 2 * w, 2 * h


def _outlines(ink: Pixels) -> list[tuple[int, int, int, int]]:
    """(left, top, width, height) of each piece of ink that stands in no other; labels for all dots would take longer."""
    outlines = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
    return [(x, y, w, h) for x, y, w, h in map(cv2.boundingRect, outlines)]


def halved(ink: Pixels) -> Pixels:
    """Ink at half the resolution: a dot is black where any of four was."""
    height, width = ink.shape
    return _pixels((cv2.resize(ink, (-(-width // 2), -(-height // 2)), interpolation=cv2.INTER_AREA) > 0) * np.uint8(255))


def _pixels(picture: Any) -> Pixels:
    return np.asarray(picture, dtype=np.uint8)
