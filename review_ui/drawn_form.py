"""A table that a person drew on a page, as the page's script sends it."""

from __future__ import annotations

import math

from extraction.lines.drawn import KINDS, Drawn
from models.errors import InputError

MOST_CUTS = 40


class BadDrawing(InputError):
    """A drawing that does not have the form the page's script sends."""

    code = "bad_drawing"

    def __init__(self) -> None:
        super().__init__("The drawn table could not be understood. Press Esc and draw it again.")


def parse_drawn(box: str, cuts: str | None, kinds: str | None) -> Drawn:
    """`box` is "left top right bottom" and `cuts` the x between the columns, in points, parted by blanks ("none" for a single
    column); `kinds` what the columns hold, parted by commas. What is not given is left to the reader. Raises BadDrawing."""
    try:
        left, top, right, bottom = _numbers(box)
        lines = () if cuts == "none" else tuple(sorted(_numbers(cuts))) if cuts else None
    except ValueError:
        raise BadDrawing from None
    held = tuple(kinds.split(",")) if kinds else None
    if len(lines or ()) > MOST_CUTS or len(held or ()) > MOST_CUTS + 1 or not {*(held or ())} <= {*KINDS, ""}:
        raise BadDrawing
    return Drawn((min(left, right), min(top, bottom), max(left, right), max(top, bottom)), lines, held)


def _numbers(text: str) -> list[float]:
    numbers = [float(part) for part in text.split()]
    if not all(map(math.isfinite, numbers)):
        raise ValueError(text)
    return numbers
