"""Handwriting and stamps on the picture of a page: found by how the ink lies, not read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.formats.scan import Pixels, pixels, scaled, turned
from models.domain.evidence import Box
from models.domain.pages import Ink, InkKind

Numbers = NDArray[np.float64]

INK_DPI = 150.0
"""Everything is measured at this resolution."""
WEIGHTS_FILE = Path(__file__).parent / "ink_weights.json"
"""Made by `python -m extraction.model.fit_ink --write`."""
_DARK = 0.72                 # of the paper's brightness: darker is ink
_COLOURED = 55               # by how much the strongest channel must exceed the weakest
_FEW_COLOURED = 60           # pixels of colour that are noise
_TINT = 6.0                  # by how much the paper's channels differ before it is made white
_LETTER = (4, 40)            # pixels: heights of what may be a letter
_USUAL = 13.0                # pixels: height of a letter of 10 point type, taken where a page has too few letters
_LEAST = 14                  # pixels (2.4 mm): smaller pieces of ink are letters
_LEAST_NOTE = 10.0           # points across: narrower is a blot, a bracket or a piece of a column's line
_MOST_PIECES = 400           # the largest are looked at; a page has more only if it is a photograph
_RULE = 0.35                 # inches; longer straight strokes are ruling lines
_FRAME = 0.6                 # of its box that the outline of a stamp encloses: a ring, a crooked rectangle
_SOLID = 0.62                # of its box; fuller pieces are punch holes, bars and blots
_ALL_LEVEL = 0.8             # of the outline runs level or upright: the corner of a table
_SCREEN, _FINE = 20, 200      # so many holes, one to so many pixels: a shaded band that a fax turned into dots
_EDGE = 0.035                # of the page's side
_GAP = 26                    # pixels (4.4 mm) between pieces of one note
_SURE, _NEAR = 0.75, 0.2      # a note needs one piece this likely; pieces beside it join with less
FEATURES = (
    "height", "width", "fill", "stroke", "level", "solid", "company", "colour", "tone", "holes", "thin", "frame", "height_width",
    "fill_height", "level_width", "colour_company")


@dataclass(frozen=True, slots=True)
class Piece:
    """One connected piece of ink: its box in pixels at 150 dpi and the features the weights count."""

    box: tuple[int, int, int, int]
    features: tuple[float, ...]
    is_frame: bool


def find_inks(picture: Pixels, dpi: float, *, skew: float = 0.0) -> tuple[Ink, ...]:
    """Handwriting and stamps on a page (grey, or red-green-blue) once it is straightened by `skew`; boxes in PDF points.

    Large print may be among them: `extraction.inks` tells it by the words that OCR reads there.
    """
    return inks_of(turned(scaled(picture, INK_DPI / dpi, INK_DPI / dpi), skew), _weights())


def inks_of(small: Pixels, weights: Numbers) -> tuple[Ink, ...]:
    """Handwriting and stamps on a straight page of 150 dpi, by these weights (the bias first)."""
    coloured = coloured_ink(small)
    stamps = _stamps(coloured) if coloured is not None else []
    pieces = [p for p in pieces_of(small, coloured) if not any(_is_near(p.box, stamp) for stamp in stamps)]
    found = [Ink(InkKind.STAMP, _in_points(stamp)) for stamp in stamps]
    if pieces:
        chances = 1 / (1 + np.exp(-(np.array([p.features for p in pieces]) @ weights[1:] + weights[0])))
        found += _notes(pieces, chances)
    return tuple(found)


@cache
def _weights() -> Numbers:
    stored = json.loads(WEIGHTS_FILE.read_text())
    return np.array([stored["bias"], *(stored["weights"][name] for name in FEATURES)], dtype=np.float64)


def pieces_of(small: Pixels, coloured: Pixels | None) -> list[Piece]:
    """The pieces of ink that are too large or too joined for print, of the whole page and of its coloured ink apart.

    The picture is straight and has 150 dpi.
    """
    grey = small if small.ndim == 2 else pixels(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    light = pixels(cv2.divide(grey, np.maximum(_paper(grey), 60), scale=255))
    dark = _labelled(_without_rules(pixels(cv2.threshold(light, _DARK * 255, 255, cv2.THRESH_BINARY_INV)[1])))
    letter = _letter_height(dark.stats)
    found = _pieces(dark, light, letter, 0.0)
    if coloured is not None:
        found += _pieces(_labelled(_without_rules(coloured)), light, letter, 1.0)
    return found


@dataclass(frozen=True, slots=True)
class _Labelled:
    """The connected pieces of a picture: which piece each pixel belongs to, and OpenCV's figures of each but the background."""

    labels: Any
    stats: Any


