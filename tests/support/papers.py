"""Pages of words written by hand: paper from placed texts, text bodies and sheets from rows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, SourceFormat, Word

HEIGHT = 10.0  # points of a line of type
ADVANCE = 5.0  # points of a character


def paper(*rows: tuple[float, Sequence[tuple[float, str]]], number: int = 0) -> Page:
    """A page from rows (top in points, texts with their left edge in points); a character is five points wide."""
    words = tuple(w for top, texts in rows for left, text in texts for w in _words(text, left, top, number))
    return Page(number, PageKind.PAPER, 600, 840, words)


def table(top: float, *rows: str, number: int = 0, pitch: float = 14.0) -> Page:
    """A page typed on a grid: a character of a row is a character's width, a line is `pitch` points high."""
    placed = [
        (top + n * pitch, [(20 + m.start() * ADVANCE, m[0]) for m in re.finditer(r"\S+(?: \S+)*", row)])
        for n, row in enumerate(rows)
    ]
    return paper(*placed, number=number)


def body(text: str, number: int = 0) -> Page:
    """A text body."""
    rows = text.split("\n")
    words = tuple(
        Word(m[0], number, (m.start(), y, m.end(), y + 1)) for y, row in enumerate(rows) for m in re.finditer(r"\S+", row)
    )
    return Page(number, PageKind.TEXT, 100, len(rows), words)


def sheet(*rows: Sequence[str], number: int = 0) -> Page:
    """A sheet; empty texts are empty cells."""
    words = tuple(Word(cell, number, (x, y, x + 1, y + 1)) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell)
    return Page(number, PageKind.SHEET, max(map(len, rows)), len(rows), words)


def parsed(*pages: Page) -> Parsed:
    """The pages as a parser would hand them over."""
    return Parsed(SourceFormat.UNKNOWN, pages)


def _words(text: str, left: float, top: float, page: int) -> list[Word]:
    return [
        Word(m[0], page, (left + m.start() * ADVANCE, top, left + m.end() * ADVANCE, top + HEIGHT))
        for m in re.finditer(r"\S+", text)
    ]
