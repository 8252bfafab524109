"""Which lines belong to which row of a table: where one row ends and the next begins. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from extraction.layout.geometry import Line, Rules

LOOSE = 1.3
"""Ems of white at most between a row and its text lines."""

CENTRED = 0.35
"""Ems by which a line and the numbers of its row overlap that are centred beside it."""

_ONE_CELL = 0.4          # ems of white at most between the lines of one cell
_MORE = 0.4              # and no more than this above what is usual between the lines of the table


def bounds(
    lines: Sequence[Line],
    anchors: Sequence[int],
    textless: int,
    rules: Mapping[int, Rules],
) -> list[tuple[int, int]]:
    """For each anchor the first and last (exclusive) line of its row; `textless` of the anchors have no text of their own."""
    near = _row_gap(lines)
    before = _text_comes_first(lines, anchors, textless, near)
    led = _reach(lines, anchors[0], -1, near) < anchors[0]
    starts = [_reach(lines, anchors[0], -1, near) if before else _beside(lines, anchors[0], -1)]
    ends = []
    for a, b in pairwise(anchors):
        cut = _ruled_off(lines, a, b, rules) if before or _touch(lines, b) else None
        cut = cut or _cut(lines, a, b, before=before, led=led)
        ends.append(_reach(lines, a, 1, near, cut))
        starts.append(_reach(lines, b, -1, near, cut))
    ends.append(_beside(lines, anchors[-1], 1) + 1 if before else _reach(lines, anchors[-1], 1, near))
    return list(zip(starts, ends, strict=True))


def _beside(lines: Sequence[Line], at: int, step: int) -> int:
    """The last line that stands partly beside an anchor, up or down: the numbers of a row may be centred beside its text."""
    i = at
    while 0 <= i + step < len(lines) and _overlap(lines[i + step], lines[at]):
        i += step
    return i


def _overlap(a: Line, b: Line) -> bool:
    return a.page == b.page and min(a.bottom, b.bottom) - max(a.top, b.top) > CENTRED


def _row_gap(lines: Sequence[Line]) -> float:
    """The white between lines that still belong together."""
    gaps = [b.top - a.bottom for a, b in pairwise(lines) if a.page == b.page]
    return min(LOOSE, max(0.45, median(gaps) + _MORE)) if gaps else LOOSE


def _reach(lines: Sequence[Line], at: int, step: int, near: float, cut: int | None = None) -> int:
    """How far text lines follow one another without a wide gap, from an anchor up (first line) or down (end, exclusive); not
    beyond the first line of the lower row, where that is known."""
    first, end = (0, len(lines) if cut is None else cut) if step > 0 else (cut or 0, len(lines))
    i = at
    while first <= i + step < end and near_by(lines[i], lines[i + step], near):
        i += step
    return i if step < 0 else i + 1


def near_by(a: Line, b: Line, near: float) -> bool:
    """True for two lines of a page with at most `near` ems of white between them, in the order in which they are read."""
    upper, lower = (a, b) if a.index < b.index else (b, a)
    return a.page == b.page and lower.top > upper.top - CENTRED and lower.top - upper.bottom <= near


def _text_comes_first(lines: Sequence[Line], anchors: Sequence[int], textless: int, near: float) -> bool:
    """True when rows begin with text and end with their numbers."""
    lead = anchors[0] - _reach(lines, anchors[0], -1, near)
    trail = _reach(lines, anchors[-1], 1, near) - anchors[-1] - 1
    if not lead:
        return False
    between = [b - a - 1 for a, b in pairwise(anchors)]
    if 2 * textless > len(anchors):
        return True
    return not trail and bool(between) and sum(n > 0 for n in between) * 3 >= 2 * len(between)


def _touch(lines: Sequence[Line], b: int) -> bool:
    """True where the line above an anchor is set as close to it as lines of one cell are."""
    upper, lower = lines[b - 1], lines[b]
    return upper.page == lower.page and lower.top - upper.bottom < _ONE_CELL


def _ruled_off(lines: Sequence[Line], a: int, b: int, rules: Mapping[int, Rules]) -> int | None:
    """The first line below the last rule between two rows: a remark between two rules belongs to the goods above it."""
    for i in reversed(range(a, b)):
        upper, lower = lines[i], lines[i + 1]
        page = rules.get(upper.page)
        if page and upper.page == lower.page and page.crosses_y(upper.middle, lower.middle, lower.segments[0].left + 0.2):
            return i + 1
    return None


def _cut(lines: Sequence[Line], a: int, b: int, *, before: bool, led: bool) -> int:
    """The first line of the lower of two rows: one that stands partly beside it; where texts stand above the first row too,
    else at the widest gap, else as the table's habit is."""
    if (first := _beside(lines, b, -1)) < b:
        return max(first, a + 1)
    if b - a == 1 or not led:
        return b
    gaps = [
        lines[i + 1].top - lines[i].bottom if lines[i].page == lines[i + 1].page else 9.0 for i in range(a, b)
    ]
    widest = max(range(len(gaps)), key=lambda n: gaps[n])
    if gaps[widest] > min(gaps) + 0.35:
        return a + widest + 1
    return a + 1 if before else b
