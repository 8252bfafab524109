"""Ruling lines of a PDF page, from its lines, thin boxes and outlines of boxes; pieces of one line are merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from extraction.formats.pdf_text import TextLayer, Vector, turned_boxes
from models.domain.evidence import Box

_THIN = 3.0            # points; a box no thicker than this is a line
_SHORT = 6.0           # points; shorter strokes are drawings, not rulings
_EDGE = 1.0            # points; thickness taken for a box's outline
_GAP = 3.0             # points; pieces of a dotted line this near are one
MOST_RULES = 5_000


def rules_of(page: Any, layer: TextLayer) -> list[Box]:
    """Horizontal and vertical rulings as thin boxes in points of the upright page, at most MOST_RULES, clipped to it."""
    pieces: list[Box] = []
    for vector in layer.vectors:
        if vector.is_box:
            pieces += _pieces(vector)
        if len(pieces) > 4 * MOST_RULES:
            break
    if page.rotation:
        pieces = [tuple(box) for box in turned_boxes(page, np.array(pieces).reshape(-1, 4)).tolist()]
    return merge_rules(_clip(pieces, *layer.size))[:MOST_RULES]


def _pieces(vector: Vector) -> Iterator[Box]:
    left, top, right, bottom = vector.box
    if right - left <= _THIN or bottom - top <= _THIN:
        # MuPDF lets a stroke reach beyond its ends by half its width.
        over = min(right - left, bottom - top) / 2 if vector.stroked else 0.0
        if right - left >= bottom - top:
            left, right = left + over, right - over
        else:
            top, bottom = top + over, bottom - over
        if right - left >= _SHORT or bottom - top >= _SHORT:
            yield left, top, right, bottom
    elif vector.stroked:
        if right - left >= _SHORT:
            yield from ((left, top, right, top + _EDGE), (left, bottom - _EDGE, right, bottom))
        if bottom - top >= _SHORT:
            yield from ((left, top, left + _EDGE, bottom), (right - _EDGE, top, right, bottom))


def _clip(boxes: Iterable[Box], width: float, height: float) -> list[Box]:
    clipped = [(max(b[0], 0.0), max(b[1], 0.0), min(b[2], width), min(b[3], height)) for b in boxes]
    return [b for b in clipped if b[2] >= b[0] and b[3] >= b[1]]


def merge_rules(pieces: Iterable[Box]) -> list[Box]:
    """Join pieces that lie on one line and touch or nearly touch; sorted from top to bottom, left to right."""
    level: list[Box] = []
    upright: list[Box] = []
    for box in pieces:
        (level if box[2] - box[0] >= box[3] - box[1] else upright).append(box)
    turned = _merge([(b[1], b[0], b[3], b[2]) for b in upright])
    merged = _merge(level) + [(b[1], b[0], b[3], b[2]) for b in turned]
    return sorted(merged, key=lambda b: (b[1], b[0]))


def _merge(level: list[Box]) -> list[Box]:
    merged: list[Box] = []
    for left, top, right, bottom in sorted(level, key=lambda b: (round((b[1] + b[3]) / 2), b[0])):
        if merged:
            l0, t0, r0, b0 = merged[-1]
            if abs((t0 + b0) - (top + bottom)) < 2.0 and left <= r0 + _GAP:
                merged[-1] = (l0, min(t0, top), max(r0, right), max(b0, bottom))
                continue
        merged.append((left, top, right, bottom))
    return merged