def _labelled(ink: Pixels) -> _Labelled:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8, ltype=cv2.CV_32S)
    return _Labelled(labels, stats[1:])


def _paper(grey: Pixels) -> Pixels:
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    lit = cv2.GaussianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (0, 0), 5)
    return pixels(cv2.resize(lit, (width, height), interpolation=cv2.INTER_LINEAR))


def coloured_ink(small: Pixels) -> Pixels | None:
    """Ink that has a colour; None where there is none, or so much of it that the page is a photograph."""
    if small.ndim == 2 or np.count_nonzero(_chroma(np.ascontiguousarray(small[::3, ::3])) > _COLOURED) < _FEW_COLOURED / 9:
        return None
    ink = pixels(cv2.threshold(_chroma(small), _COLOURED, 255, cv2.THRESH_BINARY)[1])
    if not _FEW_COLOURED < np.count_nonzero(ink) < 0.2 * ink.size:
        return None
    return pixels(cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8)))


def _stamps(coloured: Pixels) -> list[tuple[int, int, int, int]]:
    """Boxes of coloured frames, round or crooked, that hold ink of their own colour. Looked for at half the resolution."""
    half = cv2.resize(coloured, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    ink = pixels(cv2.morphologyEx(pixels((half > 60) * 255), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)))     # rubber is worn
    _, _, stats, centres = cv2.connectedComponentsWithStats(ink, connectivity=8)
    found: list[tuple[int, int, int, int]] = []
    for x, y, w, h, area in stats[1:].tolist():
        if w < 30 or h < 20 or area > 0.4 * w * h:
            continue
        outlines, _ = cv2.findContours(ink[y : y + h, x : x + w], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        outer = max(outlines, key=cv2.contourArea)
        inner = (np.abs(centres[1:] - (x + w / 2, y + h / 2)) < (0.35 * w, 0.35 * h)).all(axis=1)
        inner &= (stats[1:, cv2.CC_STAT_AREA] >= 25) & (stats[1:, cv2.CC_STAT_WIDTH] < 0.9 * w)
        if cv2.contourArea(outer) >= _FRAME * w * h and _level_share([outer]) < 0.6 and inner.any():
            found.append((2 * x, 2 * y, 2 * (x + w), 2 * (y + h)))
    return [a for n, a in enumerate(found) if not any(_is_near(a, b) for b in found[:n])]


def _chroma(small: Pixels) -> Pixels:
    """How far the channels are apart, on paper made white: yellowish paper has no colour."""
    paper = np.quantile(small[::7, ::7].reshape(-1, 3), 0.9, axis=0)
    parts = cv2.split(small)
    if float(paper.max() - paper.min()) > _TINT:
        parts = [cv2.convertScaleAbs(part, alpha=255 / max(float(p), 60.0)) for part, p in zip(parts, paper, strict=True)]
    red, green, blue = parts
    return pixels(cv2.subtract(cv2.max(cv2.max(red, green), blue), cv2.min(cv2.min(red, green), blue)))


def _letter_height(stats: Any) -> float:
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    usual = height[(height >= _LETTER[0]) & (height <= _LETTER[1]) & (width < 2 * height) & (width >= 3)]
    return float(np.quantile(usual, 0.6)) if len(usual) >= 30 else _USUAL


def _without_rules(ink: Pixels) -> Pixels:
    length = round(_RULE * INK_DPI)
    clean = ink.copy()
    for size in ((length, 1), (1, length)):
        straight = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size[::-1], np.uint8))
        clean[cv2.dilate(straight, np.ones((3, 3), np.uint8)) > 0] = 0
    return clean


def _pieces(ink: _Labelled, light: Pixels, letter: float, colour: float) -> list[Piece]:
    boxes = ink.stats[:, :4]
    tall, wide, area = boxes[:, 3], boxes[:, 2], ink.stats[:, cv2.CC_STAT_AREA]
    large = (np.maximum(tall, wide) >= _LEAST) if colour else (
        (tall > 1.5 * letter) & (np.maximum(tall, wide) >= _LEAST)) | ((wide > 5 * letter) & (tall > 1.25 * letter))
    thick = np.minimum(tall, wide)
    large &= (thick >= 5) & (area >= 40) & ~((area > _SOLID * tall * wide) & (thick >= 12)) & _is_inside(boxes, light.shape)
    chosen = np.flatnonzero(large)
    chosen = chosen[np.argsort(-(tall * wide)[chosen])][:_MOST_PIECES]
    found = [_piece(ink.labels, boxes, int(n), light, letter, colour) for n in chosen]
    return [piece for piece in found if piece is not None and piece.features[FEATURES.index("level")] < _ALL_LEVEL]


