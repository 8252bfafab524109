"""Ink the detector passed over: a lone digit in a wide column ("1") is too little text for it, and often a quantity. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extraction.ocr.paper import Pixels, page_ink
from extraction.ocr.rapid_runs import Run

SURE = 0.95                    # certainty of every letter; ruling lines and specks read as "1" or "I" stay below
_LOW, _HIGH = 0.28, 1.1        # of the usual run's height: what a letter's ink is high
_WIDE = 1.5
_INK = 0.02                    # of the height squared: less is dust
_NEIGHBOUR = 0.5               # of the height: letters this near are one run
_MOST = 60                     # a page with more is dirty, not overlooked


def overlooked(grey: Pixels, without_lines: Pixels, dpi: float, runs: Sequence[Run]) -> list[Run]:
    """Runs of letter-like ink that none of `runs` covers; none where there is so much of it that it must be dirt.

    `without_lines` is the same picture without its ruling lines.
    """
    if not runs:
        return []
    height = float(np.median([run.height for run in runs]))
    ink = page_ink(without_lines, dpi)
    for run in runs:
        across, down = run.length / 2 + 0.1 * height, run.height / 2
        ink[max(0, round(run.y - down)) : round(run.y + down), max(0, round(run.x - across)) : round(run.x + across)] = 0
    labels, stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[1:3]
    high, wide, area = stats[:, cv2.CC_STAT_HEIGHT], stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_AREA]
    letters = (high >= _LOW * height) & (high <= _HIGH * height) & (wide <= _WIDE * height) & (area >= _INK * height**2)
    letters[0] = False
    joined = cv2.dilate(letters[labels].astype(np.uint8), np.ones((1, max(3, round(_NEIGHBOUR * height))), np.uint8))
    places = cv2.connectedComponentsWithStats(joined, connectivity=8)[2][1:]
    return [_cut(grey, place[:4], height) for place in places] if len(places) <= _MOST else []


def _cut(grey: Pixels, place: Sequence[int], height: float) -> Run:
    x, y, w, h = (int(v) for v in place)
    middle, half = y + h / 2, max(1.35 * h, 0.8 * height) / 2
    left, right = max(0, round(x - 0.1 * height)), min(grey.shape[1], round(x + w + 0.1 * height))
    top, bottom = max(0, round(middle - half)), min(grey.shape[0], round(middle + half))
    pixels = np.ascontiguousarray(grey[top:bottom, left:right])
    return Run((left + right) / 2, (top + bottom) / 2, right - left, bottom - top, 0.0, pixels)
