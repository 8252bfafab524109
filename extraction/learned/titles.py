"""Where the titles of a learned table stand on another copy of its form. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold
from extraction.learned.paper import Paper
from models.domain.learned import ColumnPlace, Fact

_SHIFT = 10.0         # `Mark.x` by which a title may stand beside its place
_MOST = 3             # lines of one row of titles
_FEWEST = 2           # titles that make a row of them
_TITLED = 0.6         # of the titles must be on the paper


@dataclass(frozen=True, slots=True)
class Head:
    """The lines (indexes in the paper) on which the titles stand; and of each title found its place and how far right of that it
    stands here, from left to right."""

    first: int
    last: int
    moved: tuple[tuple[float, float], ...]

    def shift(self, place: ColumnPlace) -> float:
        """How far right of its place a column stands: as its title does, and between two titles in proportion. Columns are as
        wide as what is filled in."""
        x = place.title_x if place.title else (place.left + place.right) / 2
        after = next((n for n, (at, _) in enumerate(self.moved) if at >= x), len(self.moved))
        if after == 0 or after == len(self.moved):
            return self.moved[min(after, len(self.moved) - 1)][1]
        (left, before), (right, behind) = self.moved[after - 1 : after + 1]
        return before + (behind - before) * (x - left) / (right - left) if right > left else behind


def is_titled(columns: Sequence[Fact]) -> bool:
    """Whether these columns stand under titles by which their table is found."""
    return sum(bool(f.lesson.column and f.lesson.column.title) for f in columns) >= _FEWEST


def heads(paper: Paper, columns: Sequence[Fact]) -> Iterator[Head]:
    """The rows of titles, in printed order: most of the learned ones stand there, each near its place."""
    places = [c for f in columns if (c := f.lesson.column) is not None and c.title]
    at = 0
    while places and at < len(paper.lines):
        least = max(_FEWEST, math.ceil(_TITLED * len(places)))
        best: tuple[Sequence[Line], list[tuple[float, float]]] = ((), [(0.0, 0.0)] * (least - 1))
        for size in range(1, _MOST + 1):
            window = paper.lines[at : at + size]
            if len(window) < size or window[-1].page != window[0].page:
                break
            shifts = _shifts(paper, window, places)
            if len(shifts) > len(best[1]):
                best = (window, shifts)
        if best[0] and len(_shifts(paper, best[0][1:], places)) < len(best[1]):      # else the titles begin further down
            yield Head(at, at + len(best[0]) - 1, tuple(sorted(best[1])))
            at += len(best[0])
        else:
            at += 1


def _shifts(paper: Paper, window: Sequence[Line], places: Sequence[ColumnPlace]) -> list[tuple[float, float]]:
    """The places of the titles that stand on these lines, and how far they stand off them."""
    return [(p.title_x, shift) for p in places if (shift := _titled(paper, window, p)) is not None]


def _titled(paper: Paper, window: Sequence[Line], place: ColumnPlace) -> float | None:
    """How far a title stands off its place; None when it does not stand there."""
    words = place.title.split()
    said: list[str] = []
    begins: list[float] = []
    for line in window:
        runs = [(paper.x(run[0].left, line.page), [w for t in run for w in fold(t.text)]) for run in _runs(line, words)]
        near = [(x, told) for x, told in runs if abs(x - place.title_x) <= _SHIFT]
        if near:
            x, told = max(near, key=lambda run: (len(set(run[1])), -abs(run[0] - place.title_x)))
            said += told
            begins.append(x)
    if not begins or any(w not in said for w in words):
        return None
    return min(begins) - place.title_x


def _runs(line: Line, words: Sequence[str]) -> Iterator[list[Token]]:
    """Words of a title that stand side by side."""
    run: list[Token] = []
    for token in line.tokens:
        if any(w in words for w in fold(token.text)):
            run.append(token)
        elif run:
            yield run
            run = []
    if run:
        yield run
