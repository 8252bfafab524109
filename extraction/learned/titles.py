"""Where the titles of a learned table stand on another copy of its form. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from extraction.layout.geometry import Line
from extraction.layout.labels import fold
from extraction.learned.paper import Paper
from models.domain.learned import ColumnPlace, Fact

_SHIFT = 5.0          # `Mark.x` by which a title may stand beside its place
_MOST = 3             # lines of one row of titles
_TITLED = 0.6         # of the titles must be on the paper


@dataclass(frozen=True, slots=True)
class Head:
    """The lines (indexes in the paper) on which the titles stand, and how far right of their places."""

    first: int
    last: int
    shift: float


def heads(paper: Paper, columns: Sequence[Fact]) -> Iterator[Head]:
    """The rows of titles, in printed order: most of the learned ones stand there, each near its place."""
    places = [c for f in columns if (c := f.lesson.column) is not None and c.title]
    at = 0
    while places and at < len(paper.lines):
        least = max(2, math.ceil(_TITLED * len(places)))
        best: tuple[Sequence[Line], list[float]] = ((), [0.0] * (least - 1))
        for size in range(1, _MOST + 1):
            window = paper.lines[at : at + size]
            if len(window) < size or window[-1].page != window[0].page:
                break
            shifts = _shifts(paper, window, places)
            if len(shifts) > len(best[1]):
                best = (window, shifts)
        if best[0] and len(_shifts(paper, best[0][1:], places)) < len(best[1]):      # else the titles begin further down
            yield Head(at, at + len(best[0]) - 1, median(best[1]))
            at += len(best[0])
        else:
            at += 1


def _shifts(paper: Paper, window: Sequence[Line], places: Sequence[ColumnPlace]) -> list[float]:
    """How far the titles that stand on these lines stand off their places."""
    return [s for place in places if (s := _titled(paper, window, place)) is not None]


def _titled(paper: Paper, window: Sequence[Line], place: ColumnPlace) -> float | None:
    """How far a title stands off its place; None when it does not stand there."""
    words = place.title.split()
    said: list[str] = []
    begins: list[float] = []
    for line in window:
        near = [
            t for t in line.tokens
            if place.title_x - _SHIFT <= (x := paper.x(t.left, line.page)) and x <= max(place.right, place.title_x) + _SHIFT]
        hits = [t for t in near if any(w in words for w in fold(t.text))]
        said += [w for t in hits for w in fold(t.text)]
        begins += [paper.x(t.left, line.page) for t in hits[:1]]
    if not begins or any(w not in said for w in words):
        return None
    shift = min(begins) - place.title_x
    return shift if abs(shift) <= _SHIFT else None
