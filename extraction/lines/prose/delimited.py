"""A table typed with marks between its cells, "| KX-4 | Hinge | 12 |" or "KX-4;Hinge;12": read by its titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from extraction.layout.geometry import Line, Token, piece, segment
from extraction.lines.build import Styles
from extraction.lines.prose.stacked import Stack, cell_value, named_by, title_kinds
from models.domain.reading import ReadingLine

_MARKS = ("|", ";")
_RULE = re.compile(r"^[-+=:_|\s]+$")
_FEWEST = 2            # marks of a row; one alone may stand in any sentence
_APART = 1.6           # ems between two rows

Cells = tuple[Line, ...]


def read_delimited(lines: Sequence[Line], styles: Styles) -> tuple[Stack, ...]:
    """The tables among the lines of a text that are typed so, each with titles over at least one row."""
    return tuple(
        stack for mark in _MARKS for block in _blocks(lines, mark) if (stack := _stack(block, mark, styles)))


def _blocks(lines: Sequence[Line], mark: str) -> Iterator[list[Line]]:
    """Runs of lines that hold the mark; the lines a table is drawn with may stand among them."""
    block: list[Line] = []
    for line in lines:
        is_row = line.text.count(mark) >= _FEWEST or bool(_RULE.match(line.text))
        if block and (not is_row or line.top - block[-1].top > _APART):
            yield block
            block = []
        block += [line] if is_row else []
    if block:
        yield block


def _stack(block: Sequence[Line], mark: str, styles: Styles) -> Stack | None:
    rows = [_cells(line, mark) for line in block if not _RULE.match(line.text)]
    rows = [row for row in rows if len(row) == len(rows[0])]
    if len(rows) < 2:
        return None
    kinds = title_kinds([named_by(cell) for cell in rows[0]], rows[1])
    if kinds is None:
        return None
    found = tuple(line for row in rows[1:] if (line := _row(row, kinds, styles)))
    return Stack(block[0].index, block[-1].index, found) if 2 * len(found) >= len(rows) - 1 else None


def _cells(line: Line, mark: str) -> Cells:
    """The cells of a row as lines of their own; marks at its ends part nothing."""
    cells: list[list[Token]] = [[]]
    for token in line.tokens:
        start = 0
        for n, char in enumerate(token.text):
            if char == mark:
                cells[-1] += [piece(token, start, n)] if n > start else []
                cells.append([])
                start = n + 1
        cells[-1] += [piece(token, start, len(token.text))] if start < len(token.text) else []
    if not cells[0] and len(cells) > 1:
        cells = cells[1:]
    if not cells[-1]:
        cells = cells[:-1]
    return tuple(replace(line, segments=(segment(cell, line.index),) if cell else ()) for cell in cells)


def _row(row: Cells, kinds: Sequence[str], styles: Styles) -> ReadingLine | None:
    """The order line of a row; None for one that counts nothing or names nothing, as a row of sums."""
    values: dict[str, Any] = {}
    for cell, kind in zip(row, kinds, strict=True):
        if cell.segments and (value := cell_value(cell, kind, styles)) is not None:
            values[kind] = value
    named = {"description", "buyer_sku", "supplier_sku", "gtin"} & set(values)
    return ReadingLine(**values) if "quantity" in values and named else None
