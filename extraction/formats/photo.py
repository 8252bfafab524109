"""What a camera does to a page, undone: the sheet found on its table and flattened, shadows taken out, the scale guessed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.formats.scan import Pixels, pixels

Corners = NDArray[np.float64]
"""Four points (x, y) from 0 to 1 of the picture's width and height: top left, top right, bottom right, bottom left."""

_LOOK = 600                       # pixels of the longer side of the picture in which the sheet is looked for
_LEAST_SHEET = 0.2                # of the picture's area; smaller bright things are no page
_LEAST_SOLID = 0.94               # of the four-sided outline that must be sheet
_LEAST_STEP = 1.3                 # brightness of the sheet by that of the ground right beside it; a shadow's edge is softer
_BESIDE = 5                       # pixels of the small picture to either side of an edge where the two are compared
_STRAIGHT = 0.006                 # of the longer side: how far an edge may stray from its line
_PARALLEL = 4.0                   # degrees; an edge cut off by the picture's border must run like the one opposite
_BORDER = 0.01                    # of the side: this near, an edge is the picture's own
_PAPERS = (2**0.5, 11 / 8.5)      # long side by short side: A series, US Letter
_NEAR_PAPER = 0.12                # what strays further from a paper's proportions is no whole sheet
_LETTER_POINTS = 6.3              # height of the usual letter on an order, capitals and small ones together, in points
_EVEN = 0.82                      # darkest by lightest paper of the page; above it there is no shadow to take out
_LEAST_SIDE = 20                  # of the picture looked at; a strip narrower than that is no photo of a sheet


def sheet_corners(picture: Pixels) -> Corners | None:
    """Where the sheet of paper lies on a darker ground; None when the picture is the page, or in any doubt.

    A shadow may be darker than the ground elsewhere, so several brightnesses are tried; the largest true sheet wins.
    """
    grey = picture if picture.ndim == 2 else pixels(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    scale = _LOOK / max(grey.shape)
    if scale >= 1.0 or min(grey.shape) * scale < _LEAST_SIDE:
        return None
    small = pixels(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    small = pixels(cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8)), 5))
    rim = [small[:3], small[-3:], small[:, :3], small[:, -3:]]
    ground = float(np.median(np.concatenate([part.ravel() for part in rim])))
    lit = float(np.quantile(small, 0.9))
    if ground * _LEAST_STEP > lit:
        return None
    found = [corners for t in np.linspace(0.6 * ground, lit, 12)[1:-1] if (corners := _sheet_at(small, float(t))) is not None]
    best = max(found, key=lambda corners: cv2.contourArea(corners.astype(np.float32)), default=None)
    return None if best is None else best / np.array([small.shape[1], small.shape[0]], dtype=np.float64)


def _sheet_at(small: Pixels, threshold: float) -> Corners | None:
    """The four corners of the largest area brighter than `threshold`, where it is a sheet."""
    found, _ = cv2.findContours(pixels(small > threshold), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(found, key=cv2.contourArea, default=None)
    if largest is None or not _LEAST_SHEET < cv2.contourArea(largest) / small.size < 0.985:
        return None
    outline = np.asarray(largest, dtype=np.int32).reshape(-1, 2)
    corners = _four_corners(outline)
    return corners if corners is not None and _is_sheet(small, outline, corners) else None


def _four_corners(outline: NDArray[np.int32]) -> Corners | None:
    """The outline's four sides, each fitted through its middle part, and where they meet."""
    hull = cv2.convexHull(outline)
    length = cv2.arcLength(hull, True)
    rough = next((r for e in (0.02, 0.03, 0.05, 0.08) if len(r := cv2.approxPolyDP(hull, e * length, True)) <= 4), hull)
    if len(rough) != 4:
        return None
    points = _in_order(rough.reshape(4, 2).astype(np.float64))
    lines = [_side(outline, points[n], points[(n + 1) % 4]) for n in range(4)]
    if any(line is None for line in lines):
        return None
    met = [_meeting(lines[n - 1], lines[n]) for n in range(4)]
    return None if any(m is None for m in met) else np.array(met, dtype=np.float64)


def _in_order(points: Corners) -> Corners:
    middle = points.mean(axis=0)
    around = points[np.argsort(np.arctan2(points[:, 1] - middle[1], points[:, 0] - middle[0]))]
    return np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)


def _side(outline: NDArray[np.int32], start: Corners, end: Corners) -> tuple[Corners, Corners] | None:
    """A line (point, direction) through the outline between two corners; None when the outline is not straight there."""
    along = end - start
    length = float(np.hypot(*along))
    if length < 40:
        return None
    unit = along / length
    offset = outline - start
    at = offset @ unit
    away = np.abs(offset @ np.array([-unit[1], unit[0]]))
    near = outline[(at > 0.08 * length) & (at < 0.92 * length) & (away < 0.04 * _LOOK)].astype(np.float32)
    if len(near) < 0.5 * length:
        return None
    vx, vy, x, y = (float(v) for v in cv2.fitLine(near, cv2.DIST_HUBER, 0, 0.01, 0.01).reshape(-1))
    stray = np.abs((near - np.array([x, y])) @ np.array([-vy, vx]))
    if float(np.quantile(stray, 0.9)) > _STRAIGHT * _LOOK:
        return None
    return np.array([x, y]), np.array([vx, vy])


