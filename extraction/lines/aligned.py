"""Columns from where the values of many rows stand, whatever the titles say: white that runs down through all rows parts them.
A title goes to the column it stands over, and a column may have none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.layout.geometry import Line, Token
from extraction.lines.cells import is_plain_number
from extraction.lines.columns import Column
from extraction.lines.units import is_unit, package_of

_MEASURED = re.compile(r"^[^\w\s]?\d[\d.,'’]*(?:/\w+\.?|[^\W\d_]{1,8}\.?)$")      # "3.05/ud", "24pcs"
_SAMPLE = 60           # lines looked at
_FEWEST = 2            # numbers on a line that may be a row
_GRID = 0.3            # ems; edges nearer than half of this are one
_MANY = 4              # rows; in fewer the blanks between words may fall on one another by chance
_WHITE = 0.9           # ems of white that part the columns of a single row; of more rows less will do
_LEAST_WHITE = 0.12    # … but never less than this
_CROSSING = 12         # one row in so many may run over into the next column
_FAR = 3.0             # ems between a title and the nearest values
_BLANK = 0.6           # ems; texts no further apart than this may be one column


def aligned_columns(titles: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """The columns of the rows among these lines, each with its title if any; empty when there are no rows."""
    rows = value_rows(lines)
    if not rows:
        return ()
    columns = _with_titles(_joined(_spans(rows), titles, rows), titles)
    return tuple(sorted(columns, key=lambda c: c.left))


def value_rows(lines: Sequence[Line]) -> list[Line]:
    """The lines with about as many numbers as the fullest, and their numbers at places where other such lines have some."""
    counts = [(line, _numbers(line)) for line in lines[:_SAMPLE]]
    most = max((len(n) for _, n in counts), default=0)
    likely = [(line, n) for line, n in counts if len(n) >= _FEWEST and 2 * len(n) >= most]
    if len(likely) < 2:
        return [line for line, _ in likely]
    places = Counter(p for _, numbers in likely for p in {p for t in numbers for p in _places(t)})
    return [line for line, n in likely if 2 * sum(any(places[p] > 1 for p in _places(t)) for t in n) > len(n)]


def _numbers(line: Line) -> list[Token]:
    return [t for t in line.tokens if is_plain_number(t.text) or _MEASURED.match(t.text)]


def _places(token: Token) -> tuple[tuple[str, int], ...]:
    """The edges of a word, each as the two nearest marks of a grid: words a hair apart share one."""
    return tuple(
        (side, round(x / _GRID + shift)) for side, x in (("left", token.left), ("right", token.right)) for shift in (0.0, 0.5))


def _spans(rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The stretches between the white gaps that run through the rows, from left to right."""
    inks = [ink for row in rows for ink in (row.tokens if len(rows) >= _MANY else row.segments)]
    changes = sorted([(ink.left, 1) for ink in inks] + [(ink.right, -1) for ink in inks])
    white = max(_LEAST_WHITE, _WHITE / len(rows))
    allowed = len(rows) // _CROSSING
    spans: list[tuple[float, float]] = []
    inked, begin, gap, is_clear = 0, changes[0][0], float("-inf"), True
    for x, change in changes:
        if change > 0:
            if inked <= allowed < inked + 1 and gap >= begin:           # ink begins again: was the white wide enough?
                if x - gap >= (white if is_clear else 2 * white):
                    spans.append((begin, gap))
                    begin = x
                gap = float("-inf")
            inked += 1
        else:
            inked -= 1
            if inked == allowed:
                gap, is_clear = x, inked == 0
            elif inked < allowed:
                is_clear = False
    spans.append((begin, changes[-1][0]))
    return spans


def _joined(spans: Sequence[tuple[float, float]], titles: Sequence[Column], rows: Sequence[Line]) -> list[tuple[float, float]]:
    """The spans, the blanks inside a text closed again: what has neither a title nor numbers belongs to the text before it, and
    how much a package holds to its unit."""
    out: list[tuple[float, float]] = []
    for span in spans:
        if out and span[0] - out[-1][1] < _BLANK and _goes_on(out[-1], span, titles, rows):
            out[-1] = (out[-1][0], span[1])
        else:
            out.append(span)
    return out


def _goes_on(
    before: tuple[float, float], span: tuple[float, float], titles: Sequence[Column], rows: Sequence[Line],
) -> bool:
    if not _is_column(span, titles, rows):
        return _has_words(before, rows)
    parts = [(_inside(row, before), c) for row in rows if (c := _inside(row, span))]
    return all(package_of(" ".join(t.text for t in (*unit, *count))) for unit, count in parts)


def _is_column(span: tuple[float, float], titles: Sequence[Column], rows: Sequence[Line]) -> bool:
    if any(abs(t.left - span[0]) < _BLANK or abs(t.right - span[1]) < _BLANK for t in titles):
        return True
    cells = [c for c in (_inside(row, span) for row in rows) if c]
    return all(len(c) <= 2 and (is_plain_number(c[0].text) or is_unit(c[0].text)) for c in cells)


def _has_words(span: tuple[float, float], rows: Sequence[Line]) -> bool:
    words = [" ".join(t.text for t in _inside(row, span)) for row in rows]
    return 2 * sum(sum(c.isalpha() for c in w) > 2 for w in words) > len(words)


def _inside(row: Line, span: tuple[float, float]) -> list[Token]:
    return [t for t in row.tokens if span[0] <= t.middle_x <= span[1]]


def _with_titles(spans: Sequence[tuple[float, float]], titles: Sequence[Column]) -> list[Column]:
    """A column for each span; titles that share one part it, and a title over nothing is a column without values."""
    over: list[list[Column]] = [[] for _ in spans]
    out: list[Column] = []
    for title in titles:
        at = min(range(len(spans)), key=lambda n: _away(title, spans[n]))
        if _away(title, spans[at]) > _FAR:
            out.append(title)
        else:
            over[at].append(title)
    for (left, right), group in zip(spans, over, strict=True):
        group.sort(key=lambda c: c.left)
        cuts = [(a.right + b.left) / 2 for a, b in pairwise(group)]
        for n, (a, b) in enumerate(pairwise((left, *cuts, right))):
            if n < len(group):
                out.append(replace(group[n], left=min(a, b), right=max(a, b)))
            else:
                out.append(Column("", (), a, b))
    return out


def _away(title: Column, span: tuple[float, float]) -> float:
    """Ems between a title and a span; below zero the more of the title stands over it."""
    overlap = min(title.right, span[1]) - max(title.left, span[0])
    if overlap > 0:
        return -overlap / max(min(title.right - title.left, span[1] - span[0]), 0.1)
    return -overlap

