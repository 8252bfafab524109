"""A word's ink cut into glyphs, each as a small picture of a size that compares: capitals of one height on one baseline. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.ocr.paper import Pixels
from models.domain.evidence import Box

Floats = NDArray[np.float32]
SIDE = 20                      # dots of a glyph's picture
_CAPITAL, _ABOVE = 13.0, 2.5   # of these a capital takes so many, under so many of white
_LEVELS = (1.0, 0.8, 0.62, 0.45)   # of the way from the darkest dot to the usual limit of ink: letters that touch come apart
_ASIDE, _BESIDE = 0.12, 0.15   # of the word's height: how far around its box is looked
_SPECK = 0.05                  # of the height, squared
_APART = 0.5                   # of the narrower of two pieces: those that share more columns are one glyph, as i and its dot
_TALL = 0.8                    # of the tallest: figures and capitals
_FAINT, _UPRIGHT = 0.45, 0.5   # darkness that noise may have, and that a column with a ruling line has on average
_MOST = 400                    # pieces of ink; what has more is no word
_FEWEST = 7                    # dots of height below which a glyph says nothing


@dataclass(frozen=True, slots=True)
class Cutting:
    """A word's glyphs, left to right: boxes (left, top, right, bottom) in dots of `ink`, the darkness (0–1) in and around it.

    `labels` tells the pieces of ink apart, `pieces` which of them each glyph has; `left` is the page's column where `ink` begins.
    """

    ink: Floats
    labels: NDArray[np.int32]
    boxes: tuple[tuple[int, int, int, int], ...]
    pieces: tuple[tuple[int, ...], ...]
    left: int

    def __len__(self) -> int:
        return len(self.boxes)


def cuttings(grey: Pixels, dpi: float, box: Box) -> Iterator[Cutting]:
    """Ways to cut what stands in a box (PDF points) into glyphs, the one that joins most first; equal numbers count once."""
    left, top, right, bottom = (v * dpi / 72 for v in box)
    high = bottom - top
    x, y = max(0, int(left - _ASIDE * high)), max(0, int(top - _BESIDE * high))
    cut = grey[y : int(bottom + _BESIDE * high) + 2, x : int(right + _ASIDE * high) + 2]
    if min(cut.shape) < _FEWEST // 2:
        return
    limit, mask = cv2.threshold(cut, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    dark, paper = cv2.mean(cut, mask)[0], cv2.mean(cut, cv2.bitwise_not(mask))[0]
    ink = np.clip((paper - cut.astype(np.float32)) / max(10.0, paper - dark), 0, 1)
    darkest, known = float(cut.min()), 0
    for level in _LEVELS:
        marks = np.asarray(cut <= darkest + (limit - darkest) * level, np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(marks, connectivity=8)
        if len(stats) > _MOST:
            continue
        boxes, pieces = _merged(_letters(stats, cut.shape[0], high, (left - x - 1, right - x + 1)))
        if boxes and len(boxes) != known:
            known = len(boxes)
            yield Cutting(ink, np.asarray(labels, np.int32), tuple(boxes), tuple(pieces), x)


def _letters(stats: Any, rows: int, high: float, columns: tuple[float, float]) -> list[tuple[int, int, int, int, int]]:
    """Pieces of ink that may be letters of this word, left to right: (left, top, right, bottom, label)."""
    found = []
    for label, (x, y, w, h, area) in enumerate(stats.tolist()):
        inside = label > 0 and columns[0] <= x + w / 2 <= columns[1]
        speck = area < max(2.0, (_SPECK * high) ** 2)
        line = (w > 1.5 * high and h < 0.25 * high) or h == rows
        neighbour = y == 0 and h < 0.3 * high
        if inside and not (speck or line or neighbour):
            found.append((x, y, x + w, y + h, label))
    return sorted(found)


def _merged(
    letters: Sequence[tuple[int, int, int, int, int]],
) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, ...]]]:
    boxes: list[tuple[int, int, int, int]] = []
    pieces: list[tuple[int, ...]] = []
    for left, top, right, bottom, label in letters:
        if boxes:
            start, high, end, low = boxes[-1]
            if min(end, right) - max(start, left) > _APART * min(end - start, right - left):
                boxes[-1] = min(start, left), min(high, top), max(end, right), max(low, bottom)
                pieces[-1] += (label,)
                continue
        boxes.append((left, top, right, bottom))
        pieces.append((label,))
    return boxes, pieces


def is_white(cut: Cutting, here: Sequence[int], there: Sequence[int]) -> bool:
    """True where nothing stands between two glyphs but a ruling line."""
    columns = cut.ink[:, here[2] + 1 : there[0] - 1]
    upright = np.convolve(columns.mean(axis=0) > _UPRIGHT, np.ones(3), "same") > 0 if columns.size else np.zeros(0, bool)
    between = columns[min(here[1], there[1]) : max(here[3], there[3]) + (here[3] - here[1]) // 4, ~upright]
    return not between.size or float(between.max()) < _FAINT


def capital_height(cut: Cutting, text: str) -> tuple[float, float] | None:
    """Height of the word's figures and capitals, and their baseline, in dots; None where they are too small to say anything.

    `text`, where it has a character for each glyph, tells which they are.
    """
    highs = [bottom - top for _, top, _, bottom in cut.boxes]
    known = [h for h, c in zip(highs, text, strict=True) if c.isdigit() or c.isupper()] if len(text) == len(cut) else []
    tallest = max(known or highs)
    chosen = [box for box, h in zip(cut.boxes, highs, strict=True) if _TALL * tallest <= h <= tallest]
    height = float(median(bottom - top for _, top, _, bottom in chosen))
    return (height, float(median(box[3] for box in chosen))) if height >= _FEWEST else None


def pictures(cut: Cutting, height: float, base: float) -> Floats:
    """Glyphs as rows of SIDE × SIDE darkness, each of length 1; capitals (`height` dots, standing on `base`) come to one size."""
    scale = _CAPITAL / height
    ink = cv2.GaussianBlur(cut.ink, (0, 0), 0.5 / scale) if scale < 1 else cut.ink
    near = cv2.dilate(cut.labels.astype(np.float32), np.ones((3, 3), np.uint8))
    found = np.zeros((len(cut), SIDE * SIDE), np.float32)
    for n, ((left, top, right, bottom), pieces) in enumerate(zip(cut.boxes, cut.pieces, strict=True)):
        x, y = max(0, left - 2), max(0, top - 2)
        around = near[y : bottom + 2, x : right + 2]
        mask = around == pieces[0]
        for piece in pieces[1:]:
            mask |= around == piece
        own = ink[y : bottom + 2, x : right + 2] * mask
        middle = (left + right - 1) / 2 - x
        move = np.array([[scale, 0, SIDE / 2 - 0.5 - scale * middle], [0, scale, _CAPITAL + _ABOVE - scale * (base - 0.5 - y)]])
        found[n] = cv2.GaussianBlur(cv2.warpAffine(own, move, (SIDE, SIDE)), (0, 0), 0.7).ravel()
    lengths = np.maximum(1e-6, np.linalg.norm(found, axis=1, keepdims=True))
    return np.asarray(found / lengths, np.float32)
