"""Blocks of lines that stand under one another: addresses, the letterhead."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.layout.geometry import Line, Rules, Segment
from extraction.layout.pairs import is_label

LEADING = 1.15
"""Ems of white between two lines from which on a block is over."""


def block(lines: Sequence[Line], start: int, left: float, right: float, rules: Rules, *, longest: int = 8) -> tuple[Segment, ...]:
    """The segments under one another from line `start` on whose left edge lies in `left`..`right`, one a line.

    The block ends at a wide gap, a horizontal rule, a label, a line without a fitting segment, or after `longest` lines.
    """
    out: list[Segment] = []
    for line in lines[start:start + longest + 2]:
        part = next((s for s in line.segments if left <= s.left <= right), None)
        if out and (line.page != lines[start].page or line.top - out[-1].bottom > LEADING):
            break
        if part is None:
            if out and line.top - out[-1].bottom > LEADING / 2:
                break
            continue
        if out and (is_label(part) or rules.crosses_y(out[-1].bottom - 0.2, part.top + 0.2, part.left)):
            break
        out.append(part)
        if len(out) == longest:
            break
    return tuple(out)
