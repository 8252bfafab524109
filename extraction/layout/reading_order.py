"""The lines of a document as a person reads them: a column of labelled facts at a page's side is read by itself. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from extraction.layout.geometry import Line, Segment, page_lines, segment
from extraction.layout.labels import after_number, label_at
from models.domain.evidence import PageKind
from models.domain.pages import Page

_LEAST_LABELS = 3        # of such a column,
_LEAST_ROWS = 3          # beside which rows of a table stand,
_CELLS = 3               # segments at least of a row of a table
_EDGE = 1.0              # ems by which what stands in the column may begin apart
_GUTTER = 0.5            # ems of white at least between column and table
_UNDER = 1.6             # ems of white at most between a label and its value
_LONGEST = 6             # words of a value
_LONGEST_LABEL = 4       # and of its label
_SIDE = 0.4              # of the page's print, the widest column


def document_lines(pages: Sequence[Page]) -> tuple[Line, ...]:
    """The lines of all pages, in reading order. Words that are never a value (`Word.counts`) are left out."""
    lines: list[Line] = []
    for page in pages:
        lines += _renumbered(_in_order(page_lines(page, len(lines))), len(lines))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a side column stands, in ems."""

    left: float
    right: float

    def holds(self, part: Segment) -> bool:
        return self.left <= part.left and part.right <= self.right


def _in_order(lines: Sequence[Line]) -> Iterable[tuple[Line, tuple[Segment, ...]]]:
    """Each line with its segments; where a side column has lines of its own, the lines of the higher column first."""
    column = _side_column(lines) if lines and lines[0].kind is PageKind.PAPER else None
    if column is None:
        return [(line, line.segments) for line in lines]
    inside, outside = [], []
    for line in lines:
        side = tuple(s for s in line.segments if column.holds(s))
        rest = tuple(s for s in line.segments if not column.holds(s))
        inside += [(line, side)] if side else []
        outside += [(line, rest)] if rest else []
    return [*outside, *inside] if outside[0][1][0].top < inside[0][1][0].top else [*inside, *outside]


def _side_column(lines: Sequence[Line]) -> _Column | None:
    """The column at one side in which labels stand over their values, beside the rows of a table that has no cells in it."""
    worded = [(n, s) for n, line in enumerate(lines) for s in line.segments if not s.text[-1].isdigit()]     # most are not
    labels = [(n, s) for n, s in worded if len(s.tokens) <= _LONGEST_LABEL and _is_bare_label(s) and _value_under(lines, n, s)]
    for _, group in groupby(sorted(labels, key=lambda x: x[1].left), key=lambda x: round(x[1].left / _EDGE)):
        stack = list(group)
        if len(stack) < _LEAST_LABELS:
            continue
        first, last, left = min(n for n, _ in stack), max(n for n, _ in stack), min(s.left for _, s in stack)
        between = lines[first : last + 1]
        own = [s for line in between for s in line.segments if abs(s.left - left) < _EDGE]
        right = max(s.right for s in own)
        column = _apart(lines, between, left, right)
        if column and not any(_crosses(line, column) for line in lines[last + 1 :]):
            return column
    return None


def _apart(lines: Sequence[Line], between: Sequence[Line], left: float, right: float) -> _Column | None:
    """The column, where nothing beside it reaches into it and rows of a table stand there; None elsewhere."""
    edges = min(s.left for x in lines for s in x.segments), max(s.right for x in lines for s in x.segments)
    if right - left > _SIDE * (edges[1] - edges[0]):
        return None
    others = [[s for s in line.segments if abs(s.left - left) >= _EDGE] for line in between]
    rows = sum(len(parts) >= _CELLS and any(c.isdigit() for s in parts for c in s.text) for parts in others)
    beside = [s for parts in others for s in parts]
    if rows < _LEAST_ROWS:
        return None
    if all(s.left > right + _GUTTER for s in beside):
        return _Column(edges[0], min(s.left for s in beside) - _GUTTER)
    if all(s.right < left - _GUTTER for s in beside):
        return _Column(max(s.right for s in beside) + _GUTTER, edges[1])
    return None


def _crosses(line: Line, column: _Column) -> bool:
    """True for a row of a table that has cells in the column too: what stands above it is the head of the paper."""
    return len(line.segments) > _CELLS and any(column.holds(s) for s in line.segments)


def _is_bare_label(part: Segment) -> bool:
    """True for a label that nothing follows on its line."""
    label = label_at(part.tokens, after_number(part.tokens))
    return bool(label and label.end == len(part.tokens) and not label.start)


def _value_under(lines: Sequence[Line], n: int, part: Segment) -> bool:
    """True where a value stands below a label, in the same column."""
    under = (s for line in lines[n + 1 : n + 4] for s in line.segments if abs(s.left - part.left) < _EDGE)
    value = next(under, None)
    return value is not None and value.top - part.bottom < _UNDER and not _is_bare_label(value) and len(value.tokens) <= _LONGEST


def _renumbered(lines: Iterable[tuple[Line, tuple[Segment, ...]]], first: int) -> Iterable[Line]:
    for n, (line, parts) in enumerate(lines, first):
        if n == line.index and len(parts) == len(line.segments):
            yield line
            continue
        top, bottom = min(s.top for s in parts), max(s.bottom for s in parts)
        yield Line(n, line.page, line.kind, top, bottom, tuple(segment(s.tokens, n) for s in parts))
