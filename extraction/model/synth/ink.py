"""Pens and rubber stamps on a page: joined writing, digits beside a line, rings around it, signatures, stamps round and square.

Invented all of it; the same random state draws the same ink. Everything darkens the page as ink does and hides nothing.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Mark = Literal["note", "digits", "ring", "strike", "signature", "round_stamp", "square_stamp"]
MARKS: tuple[Mark, ...] = ("note", "digits", "ring", "strike", "signature", "round_stamp", "square_stamp")
STAMPS = frozenset({"round_stamp", "square_stamp"})
PENS = {"blue": (35, 60, 170), "red": (190, 30, 45), "green": (20, 120, 70), "violet": (90, 50, 150)}
GREY = (70, 70, 72)
_STAMP_WORDS = ("RECEIVED", "APPROVED", "CHECKED", "URGENT", "ENTERED", "COPY")
_SHAPES: dict[str, tuple[str, ...]] = {                # strokes through points of a field 9 wide and 9 high, "xy xy …"
    "0": ("50 20 04 28 59 84 80 50 30",), "1": ("13 40 49",), "2": ("12 30 62 44 09 79",), "3": ("11 50 62 34 66 48 08",),
    "4": ("30 06 76", "53 49"), "5": ("70 20 14 55 67 39 08",), "6": ("60 24 07 39 67 45 06",), "7": ("00 70 39", "15 65"),
    "8": ("60 21 24 66 38 06 54 60",), "9": ("61 30 03 35 62 59",), "x": ("04 69", "64 09"), "o": ("43 14 08 49 67 43",),
    "k": ("00 09", "63 06 69"), "s": ("64 23 35 57 29 08", ), "t": ("30 28 59", "04 64"), "p": ("04 1b", "16 43 65 48 18"),
    "c": ("64 33 06 29 68",),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One mark and its box in pixels of the page: left, top, right, bottom."""

    mark: Mark
    box: tuple[int, int, int, int]


def mark_page(page: Picture, mark: Mark, colour: tuple[int, int, int], dpi: float, rng: random.Random) -> Drawn:
    """Draw one mark somewhere on a page (height, width, 3), in place."""
    mm = dpi / 25.4
    ink = np.zeros(page.shape[:2], np.uint8)
    height, width = page.shape[0], page.shape[1]
    x, y = rng.uniform(0.12, 0.6) * width, rng.uniform(0.15, 0.8) * height
    if mark == "note":
        for n in range(rng.randint(1, 2)):
            _writing(ink, x, y + n * 9 * mm, rng.uniform(25, 60) * mm, rng.uniform(2.2, 3.6) * mm, mm, rng)
    elif mark == "digits":
        _digits(ink, x, y, mm, rng)
    elif mark == "ring":
        _ring(ink, x + 20 * mm, y, rng.uniform(9, 30) * mm, rng.uniform(4, 9) * mm, mm, rng)
    elif mark == "strike":
        _stroke(ink, [(x + t * mm, y + rng.uniform(-0.6, 0.6) * mm) for t in np.linspace(0, rng.uniform(15, 40), 7)], mm, rng)
        _digits(ink, x + rng.uniform(0, 10) * mm, y - 5 * mm, mm, rng)
    elif mark == "signature":
        _signature(ink, x, rng.uniform(0.78, 0.9) * height, mm, rng)
    else:
        _stamp(ink, mark, x, y, mm, rng)
    return Drawn(mark, _lay(page, ink, colour, mark in STAMPS, rng))


def _lay(page: Picture, ink: Picture, colour: tuple[int, int, int], is_stamp: bool, rng: random.Random) -> Any:
    """Darken the page by the ink, mottled where it is a stamp; returns the ink's box."""
    ys, xs = np.nonzero(ink > 80)
    box = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
    part = np.s_[box[1] : box[3], box[0] : box[2]]
    strength = ink[part].astype(np.float32) / 255
    if is_stamp:
        noise = np.random.default_rng(rng.randrange(2**32)).standard_normal(strength.shape, dtype=np.float32)
        worn = cv2.GaussianBlur(noise, (0, 0), 2.5)
        strength = strength * np.clip(0.8 + worn / max(float(worn.std()), 1e-6) * 0.18, 0.15, 1)
    clear = 1 - strength[:, :, None] * (1 - np.array(colour, np.float32) / 255)
    page[part] = np.clip(page[part] * clear, 0, 255).astype(np.uint8)
    return box


def _stroke(ink: Picture, points: list[tuple[float, float]], mm: float, rng: random.Random, pen: float = 0.0) -> None:
    """A smooth line through the points (Catmull-Rom), as thick as a pen: 0.35–0.7 mm."""
    pen = pen or rng.uniform(0.35, 0.7)
    p = np.array([points[0], *points, points[-1]])
    t = np.linspace(0, 1, 8, endpoint=False)[:, None]
    curve = np.concatenate([
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)] + [p[-1:]])
    cv2.polylines(ink, [np.round(curve * 8).astype(np.int32)], False, (255,), max(1, round(pen * mm)), cv2.LINE_AA, 3)


