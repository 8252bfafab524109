"""Ruling lines of a PDF page, from its lines, thin rectangles and stroked boxes; pieces of one line are merged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from extraction.formats.mupdf import pymupdf
from models.domain.evidence import Box

_THIN = 3.0            # points; a filled rectangle no thicker than this is a line
_SHORT = 6.0           # points; shorter strokes are drawings, not rulings
_GAP = 3.0             # points; pieces of a dotted line this near are one
MOST_RULES = 5_000


def rules_of(page: Any, drawings: Sequence[Any]) -> list[Box]:
    """Horizontal and vertical rulings as thin boxes in points of the upright page, at most MOST_RULES, clipped to it."""
    pieces: list[Box] = []
    for drawing in drawings:
        pieces += _pieces(drawing)
        if len(pieces) > 4 * MOST_RULES:
            break
    if page.rotation:
        pieces = [tuple((pymupdf.Rect(p) * page.rotation_matrix).normalize()) for p in pieces]
    return merge_rules(_clip(pieces, page.rect.width, page.rect.height))[:MOST_RULES]


def _pieces(drawing: Any) -> Iterator[Box]:
    thick = max(drawing.get("width") or 0.0, 0.0)
    stroked = "s" in drawing["type"]
    for item in drawing["items"]:
        if item[0] == "l" and stroked:
            yield from _line(item[1], item[2], thick)
        elif item[0] == "re":
            yield from _rectangle(item[1], thick if stroked else None)
        elif item[0] == "qu":
            quad = pymupdf.Quad(item[1])
            if quad.is_rectangular:
                yield from _rectangle(tuple(quad.rect), thick if stroked else None)


def _line(a: Sequence[float], b: Sequence[float], thick: float) -> Iterator[Box]:
    half = thick / 2
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    if bottom - top < 1.0 < _SHORT <= right - left:
        yield left, top - half, right, bottom + half
    elif right - left < 1.0 < _SHORT <= bottom - top:
        yield left - half, top, right + half, bottom


def _rectangle(box: Sequence[float], stroke: float | None) -> Iterator[Box]:
    left, top, right, bottom = box
    if min(right - left, bottom - top) <= _THIN:
        if max(right - left, bottom - top) >= _SHORT:
            yield left, top, right, bottom
    elif stroke is not None:
        for a, b in (((left, top), (right, top)), ((left, bottom), (right, bottom)),
                     ((left, top), (left, bottom)), ((right, top), (right, bottom))):
            yield from _line(a, b, stroke)


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
