"""Tabs in plain text → blanks: rows of cells, as pasted from a sheet, get columns; tabs that somebody aligned by hand keep their
stops. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

_STOP = 8
_GAP = 2                       # blanks between two columns
_WIDEST = 120                  # signs of a cell that is still one of a table


def untabbed(lines: Iterable[str]) -> Iterator[str]:
    """The lines without tabs, each word of a table's column at the same place in all its rows; a blank line ends a table, a
    line without tabs in it, as of a wrapped cell, does not."""
    for _, run in groupby(lines, key=lambda line: bool(line.strip())):
        block = list(run)
        rows = [line for line in block if "\t" in line]
        if rows and _are_cells(rows):
            laid_out = _in_columns(rows)
            yield from (next(laid_out) if "\t" in line else line for line in block)
        else:
            yield from (line.expandtabs(_STOP) for line in block)


def _are_cells(rows: Sequence[str]) -> bool:
    """True when each tab leads to the next cell: as many in every row, but for those at its end, or never two behind a text."""
    counts = {row.count("\t") for row in rows}
    is_even = len(counts) == 1 or not any("\t\t" in row.strip("\t\r ") for row in rows)
    return is_even and all(len(cell) <= _WIDEST for row in rows for cell in row.split("\t"))


def _in_columns(rows: Sequence[str]) -> Iterator[str]:
    cells = [[cell.strip() for cell in row.split("\t")] for row in rows]
    count = max(map(len, cells))
    widths = [max((len(row[n]) for row in cells if n < len(row)), default=0) for n in range(count)]
    for row in cells:
        yield "".join(cell.ljust(width + _GAP) for cell, width in zip(row, widths, strict=False))
