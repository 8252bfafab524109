"""Tables set in several stacks beside each other, each under the same titles: their rows are laid one under another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.layout.geometry import Line, Segment, Token, segment
from extraction.layout.labels import fold
from extraction.lines.columns import Column, Header, header_score

_FEWEST = 2            # titles of one stack
_EVEN = 0.3            # ems by which values may begin beside their title


def in_one_stack(header: Header, lines: Sequence[Line]) -> tuple[Header, Sequence[Line]]:
    """The first stack's titles, and the lines with the rows of each further stack moved under the first; both as they are
    where no titles repeat. `lines` are all lines of the document part, the header's own included."""
    width = _width(header.columns)
    if not width:
        return header, lines
    columns = header.columns
    begins = range(width, len(columns), width)
    body = [x for x in lines if x.index > header.last]
    edges = [_edge(columns[n - 1], columns[n], body) for n in begins]
    shifts = [0.0, *(columns[n].left - columns[0].left for n in begins)]
    laid = [part for x in lines for part in (_parted(x, edges, shifts) if x.index > header.last else (x,))]
    return replace(header, columns=columns[:width]), laid


def _edge(before: Column, after: Column, body: Sequence[Line]) -> float:
    """Where a stack ends: right before the next one where its values begin with their title, else between the two titles."""
    begun = sum(any(abs(t.left - after.left) < _EVEN for t in x.tokens) for x in body)
    filled = sum(x.tokens[-1].left >= after.left - _EVEN for x in body)
    return after.left - _EVEN if begun and 2 * begun >= filled else (before.right + after.left) / 2


def _width(columns: Sequence[Column]) -> int:
    """How many titles one stack has; 0 for a table of one stack."""
    titles = [fold(c.title) for c in columns]
    sizes = (n for n in range(_FEWEST, len(titles) // 2 + 1) if len(titles) % n == 0)
    return next((n for n in sizes if titles == titles[:n] * (len(titles) // n) and header_score(columns[:n])), 0)


def _parted(line: Line, edges: Sequence[float], shifts: Sequence[float]) -> Iterator[Line]:
    """The pieces of a line that stand in each stack; a line that runs on over an edge is no row, and stays whole."""
    segments = tuple(part for s in line.segments for part in _cut(s, edges))
    if any(s.left < x < s.right for s in segments for x in edges):
        yield line
        return
    for n, shift in enumerate(shifts):
        parts = [s for s in segments if sum(x <= s.left for x in edges) == n]
        if parts:
            yield replace(line, segments=tuple(segment([_moved(t, shift) for t in s.tokens], s.line) for s in parts))


def _cut(part: Segment, edges: Sequence[float]) -> Iterator[Segment]:
    """A segment in two where an edge passes between two values of it: words with digits."""
    tokens, begin = part.tokens, 0
    for n, (a, b) in enumerate(pairwise(tokens), 1):
        if any(a.right <= x <= b.left for x in edges) and all(any(map(str.isdigit, t.text)) for t in (a, b)):
            yield segment(tokens[begin:n], part.line)
            begin = n
    yield segment(tokens[begin:], part.line) if begin else part


def _moved(token: Token, shift: float) -> Token:
    return replace(token, left=token.left - shift, right=token.right - shift)
