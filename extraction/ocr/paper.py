"""Ink and paper told apart on a page: under shadows, on coloured bands, and where the print is white on dark bars. Pure."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_REDUCED, _PAPER_INCHES = 4, 0.12         # paper is looked for in a picture so many times smaller, in squares wider than strokes
_DEEPEST = 0.45                           # of the page's bright paper: what is darker is printed, not shaded
_EVEN_PAPER = 230.0                       # the grey that paper is brought to: its noise must not be cut off
_BAR_INCHES, _HIGHEST_INCHES = (1.0, 0.1), 0.5        # least width and height of a bar with white print, and most height
_BAR_DARK = 0.62                          # of the paper's brightness
_BAR_FULL, _BAR_SQUARE = 0.6, 0.85        # of its box: that is dark, and that its outline surrounds
_TWO_TONE = 0.8                           # of all that is not white, grey at most: up to 0.64 on faxes made square and straight,
                                          # at least 0.86 on grey scans


def is_two_tone(grey: Pixels) -> bool:
    """True for fax-like pictures: ink or paper, hardly anything between."""
    black, marked = np.count_nonzero(grey <= 40), np.count_nonzero(grey < 215)
    return bool(black and marked - black < _TWO_TONE * marked)


def page_ink(grey: Pixels, dpi: float) -> Pixels:
    """255 where there is ink on a page, 0 on its paper, whatever shadow lies on it. Areas much darker than the paper are ink.

    One limit for a page that is mostly paper parts the shadow of a scanner's lid from the rest of it, not letters from paper.
    """
    return ink_of(grey if is_two_tone(grey) else _evened(grey, dpi))


def _evened(grey: Pixels, dpi: float) -> Pixels:
    """The picture without shadows on its paper: shows where ink is, not what letters look like."""
    paper = cv2.GaussianBlur(_closed(_reduced(grey), _PAPER_INCHES * dpi), (0, 0), _PAPER_INCHES * dpi / _REDUCED / 4)
    shadow = np.maximum(paper, max(1, round(_DEEPEST * float(np.percentile(paper, 90)))))
    full = cv2.resize(shadow, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return _pixels(cv2.divide(grey, full, scale=_EVEN_PAPER))


def without_dark_bars(grey: Pixels, dpi: float) -> Pixels:
    """The picture with dark bars turned light, so that white print on them, as on the head of a table, is dark print on paper.

    Tesseract read none of the titles of such a head.
    """
    small = _reduced(grey)
    dark = _pixels((small < _BAR_DARK * _closed(small, _HIGHEST_INCHES * dpi)) * np.uint8(255))
    least_wide, least_high = (inches * dpi / _REDUCED for inches in _BAR_INCHES)
    turned = grey
    for outline in cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]:
        x, y, w, h = cv2.boundingRect(outline)
        full = np.count_nonzero(dark[y : y + h, x : x + w]) > _BAR_FULL * w * h
        if w >= least_wide and h >= least_high and full and cv2.contourArea(outline) > _BAR_SQUARE * (w - 1) * (h - 1):
            turned = turned.copy() if turned is grey else turned
            left, top, right, bottom = (v * _REDUCED for v in (x, y, x + w, y + h))
            inside = 255 - turned[top + _REDUCED : bottom - _REDUCED, left + _REDUCED : right - _REDUCED]
            turned[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = np.percentile(inside, 60)
            turned[top + _REDUCED : bottom - _REDUCED, left + _REDUCED : right - _REDUCED] = inside
    return turned


def _reduced(grey: Pixels) -> Pixels:
    height, width = grey.shape
    return _pixels(cv2.resize(grey, (max(1, width // _REDUCED), max(1, height // _REDUCED)), interpolation=cv2.INTER_AREA))


def _closed(small: Pixels, side: float) -> Pixels:
    """Brightness of what lies around dark things narrower than `side`, in dots of the picture that was reduced."""
    reach = max(3, round(side / _REDUCED))
    return _pixels(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8)))


def ink_of(grey: Pixels) -> Pixels:
    """255 where there is ink, 0 on paper."""
    return _pixels(cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1])


def _pixels(picture: Any) -> Pixels:
    return np.asarray(picture, dtype=np.uint8)
