"""Preparing a picture for Tesseract: size, specks, ruling lines found and taken out. Pure: pixels in, pixels out."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.evidence import Box
from models.domain.pages import PageImage

Pixels = NDArray[np.uint8]
_BEST_DPI = 300.0
_LOW_DPI, _HIGH_DPI = 190.0, 400.0        # between these the picture keeps its size: upscaling a fax reads worse
_LINE_INCHES = 0.35                       # shorter strokes are letters
_THICK_INCHES = 0.04                      # thicker bars are filled areas, not lines
_SPECK_PIXELS = 3                         # of a one-bit picture; a full stop has more at 200 dpi
_COARSE = 0.6                             # strokes one dot high by strokes one dot wide: up to 0.5 on standard faxes, at
                                          # least 0.7 on fine ones
_SHARP_DPI, _SLIGHTLY = 250.0, 0.6        # a standard fax and a grey scan read worse softened
_TWO_TONE = 0.8                           # of all that is not white, grey at most: up to 0.64 on faxes made square and straight,
                                          # at least 0.86 on grey scans


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


def cared_for(grey: Pixels, dpi: float) -> tuple[Pixels, float, tuple[Box, ...]]:
    """The picture as Tesseract reads it best, its resolution, and the ruling lines taken out of it, in PDF points."""
    grey, dpi = well_sized(grey, dpi)
    if is_two_tone(grey):
        grey = without_specks(grey)
        if dpi < _SHARP_DPI and not is_coarse(grey):       # numbers right on fine faxes for training: .883 → .911
            grey = softened(grey, _SLIGHTLY * dpi)
    clean, boxes = lines_of(grey, dpi)
    points = 72 / dpi
    return clean, dpi, tuple((a * points, b * points, c * points, d * points) for a, b, c, d in boxes)


def is_two_tone(grey: Pixels) -> bool:
    """True for fax-like pictures: ink or paper, hardly anything between."""
    black, marked = np.count_nonzero(grey <= 40), np.count_nonzero(grey < 215)
    return bool(black and marked - black < _TWO_TONE * marked)


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
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] <= _SPECK_PIXELS
    return np.where(small[labels], 255, grey).astype(np.uint8)


def lines_of(grey: Pixels, dpi: float) -> tuple[Pixels, list[Box]]:
    """The picture with its ruling lines painted white, and the lines as thin boxes in pixels."""
    ink = ink_of(grey)
    length, thick = max(20, round(_LINE_INCHES * dpi)), max(3, round(_THICK_INCHES * dpi))
    clean = grey.copy()
    boxes: list[Box] = []
    for kernel, grow in (((length, 1), (1, 3)), ((1, length), (3, 1))):
        strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(kernel[::-1], np.uint8))
        _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        thin = np.minimum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= thick
        thin[0] = False                   # the background
        mask = cv2.dilate(thin[labels].astype(np.uint8), np.ones(grow[::-1], np.uint8))
        clean[mask > 0] = 255
        boxes += [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in stats[thin]]
    return clean, sorted(boxes, key=lambda b: (b[1], b[0]))


def ink_of(grey: Pixels) -> Pixels:
    """255 where there is ink, 0 on paper."""
    return _pixels(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1])


def _pixels(picture: Any) -> Pixels:
    return np.asarray(picture, dtype=np.uint8)
