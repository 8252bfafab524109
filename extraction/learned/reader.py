"""Rows of a table read by the learned places of its columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.learned.columns import IGNORE
from extraction.learned.grid import Grid
from extraction.learned.mains import main_lines
from extraction.learned.row_texts import RowTexts
from extraction.learned.rows import CODES
from extraction.lines.build import build_line
from extraction.lines.rows import Row, RowLine
from extraction.lines.texts import ONE_LINE
from extraction.lines.values import is_code
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

_ROUND = "[]*():;,"
_DASHES = frozenset({"-", "–", ":", "|"})


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row: its main line and its text lines (indexes in the paper), and the words of its text, on whichever of them."""

    main: int
    texts: tuple[int, ...]
    words: tuple[Token, ...]


def found_rows(grid: Grid, body: Sequence[int]) -> tuple[FoundRow, ...]:
    """The rows among these lines, each with its lines of text."""
    mains, column = main_lines(grid, body), grid.column("description")
    if column is None:
        return tuple(FoundRow(n, (), ()) for n in mains)
    texts = RowTexts(grid, column, mains)
    out: list[FoundRow] = []
    for i, n in enumerate(mains):
        low = max((out[-1].main, *out[-1].texts)) if out else -1
        high = mains[i + 1] if i + 1 < len(mains) else len(grid.paper.lines)
        own = tuple(texts.lines(n, low, high, frozenset(body)))
        told = {*own, n} if texts.place.first <= 0 <= texts.place.last else set(own)
        out.append(FoundRow(n, own, tuple(t for at in sorted(told) for t in texts.words(at, n))))
    return tuple(out)


def read_row(grid: Grid, row: FoundRow) -> ReadingLine:
    """The reading line of a row."""
    cells = _cells(grid, row.main)
    column = grid.column("description")
    codes: dict[str, Found[str]] = {}
    words = row.words
    if column is not None:
        if not words:                         # "Freight charge" in the column of the codes
            wordy = [c for c in cells if grid.kinds[c] in CODES and not grid.fits(c, cells[c])]
            words = tuple(t for c in wordy for t in cells.pop(c))
        if words and grid.inside:
            words, codes = _parted(grid, words)
        cells = {**cells, column: words} if words else {c: t for c, t in cells.items() if c != column}
    anchor = RowLine(grid.paper.lines[row.main], {c: t for c, t in cells.items() if grid.kinds[c] != IGNORE and t})
    line = build_line(Row(anchor, (anchor,)), grid.kinds, grid.styles, ONE_LINE)
    changed: dict[str, Any] = dict(codes)
    if words:
        text = " ".join(t.text for t in words)
        changed["description"] = found(text, words, 0.9)
        named = {*grid.kinds.values(), *codes}
        changed |= {c: None for c in CODES if c not in named and (code := getattr(line, c, None)) and code.value == text}
    return replace(line, **changed)


def _cells(grid: Grid, main: int) -> dict[int, tuple[Token, ...]]:
    """The words of a row by column, on whichever of its lines a column stands."""
    cells: dict[int, tuple[Token, ...]] = {}
    lines = grid.paper.lines
    for step in grid.steps:
        at = main + step
        if 0 <= at < len(lines) and lines[at].page == lines[main].page:
            mine = {c: ts for c, ts in grid.at(at, step).items() if grid.place(c).step == step}
            cells |= {c: ts for c, ts in mine.items() if step == 0 or grid.fits(c, ts)}
    return cells


def _parted(grid: Grid, tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], dict[str, Found[str]]]:
    """The description without the codes in its cell, and those."""
    out: dict[str, Found[str]] = {}
    for field, fact in grid.inside.items():
        if len(tokens) < 2:
            break
        is_first = fact.lesson.value == "first"
        at = 0 if is_first else _last(tokens)
        text = tokens[at].text.strip(_ROUND)
        if not any(c.isdigit() for c in text):
            continue
        out[field] = found(text, (tokens[at],), 0.9)
        before, after = tokens[:at], tokens[at + 1 :]
        if is_first:
            while len(after) > 1 and after[0].text in _DASHES:
                after = after[1:]
        else:
            while len(before) > 1 and before[-1].text in _DASHES:
                before = before[:-1]
        tokens = (*before, *after)
    return tokens, out


def _last(tokens: Sequence[Token]) -> int:
    """The word in which a text with a code at its end has it: the last; but what goes on below it may be a remark."""
    ends = [n for n, (word, after) in enumerate(pairwise(tokens)) if after.left < word.right]
    lasts = (len(tokens) - 1, *reversed(ends))
    return next((n for n in lasts if is_code(tokens[n].text.strip(_ROUND))), len(tokens) - 1)
