"""Pictures on a page of text that hold text themselves, such as a pasted table: they are read by OCR, each by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import cv2
import numpy as np

from extraction.formats.lines import union
from extraction.formats.pdf_picture import drawn_page
from extraction.formats.pdf_text import Vector
from extraction.formats.scan import Pixels, pixels
from models.domain.evidence import Box

_LEAST_WIDTH, _LEAST_HEIGHT, _LEAST_AREA = 60.0, 20.0, 5_000.0     # points: smaller pictures are logos and icons
_TOUCHING = 3.0            # points; scanners and converters cut pictures into strips
_MOST_REGIONS = 12
_LOOK_SCALE = 2.0          # dots a point at which a picture is looked at
_LOOK_PIXELS = 8_000_000
_MOST_SHAPES = 20_000      # looked at for outlines of letters
_LETTER = (2.5, 24.0)      # points a letter may be high
_LEAST_LETTERS = 30
_ROW_LETTERS = 4           # so many letters side by side are a line of text
_LEAST_ROWS = 2
_EVEN = 0.6                # of the pieces: of about one height
_CURVES = 60               # so many small filled shapes close together may be letters drawn as outlines


def unread_regions(page: Any, pictures: Sequence[Box], vectors: Sequence[Vector]) -> list[Box]:
    """Boxes on the upright page whose pictures hold lines of text, biggest first."""
    candidates = [box for box in _merged([*pictures[:_MOST_SHAPES], *_outlined(vectors)]) if _is_sizeable(box)]
    if not candidates:
        return []
    by_size = sorted(candidates, key=lambda b: (b[0] - b[2]) * (b[3] - b[1]))
    return [box for box in by_size[:_MOST_REGIONS] if _looks_written(page, box)]


def _looks_written(page: Any, box: Box) -> bool:
    scale = min(_LOOK_SCALE, (_LOOK_PIXELS / ((box[2] - box[0]) * (box[3] - box[1]))) ** 0.5)
    bare = drawn_page(page, scale, with_text=False, box=box)
    return holds_text(pixels(cv2.cvtColor(bare, cv2.COLOR_RGB2GRAY)), scale)


def _is_sizeable(box: Box) -> bool:
    width, height = box[2] - box[0], box[3] - box[1]
    return width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT and width * height >= _LEAST_AREA


def _outlined(vectors: Sequence[Vector]) -> list[Box]:
    curves = [v.box for v in vectors if not v.stroked and not v.is_box and v.box[3] - v.box[1] <= _LETTER[1]]
    if not _CURVES <= len(curves) <= _MOST_SHAPES:
        return []
    return [box for box in _merged(curves, apart=2 * _LETTER[1]) if sum(_within(c, box) for c in curves) >= _CURVES]


def _within(inner: Box, outer: Box) -> bool:
    return outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _merged(boxes: Iterable[Box], apart: float = _TOUCHING) -> list[Box]:
    """Boxes that touch, or nearly, as one."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda b: b[1]):
        for n, other in enumerate(merged):
            if (box[0] <= other[2] + apart and other[0] <= box[2] + apart
                    and box[1] <= other[3] + apart and other[1] <= box[3] + apart):
                merged[n] = union(other, box)
                break
        else:
            merged.append(box)
    return merged


def holds_text(grey: Pixels, scale: float) -> bool:
    """True when the picture (`scale` dots a point) shows at least two lines of letter-sized pieces of about one height."""
    if min(grey.shape) < 8:
        return False
    ink = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    stats = cv2.connectedComponentsWithStats(pixels(ink), connectivity=8)[2][1:]
    low, high = (points * scale for points in _LETTER)
    heights = stats[:, cv2.CC_STAT_HEIGHT]
    letters = stats[(heights >= low) & (heights <= high) & (stats[:, cv2.CC_STAT_WIDTH] <= 2 * high)]
    if len(letters) < _LEAST_LETTERS:
        return False
    tall = letters[:, cv2.CC_STAT_HEIGHT]
    usual = float(np.median(tall))
    even = letters[(tall > 0.5 * usual) & (tall < 2 * usual)]
    rows = np.round((even[:, cv2.CC_STAT_TOP] + even[:, cv2.CC_STAT_HEIGHT]) / usual).astype(int)
    lines = np.count_nonzero(np.bincount(rows) >= _ROW_LETTERS)
    return bool(len(even) >= _EVEN * len(letters) and lines >= _LEAST_ROWS)
