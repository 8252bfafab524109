"""Clothes on a sheet, by size: an item above a row of sizes, under which each colour says how many of each are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Segment
from extraction.lines.build import Styles
from extraction.lines.table import Table
from extraction.lines.values import is_code, measured, number_of
from models.domain.evidence import PageKind
from models.domain.reading import ReadingLine

_SIZE = re.compile(r"^(?:\d?X{0,3}[SL]|M|\d{1,2}/\d{1,2}|One ?size)$", re.IGNORECASE)
_FEWEST = 3                    # sizes in a row
_ABOVE = 3                     # lines between an item and its sizes, at most
_SURE = 0.85


def read_sizes(lines: Sequence[Line], styles: Styles) -> Table | None:
    """A line for each number under a size, described by item, colour and size; None where no sheet is laid out so."""
    if not lines or lines[0].kind is not PageKind.SHEET:
        return None
    heads = [n for n, line in enumerate(lines) if _is_head(line)]
    out: list[tuple[int, ReadingLine]] = []
    for n, end in pairwise([*heads, len(lines)]):
        item = next((x for x in reversed(lines[max(0, n - _ABOVE) : n]) if _code(x)), None)
        if item is not None:
            for row in _rows(lines[n], lines[n + 1 : end]):
                out += [(row.index, line) for line in _read(item, lines[n], row, styles)]
    if not out:
        return None
    return Table(lines[heads[0]].index - 1, out[-1][0], tuple(line for _, line in out), frozenset({"quantity", "description"}))


def _is_head(line: Line) -> bool:
    """True for a title and sizes only: "Colour | S | M | L"."""
    first, *rest = line.segments
    return len(rest) >= _FEWEST and not _SIZE.match(first.text) and all(_SIZE.match(part.text) for part in rest)


def _code(line: Line) -> Segment | None:
    return next((part for part in line.segments if is_code(part.text) and any(c.isdigit() for c in part.text)), None)


def _rows(head: Line, below: Sequence[Line]) -> Iterable[Line]:
    """The rows right under the sizes, down to the first that is none."""
    last = head
    for line in below:
        if len(line.segments) < 2 or line.top - last.top > 1.5 or any(c.isdigit() for c in line.segments[0].text):
            return
        yield line
        last = line


def _read(item: Line, head: Line, row: Line, styles: Styles) -> Iterable[ReadingLine]:
    code = _code(item)
    at = next((n for n, part in enumerate(item.segments) if part is code), 0)
    name = item.segments[at + 1 : at + 2]
    for part in row.segments[1:]:
        size = next((s for s in head.segments[1:] if abs(s.left - part.left) < 1), None)
        amount = number_of(part.tokens, styles.number)
        if code is None or size is None or amount is None or amount.value <= 0:
            continue
        told = [t for s in (*name, row.segments[0], size) for t in s.tokens]
        yield ReadingLine(
            buyer_sku=found(code.text, code.tokens, _SURE), description=found(" ".join(t.text for t in told), told, _SURE),
            quantity=measured(amount.value, part.tokens, styles.number, _SURE))
