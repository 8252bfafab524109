"""Tables without a header row, or with one that OCR lost: columns from where the numbers of many lines stand."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.layout.geometry import Line
from extraction.lines.cells import is_plain_number
from extraction.lines.columns import Column, Header
from models.domain.evidence import PageKind


def untitled_header(lines: Sequence[Line]) -> Header | None:
    """A header of untitled columns over the lines with three segments or more, two of them numbers (on a sheet, where cells
    are known, one); None without any."""
    rows = [line for line in lines if _is_row(line)]
    if not rows:
        return None
    most = max(map(_numbers, rows))
    rows = [line for line in rows if line.kind is PageKind.SHEET or 2 * _numbers(line) > most]      # not those of a list below
    spans: list[list[float]] = []
    for left, right in sorted((s.left, s.right) for line in _fullest(rows) for s in line.segments):
        if spans and left < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], right)
        else:
            spans.append([left, right])
    before = rows[0].index - 1
    return Header(before, before, tuple(Column("", (), left, right) for left, right in spans))


def _fullest(rows: Sequence[Line]) -> Sequence[Line]:
    """The rows with the most cells, where they are half of all at least: in others a long text touches the next cell."""
    most = max(len(line.segments) for line in rows)
    full = [line for line in rows if len(line.segments) == most]
    return full if 2 * len(full) >= len(rows) else rows


def _is_row(line: Line) -> bool:
    least = 1 if line.kind is PageKind.SHEET else 2
    return len(line.segments) >= 3 and _numbers(line) >= least and any(c.isalpha() for c in line.text)


def _numbers(line: Line) -> int:
    """How many of the line's segments end with a number."""
    return sum(any(is_plain_number(t.text) for t in s.tokens[-2:]) and len(s.tokens) <= 3 for s in line.segments)
