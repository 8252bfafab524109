"""Pictures of paper: grey pixels, straightened, bounded. The same straightening serves reading and the review screen, so
that a word's box fits the picture a person sees."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.domain.pages import PageImage

Pixels = NDArray[np.uint8]
MOST_PIXELS = 36_000_000          # A3 at 400 dpi; larger pictures are made smaller
_LONGEST = 30_000                 # pixels of a side; OpenCV's warps count in 16 bits
_SKEW_WIDTH = 1_000               # pixels; skew is measured on a picture this wide, whatever its own size
_MOST_SKEW = 5.0                  # degrees looked for to either side
_LEAST_SKEW = 0.1                 # degrees; straightening less would only blur

cv2.setNumThreads(1)              # threads would not survive the sandbox's fork


def page_image(number: int, grey: Pixels, dpi: float, *, straighten: bool = True, skew: float | None = None) -> PageImage:
    """The picture as it goes to OCR: at most MOST_PIXELS, straightened unless its page also has text with places.

    `skew`: what `skew_of` said, where it was asked already.
    """
    grey, dpi = shrunk(grey, dpi)
    if straighten:
        grey = turned(grey, skew_of(grey) if skew is None else skew)
    return PageImage(number, grey.shape[1], grey.shape[0], dpi, grey.tobytes())


def shrunk(picture: Pixels, dpi: float, most: int = MOST_PIXELS) -> tuple[Pixels, float]:
    """The picture with at most `most` pixels and no side longer than OpenCV can turn, and its new resolution."""
    scale = min(1.0, (most / (picture.shape[0] * picture.shape[1])) ** 0.5, _LONGEST / max(picture.shape[:2]))
    return (picture, dpi) if scale == 1.0 else (scaled(picture, scale, scale), dpi * scale)


def scaled(picture: Pixels, x: float, y: float) -> Pixels:
    """The picture made `x` times as wide and `y` times as high."""
    size = max(1, round(picture.shape[1] * x)), max(1, round(picture.shape[0] * y))
    way = cv2.INTER_AREA if x < 1 and y < 1 else cv2.INTER_CUBIC
    return pixels(cv2.resize(picture, size, interpolation=way))


def pixels(picture: Any) -> Pixels:
    """What OpenCV answers, with its type."""
    return np.asarray(picture, dtype=np.uint8)


def skew_of(grey: Pixels) -> float:
    """Degrees (counter-clockwise positive) by which to turn the picture so that its text lines lie level; 0.0 when in doubt.

    The angle at which the row sums of ink differ most from row to row (projection profile), to 0.1 degree.
    """
    width = grey.shape[1]
    small = scaled(grey, _SKEW_WIDTH / width, _SKEW_WIDTH / width) if width > _SKEW_WIDTH else grey
    ink = pixels(cv2.threshold(small, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1])
    if not 0.002 < float(ink.mean()) / 255 < 0.4:
        return 0.0
    coarse = max(np.arange(-_MOST_SKEW, _MOST_SKEW + 0.1, 0.5), key=lambda a: _sharpness(ink, float(a)))
    best = max(np.arange(coarse - 0.4, coarse + 0.45, 0.1), key=lambda a: _sharpness(ink, float(a)))
    gains = _sharpness(ink, float(best)) > 1.05 * _sharpness(ink, 0.0)
    return round(float(best), 1) if gains and abs(best) >= _LEAST_SKEW else 0.0


def _sharpness(ink: Pixels, degrees: float) -> float:
    rows = _rotate(ink, degrees, cv2.INTER_NEAREST, 0).sum(axis=1, dtype=np.int64)
    return float((np.diff(rows) ** 2).sum())


def turned(picture: Pixels, degrees: float) -> Pixels:
    """The picture turned about its middle, same size, corners white."""
    return picture if degrees == 0.0 else _rotate(picture, degrees, cv2.INTER_LINEAR, 255)


def quarter_turned(picture: Pixels, degrees: int) -> Pixels:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees, as `Page.turn` asks for; width and height may change places."""
    return picture if degrees % 360 == 0 else np.ascontiguousarray(np.rot90(picture, -degrees // 90))


def _rotate(picture: Pixels, degrees: float, way: int, paper: int) -> Pixels:
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    edge = (paper, paper, paper)
    return pixels(cv2.warpAffine(picture, matrix, (width, height), flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=edge))


def png(picture: Pixels) -> bytes:
    """PNG of grey or red-green-blue pixels."""
    shown = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", shown)[1].tobytes())