def _meeting(a: tuple[Corners, Corners] | None, b: tuple[Corners, Corners] | None) -> Corners | None:
    assert a is not None
    assert b is not None
    matrix = np.array([a[1], -b[1]]).T
    if abs(float(np.linalg.det(matrix))) < 0.3:          # nearly parallel: no corner
        return None
    return np.asarray(a[0] + np.linalg.solve(matrix, b[0] - a[0])[0] * a[1], dtype=np.float64)


def _is_sheet(small: Pixels, outline: NDArray[np.int32], corners: Corners) -> bool:
    """True when the four-sided figure is filled by the sheet and each side is an edge of paper on darker ground."""
    height, width = small.shape
    if (corners < -0.02 * _LOOK).any() or (corners > np.array([width, height]) + 0.02 * _LOOK).any():
        return False
    area = cv2.contourArea(corners.astype(np.float32))
    if cv2.contourArea(outline) < _LEAST_SOLID * area or not _paper(*_sides(corners))[1]:
        return False
    return all(_is_edge(small, corners, n) for n in range(4))


def _is_edge(small: Pixels, corners: Corners, n: int) -> bool:
    """Bright inside, dark right outside; the picture's own border must at least run like the side opposite."""
    a, b, c, d = (corners[(n + k) % 4] for k in range(4))
    size = np.array([small.shape[1], small.shape[0]])
    if any(max(abs(a[k] - end), abs(b[k] - end)) < _BORDER * size[k] for k in (0, 1) for end in (0, size[k])):
        turn = np.degrees(np.arctan2(*(b - a)[::-1]) - np.arctan2(*(c - d)[::-1]))
        return bool(abs((turn + 180) % 360 - 180) <= _PARALLEL)
    inward = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
    along = a + np.linspace(0.05, 0.95, 40)[:, None] * (b - a)
    inside, outside = (_values(small, along + side * _BESIDE * inward) for side in (1, -1))
    steps = inside / np.maximum(outside, 1.0)
    return bool(np.median(steps) >= _LEAST_STEP and np.quantile(steps, 0.2) >= 1.1)


def _values(small: Pixels, points: Corners) -> Corners:
    x = np.clip(np.round(points[:, 0]).astype(int), 0, small.shape[1] - 1)
    y = np.clip(np.round(points[:, 1]).astype(int), 0, small.shape[0] - 1)
    return np.asarray(small[y, x], dtype=np.float64)


def _sides(points: Corners) -> tuple[float, float]:
    """How wide and how high the four-sided figure is on average."""
    sides = [float(np.hypot(*(points[(n + 1) % 4] - points[n]))) for n in range(4)]
    return (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2


def _paper(across: float, down: float) -> tuple[float, bool]:
    """The nearest paper's long side by its short side, and whether the figure is near it."""
    proportion = max(across, down) / max(1.0, min(across, down))
    paper = min(_PAPERS, key=lambda p: abs(p - proportion))
    return paper, abs(paper / proportion - 1) < _NEAR_PAPER


def flattened(picture: Pixels, corners: Corners) -> Pixels:
    """The sheet between the corners as a scanner would see it, in the proportions of the paper it nearly has."""
    height, width = picture.shape[:2]
    points = corners * np.array([width, height])
    across, down = _sides(points)
    paper, _ = _paper(across, down)
    across, down = (down / paper, down) if down > across else (across, across / paper)
    size = max(1, round(across)), max(1, round(down))
    goal = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], dtype=np.float32)
    matrix = cv2.getPerspectiveTransform(points.astype(np.float32), goal)
    return pixels(cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def likely_dpi(evened_grey: Pixels, long_side: float) -> float:
    """Dots per inch of a page that does not say: a sheet `long_side` inches long, unless its letters contradict that grossly."""
    guess = max(evened_grey.shape) / long_side
    height = _letter_height(evened_grey)
    by_letters = height * 72 / _LETTER_POINTS
    return by_letters if height and not 0.5 < by_letters / guess < 2.0 else guess


def _letter_height(evened_grey: Pixels) -> float:
    """The usual height of letters in pixels, 0.0 when there are too few to tell."""
    dark = pixels(cv2.threshold(evened_grey, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1])
    _, _, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    width, height, area = (stats[1:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    shaped = (height >= 6) & (width >= 3) & (width < 2.5 * height) & (height < 4 * width)
    letters = height[shaped & (area > 0.15 * width * height)]
    return float(np.median(letters)) if len(letters) >= 40 else 0.0


def evened(grey: Pixels) -> Pixels:
    """The page on paper of one brightness; a page without shadows comes back as it is."""
    paper = _paper_of(grey)
    light = np.quantile(paper, (0.02, 0.98))
    if light[0] >= _EVEN * light[1] and light[1] > 150:
        return grey
    full = pixels(cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR))
    return pixels(cv2.divide(grey, np.maximum(full, 1), scale=255))


def _paper_of(grey: Pixels, step: int = 8) -> Pixels:
    """Brightness of the paper, ink aside, in a picture `step` times smaller."""
    height, width = grey.shape
    small = cv2.resize(grey, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    reach = max(3, min(small.shape) // 25) | 1
    lightest = cv2.dilate(small, np.ones((reach, reach), np.uint8))
    return pixels(cv2.GaussianBlur(cv2.erode(lightest, np.ones((reach, reach), np.uint8)), (0, 0), reach / 2))