def _is_inside(boxes: Any, shape: tuple[int, ...]) -> Any:
    """False at the very edge of the page, where scanners leave shadows, holes and staples."""
    x, y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
    height, width = shape
    return (x > _EDGE * width) & (x < (1 - _EDGE) * width) & (y > _EDGE * height) & (y < (1 - _EDGE) * height)


def _piece(labels: Any, boxes: Any, n: int, light: Pixels, letter: float, colour: float) -> Piece | None:
    """The piece of ink with its features; None for a screen of dots."""
    x, y, w, h = (int(v) for v in boxes[n])
    part = np.pad(labels[y : y + h, x : x + w] == n + 1, 1)          # 0 is the background
    mask = part.astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if len(outlines) > _SCREEN and _FINE * len(outlines) > w * h:
        return None
    outer = max(outlines, key=cv2.contourArea)
    hull_area = max(1.0, float(cv2.contourArea(cv2.convexHull(outer))))
    area, length = float(mask.sum()), max(1.0, sum(cv2.arcLength(o, True) for o in outlines))
    tones = light[y : y + h, x : x + w][part[1:-1, 1:-1]]
    height, width = float(np.log(h / letter)), float(np.log(w / letter))
    fill, stroke = area / (w * h), 2 * area / length
    level = _level_share(outlines)
    company = _company(boxes, n)
    is_frame = w > 60 and h > 40 and fill < 0.25 and float(cv2.contourArea(outer)) > 0.55 * w * h * 0.8
    holes, thin = min(len(outlines) - 1, 6) / 3, min(w, h) / max(w, h)
    features = (
        height, width, fill, stroke / letter * 4, level, area / hull_area, company, colour, float(tones.std()) / 30, holes, thin,
        float(is_frame), height * width, fill * height, level * width, colour * company)
    return Piece((x, y, x + w, y + h), tuple(round(f, 5) for f in features), is_frame)


def _level_share(outlines: Any) -> float:
    """Share of the outline that runs level or upright over some length: print and rules do, a hand does not."""
    straight = total = 0.0
    for outline in outlines:
        corners = cv2.approxPolyDP(outline, 1.2, True).reshape(-1, 2).astype(np.float64)
        steps = np.abs(np.roll(corners, -1, axis=0) - corners)
        lengths = np.hypot(steps[:, 0], steps[:, 1])
        total += float(lengths.sum())
        straight += float(lengths[np.minimum(steps[:, 0], steps[:, 1]) <= 0.12 * lengths].sum())
    return straight / max(total, 1.0)


def _company(boxes: Any, n: int) -> float:
    """How many pieces of like height stand on the same line close by, up to four, by four: letters of a title do."""
    x, y, w, h = (int(v) for v in boxes[n])
    foot = boxes[:, 1] + boxes[:, 3]
    alike = (np.abs(foot - (y + h)) <= 0.12 * h + 1) & (boxes[:, 3] > 0.6 * h) & (boxes[:, 3] < 1.5 * h)
    gap = np.maximum(boxes[:, 0] - (x + w), x - (boxes[:, 0] + boxes[:, 2]))
    return min(int(np.count_nonzero(alike & (gap < 2.0 * h))) - 1, 4) / 4


def _notes(pieces: list[Piece], chances: Numbers) -> list[Ink]:
    """Pieces that lie close together are one note; it counts if one of its pieces surely is."""
    likely = [(p, float(c)) for p, c in zip(pieces, chances, strict=True) if c >= _NEAR]
    groups: list[list[tuple[Piece, float]]] = []
    for one in likely:
        near = [g for g in groups if any(_is_near(one[0].box, other.box) for other, _ in g)]
        groups = [g for g in groups if g not in near] + [[one, *(p for g in near for p in g)]]
    sure = (_note(g) for g in groups if max(c for _, c in g) >= _SURE)
    return [ink for ink in sure if ink.box[2] - ink.box[0] >= _LEAST_NOTE]


def _is_near(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    return a[0] - _GAP < b[2] and b[0] - _GAP < a[2] and a[1] - _GAP < b[3] and b[1] - _GAP < a[3]


def _note(group: list[tuple[Piece, float]]) -> Ink:
    edges = np.array([p.box for p, _ in group])
    first, last = edges.min(axis=0), edges.max(axis=0)
    kind = InkKind.STAMP if any(p.is_frame for p, _ in group) else InkKind.HANDWRITING
    return Ink(kind, _in_points((int(first[0]), int(first[1]), int(last[2]), int(last[3]))))


def _in_points(box: tuple[int, int, int, int]) -> Box:
    points = 72 / INK_DPI
    return box[0] * points, box[1] * points, box[2] * points, box[3] * points
