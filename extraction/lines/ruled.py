"""Columns that vertical rules part: every word belongs to the cell it stands in, whatever the titles say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from extraction.layout.geometry import Line, Rules, Token
from extraction.lines.cells import Cells
from extraction.lines.columns import Column, Header, titled

_SAME = 0.5            # ems; rules nearer than this are one double rule
_LOOKED_AT = 6         # lines under the header that the rules must run through
_FEWEST = 3            # columns; fewer are a box around something


def ruled_columns(header: Header, above: Sequence[Line], body: Sequence[Line], rules: Mapping[int, Rules]) -> tuple[Column, ...]:
    """A column for each space between the rules that run from the header through the rows, with the title in it.

    `above` are the header's own lines. Empty when there are too few rules, or words stand outside of them.
    """
    page = rules.get(above[-1].page)
    sample = [line for line in body if line.page == above[-1].page][:_LOOKED_AT]
    if not page or not sample:
        return ()
    edges = edges_through(page, sample)
    if len(edges) <= _FEWEST:
        return ()
    tokens = [t for column in header.columns for t in column.tokens]
    inside = [t for t in tokens if edges[0] <= t.middle_x <= edges[-1]]
    if len(inside) < len(tokens):
        return ()
    return tuple(
        titled([t for t in inside if left <= t.middle_x < right], left, right) for left, right in pairwise(edges))


def edges_through(page: Rules, sample: Sequence[Line]) -> list[float]:
    """Where rules run through most of the lines, from left to right."""
    through = [
        x for x, top, bottom in page.vertical
        if 2 * sum(top <= line.middle <= bottom for line in sample) >= len(sample)]
    edges: list[float] = []
    for x in sorted(through):
        if not edges or x - edges[-1] > _SAME:
            edges.append(x)
    return edges


def assign_ruled(line: Line, columns: Sequence[Column]) -> Cells:
    """Each word goes into the cell in which its middle lies; words outside the rules stay out."""
    cells: dict[int, tuple[Token, ...]] = {}
    for token in line.tokens:
        at = next((n for n, c in enumerate(columns) if c.left <= token.middle_x < c.right), None)
        if at is not None:
            cells[at] = (*cells.get(at, ()), token)
    return cells
