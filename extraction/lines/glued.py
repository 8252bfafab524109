"""Words that touch: two columns without white between them come as one word ("2400860Hinge", "10%24.00"). Where a column of
the table begins inside such a word and the kind of its characters changes there, it is cut in two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.layout.geometry import Line, Segment, Token, piece, segment
from extraction.lines.columns import Column
from models.domain.evidence import PageKind

_INSIDE = 0.35         # ems of a word at least on either side of a column's edge
_NEAR = 0.9            # ems between the edge and the change of characters at most: letters are not equally wide
_SAME = 0.2            # ems; edges nearer than this are one
_USUAL = 0.4           # of the rows: an edge that so many have is one of the table's
_FEWEST = 3            # rows; of fewer no habit can be told
_CHANGE = re.compile(
    r"(?<=\d)(?=[^\W\d_])|(?<=[^\W\d_])(?=\d)|(?<=[a-zß-ÿ])(?=[A-ZÀ-Þ])|(?<=[A-Z\d])(?=[A-ZÀ-Þ][a-zß-ÿ]{2})|(?<=[%)\]])(?=\w)"
    r"|(?<=[.,]\d\d)(?=\d)|(?<=[.,]\d\d\d)(?=\d)|(?<=[\w.])(?=[$€£])")


def unglued(lines: Sequence[Line], titles: Sequence[Column]) -> tuple[Line, ...] | None:
    """The lines with such words cut; None when there are none. `titles` are the columns where their titles stand."""
    sample = [line for line in lines if len(line.tokens) > 2]
    starts = _usual([t.left for line in sample for t in line.tokens], len(sample))
    ends = _usual([t.right for line in sample for t in line.tokens], len(sample))
    edges = [(a.left - _NEAR, a.right, b.left) for a, b in pairwise(titles)]
    edges += [(start - _SAME, start + _SAME, edge) for start in starts for edge in (*starts, *ends) if edge > start]
    out, is_changed = [], False
    for line in lines:
        cut = _cut_line(line, edges) if line.kind is PageKind.PAPER else line
        is_changed |= cut is not line
        out.append(cut)
    return tuple(out) if is_changed else None


def _usual(places: Sequence[float], rows: int) -> list[float]:
    """The places that many rows share."""
    if rows < _FEWEST:
        return []
    found: list[list[float]] = []
    for x in sorted(places):
        if found and x - found[-1][0] <= _SAME:
            found[-1].append(x)
        else:
            found.append([x])
    return [sum(group) / len(group) for group in found if len(group) >= max(2, _USUAL * rows)]


def _cut_line(line: Line, edges: Sequence[tuple[float, float, float]]) -> Line:
    """The line with the words cut that begin between the first two numbers of an edge and reach over the third."""
    parts, is_changed = [], False
    for part in line.segments:
        tokens = [piece for token in part.tokens for piece in _pieces(token, edges)]
        is_changed |= len(tokens) > len(part.tokens)
        parts.append(_segments(tokens, part))
    return replace(line, segments=tuple(s for group in parts for s in group)) if is_changed else line


def _segments(tokens: Sequence[Token], part: Segment) -> tuple[Segment, ...]:
    """The segment, parted where a word was cut."""
    if len(tokens) == len(part.tokens):
        return (part,)
    cuts = [n for n, (a, b) in enumerate(pairwise(tokens), 1) if a.right == b.left]
    return tuple(segment(tokens[a:b], part.line) for a, b in pairwise((0, *cuts, len(tokens))))


def _pieces(token: Token, edges: Sequence[tuple[float, float, float]]) -> tuple[Token, ...]:
    if len(token.text) < 4:
        return (token,)
    step = (token.right - token.left) / len(token.text)
    best, nearest = 0, _NEAR
    for first, last, edge in edges:
        if not (first <= token.left <= last and token.left + _INSIDE < edge < token.right - _INSIDE):
            continue
        for change in _CHANGE.finditer(token.text):
            away = abs(token.left + step * change.start() - edge)
            if away < nearest:
                best, nearest = change.start(), away
    if not best:
        return (token,)
    return (piece(token, 0, best), *_pieces(piece(token, best, len(token.text)), edges))
