"""From a page's pixels to its runs of text, cut out and stood upright, with a detection network. Pure apart from the network.

The network marks the core of each run (Liao et al., "Real-time scene text detection with differentiable binarization", 2020);
the core's box is grown again by area × ratio / circumference, as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.ocr.paper import Pixels

Floats = NDArray[np.float32]
MOST_SIDE = 1280              # pixels of the picture's longer side as the detector sees it; 2000 costs 1.5 × and reads no better
_STEP = 32                    # the detector's sides are multiples of this
_INK, _SURE = 0.3, 0.5        # a pixel is text from 0.3; a run is one when its pixels' mean is 0.5
_GROW = 1.6
_LEAST_SIDE = 3.0             # detector pixels; less is a speck
_MOST_RUNS = 3_000
_LEVEL = 0.3                  # degrees: a run this level is cut out straight, not resampled


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text on the page: middle, length along the text and height across it in pixels, slope in degrees (down positive).

    `pixels` is the cut-out, level, text from left to right.
    """

    x: float
    y: float
    length: float
    height: float
    slope: float
    pixels: Pixels


def find_runs(grey: Pixels, detect: Callable[[Floats], Floats]) -> list[Run]:
    """All runs of text on the page, top to bottom."""
    height, width = grey.shape
    scale = min(1.0, MOST_SIDE / max(height, width))
    seen_w, seen_h = (max(_STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
    small = cv2.resize(grey, (seen_w, seen_h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    seen = as_input(np.asarray(small, np.uint8))
    certainty = detect(np.ascontiguousarray(np.broadcast_to(seen, (1, 3, seen_h, seen_w))))
    boxes = [_stretched(box, width / seen_w, height / seen_h) for box in _boxes(certainty)]
    runs = [_cut(grey, *box) for box in boxes]
    return sorted(runs, key=lambda run: (run.y, run.x))


def as_input(grey: Pixels) -> Floats:
    """Grey values from -1 to 1, as the networks were trained with."""
    return (grey.astype(np.float32) / 127.5 - 1.0).astype(np.float32)


_Rectangle = tuple[tuple[float, float], tuple[float, float], float]


def _boxes(certainty: Floats) -> list[_Rectangle]:
    """Rectangles (middle, length × height, slope) in the detector's pixels."""
    mask = cv2.dilate((certainty > _INK).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    found = []
    for contour in contours[:_MOST_RUNS]:
        middle, (length, height), slope = cv2.minAreaRect(contour)
        if min(length, height) >= _LEAST_SIDE and _mean_inside(certainty, contour) >= _SURE:
            grow = 2 * length * height * _GROW / (2 * (length + height))
            found.append(_lying((middle, (length + grow, height + grow), slope)))
    return found


def _mean_inside(certainty: Floats, contour: Any) -> float:
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), np.uint8)
    cv2.fillPoly(inside, [contour - (left, top)], (1,))
    return float(cv2.mean(certainty[top : top + height, left : left + width], inside)[0])


def _lying(box: Any) -> _Rectangle:
    """The same rectangle with its slope between -45 and 45 degrees."""
    (x, y), (length, height), slope = box
    while slope > 45:
        length, height, slope = height, length, slope - 90
    while slope <= -45:
        length, height, slope = height, length, slope + 90
    return (x, y), (length, height), slope


def _stretched(box: _Rectangle, across: float, down: float) -> _Rectangle:
    (x, y), (length, height), slope = box
    return (x * across, y * down), (length * across, height * down), slope


def _cut(grey: Pixels, middle: tuple[float, float], size: tuple[float, float], slope: float) -> Run:
    (x, y), (length, height) = middle, size
    if abs(slope) < _LEVEL:
        left, top = max(0, round(x - length / 2)), max(0, round(y - height / 2))
        right, bottom = min(grey.shape[1], round(x + length / 2)), min(grey.shape[0], round(y + height / 2))
        if right > left and bottom > top:
            pixels = np.ascontiguousarray(grey[top:bottom, left:right])
            return Run((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, 0.0, pixels)
    wide, high = max(1, round(length)), max(1, round(height))
    turn = np.asarray(cv2.getRotationMatrix2D((x, y), slope, 1.0))
    turn[:, 2] += np.array([wide / 2 - x, high / 2 - y])
    cut = cv2.warpAffine(grey, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return Run(x, y, wide, high, slope, np.asarray(cut, np.uint8))
