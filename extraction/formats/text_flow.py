"""Running text and tables → lines of words at character columns: what HTML and office documents become. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from models.domain.evidence import PageKind
from models.domain.pages import UNSEEN, Page, Word, WordFlag

_GAP = 2                               # blanks between two columns of a table
_WIDE = 3                              # filled cells of a row from which on a table stands apart from the text around it
_TWIPS = 110                           # width of a character of usual type
_USUAL_TAB = 720                       # twips between tab stops where a document sets none


@dataclass(frozen=True, slots=True)
class Piece:
    """A word being laid out, from the 0-based character `column` of its line on."""

    column: int
    text: str
    flags: frozenset[WordFlag]


FlowLine = list[Piece]
SPACE: FlowLine = []
"""The white above and below a table; the only blank line that is kept. Never written to."""


@dataclass(slots=True)
class Flow:
    """Lines being written; text continues on the last one."""

    lines: list[FlowLine] = field(default_factory=lambda: [[]])
    is_joined: bool = False            # the next text belongs to the word before it
    column: int = 0                    # where the next word stands at the earliest

    def write(self, text: str, flags: frozenset[WordFlag]) -> None:
        """Go on writing: any white space parts words, a text that begins without some continues the word before it."""
        for piece in re.split(r"(\s+)", text):
            if not piece.strip():
                self.is_joined = self.is_joined and not piece
                continue
            line = self.lines[-1]
            if self.is_joined and line and line[-1].flags == flags:
                line[-1] = replace(line[-1], text=line[-1].text + piece)
            else:
                line.append(Piece(max(_next_column(line, flags), self.column), piece, flags))
            self.is_joined, self.column = True, 0

    def tab(self, stops: Sequence[int] = ()) -> None:
        """Go on at the next tab stop, two blanks away at least, so that columns set with tabs stay columns.

        `stops`: the paragraph's own, ascending, in twips (1/1440 inch); behind them the usual ones follow.
        """
        line = self.lines[-1]
        end = max(_next_column(line, frozenset()) - 1, self.column)
        stop = next((s for s in stops if s > end * _TWIPS), (end * _TWIPS // _USUAL_TAB + 1) * _USUAL_TAB)
        self.is_joined = False
        self.column = max(round(stop / _TWIPS), end + _GAP if line else 0)

    def break_line(self) -> None:
        """What follows stands on a line of its own; never leaves a blank line."""
        self.is_joined, self.column = False, 0
        if self.lines[-1]:
            self.lines.append([])

    def add(self, lines: Iterable[FlowLine]) -> None:
        """Lines that are laid out already, below what was written."""
        self.break_line()
        self.lines[-1:] = [*lines, []]

    def written(self) -> list[FlowLine]:
        """The lines that hold something, and the white around tables."""
        return [line for line in self.lines if line or line is SPACE]


def _next_column(line: FlowLine, flags: frozenset[WordFlag]) -> int:
    """Where a word written with these flags begins. What a person does not see holds no place for what is seen."""
    unseen = bool(flags & UNSEEN)
    last = next((p for p in reversed(line) if unseen or not p.flags & UNSEEN), None)
    return last.column + len(last.text) + 1 if last else 0


def line_end(line: FlowLine) -> int:
    """The column behind the last word; 0 for a blank line."""
    return max((p.column + len(p.text) for p in line), default=0)


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell and its lines; `column` is 0-based, `span` the number of columns it covers."""

    column: int
    span: int
    lines: list[FlowLine]


def table_lines(rows: Sequence[Sequence[TableCell]]) -> Iterator[FlowLine]:
    """Rows of a table whose columns begin at the same character on every line, two blanks apart at least; white around a table
    of several rows and columns."""
    starts = _column_starts(rows)
    is_apart = len(rows) > 1 and any(sum(any(cell.lines) for cell in row) >= _WIDE for row in rows)
    if is_apart:
        yield SPACE
    for row in rows:
        for parts in zip_longest(*(cell.lines for cell in row)):
            line: FlowLine = []
            for cell, part in zip(row, parts, strict=True):
                line += [replace(p, column=p.column + starts[cell.column]) for p in part or ()]
            yield line
    if is_apart:
        yield SPACE


def _column_starts(rows: Sequence[Sequence[TableCell]]) -> list[int]:
    """The character each column begins at: wide enough for the widest cell."""
    count = max((cell.column + cell.span for row in rows for cell in row), default=0)
    starts = [0] * (count + 1)
    cells = sorted((cell for row in rows for cell in row), key=lambda c: c.column + c.span)
    for cell in cells:
        width = max(map(line_end, cell.lines), default=0)
        after = starts[cell.column] + (width + _GAP if width else 0)
        for column in range(cell.column + cell.span, count + 1):
            starts[column] = max(starts[column], after)
    return starts


def flow_page(lines: Sequence[FlowLine], number: int = 0) -> Page:
    """A TEXT page of these lines; boxes in characters and lines."""
    words = tuple(
        Word(p.text, number, (float(p.column), float(row), float(p.column + len(p.text)), row + 1.0), flags=p.flags)
        for row, line in enumerate(lines) for p in line)
    return Page(number, PageKind.TEXT, float(max(map(line_end, lines), default=0)), float(len(lines)), words)
