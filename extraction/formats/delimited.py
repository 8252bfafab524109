"""Delimited tables of any delimiter: recognised by every row having the same number of cells. Pure."""

from __future__ import annotations

import csv
from collections import Counter
from io import StringIO

from models.domain.evidence import PageKind
from models.domain.pages import Page, Word

_DELIMITERS = (("\t", 2), (";", 2), ("|", 2), (",", 3))     # with the fewest cells a row must have to be believed
_SAMPLE_LINES = 200
_ALIKE = 0.8                                                # share of rows with the usual number of cells
_LONGEST_CELL = 1_000_000

csv.field_size_limit(_LONGEST_CELL)


def find_delimiter(text: str) -> str | None:
    """The delimiter of a table of two rows or more, None for other text. The one giving most cells a row wins."""
    sample = "\n".join(text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES])
    best, most = None, 0
    for delimiter, least in _DELIMITERS:
        cells = _usual_cells(sample, delimiter)
        if cells >= least and cells > most:
            best, most = delimiter, cells
    return best


def _usual_cells(sample: str, delimiter: str) -> int:
    """The number of cells most rows have; 0 when rows differ too much to be a table."""
    try:
        counts = Counter(len(row) for row in csv.reader(StringIO(sample), delimiter=delimiter) if any(c.strip() for c in row))
    except csv.Error:
        return 0
    if counts.total() < 2:
        return 0
    cells, rows = counts.most_common(1)[0]
    return cells if rows >= 2 and rows >= _ALIKE * counts.total() else 0


def sheet_of(text: str, delimiter: str) -> Page:
    """A SHEET page: one word for each cell that is not blank, as it is written, blanks around it left out."""
    rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    words = tuple(
        Word(cell.strip(), 0, (float(c), float(r), c + 1.0, r + 1.0))
        for r, row in enumerate(rows) for c, cell in enumerate(row) if cell.strip())
    return Page(0, PageKind.SHEET, float(max(map(len, rows), default=0)), float(len(rows)), words)