def _writing(ink: Picture, x: float, y: float, length: float, size: float, mm: float, rng: random.Random) -> None:
    """Words of joined letters: up and down strokes that lean, with loops above and below the line."""
    slope, pen = rng.uniform(-0.12, 0.06), rng.uniform(0.35, 0.7)
    lean = rng.uniform(0.0, 0.5)
    at, begun = x, x
    while at < begun + length:
        points = []
        for _ in range(rng.randint(4, 9)):
            up = size * rng.choice((1, 1, 1.1, 0.9, 2.1, 1.9))
            down = size * rng.choice((0, 0, 0, 0.1, 0.9))
            base = y + (at - begun) * slope
            step = size * rng.uniform(0.4, 0.7)
            points += [(at + lean * up * 0.5, base - up), (at + step * 0.6, base - size * 0.4), (at + step * 0.3, base + down)]
            at += step
        _stroke(ink, points, mm, rng, pen)
        at += size * rng.uniform(0.8, 1.5)


def _digits(ink: Picture, x: float, y: float, mm: float, rng: random.Random) -> None:
    """A number or a short word in single letters, larger than print, not quite level, no two alike."""
    one, other = rng.randint(2, 90), rng.randint(2, 60)
    text = rng.choice((str(rng.randint(10, 9999)), f"{one} pcs", f"{one} x {other}", "ok"))
    size, pen = rng.uniform(3.5, 7) * mm / 9, rng.uniform(0.35, 0.7)
    slope, lean = rng.uniform(-0.15, 0.05), rng.uniform(0, 0.35)
    begun = x
    for letter in text:
        wobble = rng.uniform(0.85, 1.15)
        for shape in _SHAPES.get(letter, ()):
            points = [(int(p[0], 16) + rng.uniform(-0.4, 0.4), int(p[1], 16) + rng.uniform(-0.4, 0.4)) for p in shape.split()]
            scale, drop = size * wobble, (x - begun) * slope
            placed = [(x + (u + lean * (9 - v)) * scale, y + (v - 9) * scale + drop) for u, v in points]
            _stroke(ink, placed, mm, rng, pen)
        x += size * rng.uniform(7.5, 10.5)


def _add(ink: Picture, field: Any, x: float, y: float) -> None:
    left, top = round(x), round(y)
    a, b = max(0, -top), max(0, -left)
    height, width = min(field.shape[0], ink.shape[0] - top) - a, min(field.shape[1], ink.shape[1] - left) - b
    region = ink[top + a : top + a + height, left + b : left + b + width]
    np.maximum(region, field[a : a + height, b : b + width], out=region)


def _ring(ink: Picture, x: float, y: float, a: float, b: float, mm: float, rng: random.Random) -> None:
    """A line drawn around something, its ends crossing."""
    begin, drift = rng.uniform(0, 6), rng.uniform(-0.12, 0.12)
    points = [
        (x + a * (1 + drift * t / 7) * math.cos(begin + t), y + b * (1 - drift * t / 7) * math.sin(begin + t))
        for t in np.linspace(0, 2 * math.pi + rng.uniform(0.1, 0.7), 14)]
    _stroke(ink, points, mm, rng)


def _signature(ink: Picture, x: float, y: float, mm: float, rng: random.Random) -> None:
    """Large loops, then a flat run and a flourish."""
    size = rng.uniform(6, 12) * mm
    points = [(x, y)]
    at = x
    for n in range(rng.randint(5, 10)):
        up = size * (rng.uniform(0.8, 1.6) if n < 2 else rng.uniform(0.2, 0.9))
        at += size * rng.uniform(0.2, 0.5)
        low = y + size * rng.uniform(-0.1, 0.3)
        points += [(at + size * 0.2, y - up), (at + size * 0.25, low), (at - size * 0.05, y - up * 0.4)]
    points += [(at + size * 1.5, y - size * 0.2), (x + size * 0.5, y + size * 0.5), (at + size, y + size * 0.4)]
    _stroke(ink, points, mm, rng)


def _stamp(ink: Picture, mark: Mark, x: float, y: float, mm: float, rng: random.Random) -> None:
    """Letters in a frame, pressed on crookedly."""
    radius = rng.uniform(13, 21) * mm
    side = round(2.4 * radius)
    field = np.zeros((side, 2 * side), np.uint8)
    middle = (side, side // 2)
    line = max(1, round(rng.uniform(0.5, 1.1) * mm))
    word = rng.choice(_STAMP_WORDS)
    font = rng.choice((cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_TRIPLEX))
    scale = 1.35 * radius / cv2.getTextSize(word, font, 1.0, 1)[0][0]
    if mark == "round_stamp":
        cv2.ellipse(field, middle, (round(radius), round(radius * rng.choice((1, 1, 0.7)))), 0, 0, 360, (255,), line, cv2.LINE_AA)
        if rng.random() < 0.6:
            cv2.circle(field, middle, round(radius * 0.8), (255,), max(1, line // 2), cv2.LINE_AA)
    else:
        half = round(radius * 1.3), round(radius * rng.uniform(0.4, 0.75))
        corner = (middle[0] - half[0], middle[1] - half[1]), (middle[0] + half[0], middle[1] + half[1])
        cv2.rectangle(field, *corner, (255,), line, cv2.LINE_AA)
        scale *= 1.6
    wide, high = cv2.getTextSize(word, font, scale, 1)[0]
    at = (middle[0] - wide // 2, middle[1] + high // 2)
    cv2.putText(field, word, at, font, scale, (255,), max(1, round(0.45 * mm)), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D(middle, rng.choice((-1, 1)) * rng.uniform(2, 16), 1.0)
    _add(ink, cv2.warpAffine(field, turn, (2 * side, side)), x - side / 2, y - side / 2)
