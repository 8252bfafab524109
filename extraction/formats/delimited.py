"""Delimited tables of any delimiter, with text above, between and below them. Pure."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby

from extraction.formats.options import ParseOptions
from extraction.formats.text_page import check_words
from models.domain.evidence import PageKind
from models.domain.pages import Page, Problem, Word

_DELIMITERS = (("\t", 2), (";", 2), ("|", 2), (",", 3), ("~", 3), ("^", 3))     # with the fewest cells a row must have
_SAMPLE_LINES = 200
_SAMPLE_SIGNS = 262_144
_ALIKE = 0.8                 # share of rows with the usual number of cells that makes a table of the whole text
_BLOCK = 0.3                 # share of rows that rows of equal length in succession must have, where text stands around them
_PROSE = 0.5                 # the same for commas, which prose has too
_LEAST_ROWS = 3              # of such a block
_LONGEST_CELL = 1_000_000
_LONGEST_QUOTE = 30          # line breaks inside quotes; more, and the quote was never closed
_NAMED = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_EXPONENT = re.compile(r"\d[.,]\d+E\+\d{2}", re.IGNORECASE)

csv.field_size_limit(_LONGEST_CELL)


@dataclass(frozen=True, slots=True)
class _Guess:
    delimiter: str
    cells: int


def find_delimiter(text: str, *, is_body: bool = False) -> str | None:
    """The delimiter of a table, None for other text. A first line "sep=;" names it; else the one giving most cells a row wins.

    The body of a mail (`is_body`) is text, whatever tables stand in it, unless it is a table from top to bottom.
    Marks inside numbers ("1,50;2,50") do not make a table of commas where another delimiter makes one.
    """
    if named := _NAMED.match(text):
        return named[1]
    sample = "\n".join(text[:_SAMPLE_SIGNS].split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES])
    found = [_Guess(d, cells) for d, least in _DELIMITERS if d in sample and (cells := _usual_cells(sample, d, least, is_body))]
    if len(found) > 1 and _in_numbers(sample):
        found = [guess for guess in found if guess.delimiter != ","]
    return max(found, key=lambda guess: guess.cells).delimiter if found else None


def _in_numbers(sample: str) -> bool:
    """True when most commas stand between digits."""
    return 2 * len(re.findall(r"\d,\d", sample)) >= sample.count(",")


def _usual_cells(sample: str, delimiter: str, least: int, is_body: bool) -> int:
    """The number of cells of the table's rows; 0 when rows differ too much to be one."""
    try:
        rows = [row for row in _rows(sample, delimiter) if any(c.strip() for c in row)]
    except csv.Error:
        return 0
    if len(rows) < 2:
        return 0
    for lengths in (map(len, rows), map(_filled, rows)):
        cells, alike = Counter(lengths).most_common(1)[0]
        if cells >= least and alike >= 2 and alike >= _ALIKE * len(rows):
            return cells
    return 0 if is_body else _block(rows, delimiter)


def _filled(row: Sequence[str]) -> int:
    """Cells up to the last that is not blank: some rows end in a delimiter, others do not."""
    return max((n for n, cell in enumerate(row, 1) if cell.strip()), default=0)


def _block(rows: Sequence[list[str]], delimiter: str) -> int:
    """The cells of the longest run of rows of one length that has numbers in it; 0 when there is none worth the name."""
    runs = [list(run) for _, run in groupby(rows, key=len)]
    longest = max((run for run in runs if len(run[0]) > 2), key=len, default=[])
    share = _PROSE if delimiter == "," else _BLOCK
    if len(longest) < _LEAST_ROWS or len(longest) < share * len(rows):
        return 0
    columns = zip(*longest[1:], strict=True)
    has_numbers = any(2 * sum(any(map(str.isdigit, cell)) for cell in column) >= len(column) for column in columns)
    return len(longest[0]) if has_numbers else 0


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows = list(csv.reader(StringIO(text), delimiter=delimiter))
    if any(cell.count("\n") > _LONGEST_QUOTE for row in rows for cell in row):
        return list(csv.reader(StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return rows


def sheet_of(text: str, delimiter: str, options: ParseOptions) -> tuple[Page, tuple[Problem, ...]]:
    """A SHEET page: one word for each cell that is not blank, as it is written, without blanks around and line breaks in it.

    Raises InputError too_many_words.
    """
    words: list[Word] = []
    width, lost = 0, 0
    rows = _rows(_NAMED.sub("\n", text), delimiter)
    for r, row in enumerate(rows):
        width = max(width, len(row))
        for c, cell in enumerate(row):
            if shown := cell.strip():
                shown = re.sub(r"\s*\n\s*", " ", shown) if "\n" in shown else shown
                lost += bool(_EXPONENT.fullmatch(shown))
                words.append(Word(shown, 0, (float(c), float(r), c + 1.0, r + 1.0)))
        check_words(len(words), options)
    page = Page(0, PageKind.SHEET, float(width), float(len(rows)), tuple(words))
    return page, (_digits_lost(lost),) if lost else ()


def _digits_lost(count: int) -> Problem:
    return Problem("digits_lost", f"The table holds {count} numbers cut short to a power of ten (as 4.01E+12): so spreadsheet "
                                  "programs write long codes. Their digits are lost; ask for them.", 0)
