"""A table on a sheet: its cells are known, and formulas may have left out their results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.layout.geometry import CELL, Line
from extraction.lines.build import Styles
from extraction.lines.cells import spans
from extraction.lines.columns import Column, Header
from extraction.lines.counted_columns import with_counts
from extraction.lines.placed import cells_of
from extraction.lines.table import Table, table_of
from models.domain.evidence import Evidence, Found, Origin
from models.domain.money import line_amount
from models.domain.reading import ReadingLine

_MOST = 10**12         # a longer number is no quantity and no price, and its product may have more digits than are reckoned with


def sheet_table(header: Header, lines: Sequence[Line], styles: Styles) -> Table | None:
    """The rows under a header row, `lines`, as order lines."""
    columns = _untitled_cells(header, lines)
    rows = cells_of(lines, spans(columns))
    columns = with_counts(columns, [row.cells for row in rows], styles.number)
    table = table_of(header, columns, rows, {}, styles)
    return _with_amounts(table, columns) if table else None


def _untitled_cells(header: Header, lines: Sequence[Line]) -> tuple[Column, ...]:
    """On a sheet, the columns without a title that have values too."""
    titled = {round(c.left // CELL) for c in header.columns}
    covered = {n for c in header.columns for n in range(round(c.left // CELL), round(c.right // CELL) + 1)}
    used = {round(t.left // CELL) for line in lines[:60] for t in line.tokens}
    extra = [Column("", (), n * CELL + 0.5, (n + 1) * CELL - 0.5) for n in sorted(used - covered - titled)]
    return tuple(sorted([*header.columns, *extra], key=lambda c: c.left))


def _with_amounts(table: Table, columns: Sequence[Column]) -> Table:
    """Amounts that the sheet computes by formulas without stored results, worked out; where amounts stand, they stay."""
    if "amount" in table.kinds or not any("amount" in c.kinds for c in columns):
        return table
    return replace(table, lines=tuple(_with_amount(line) for line in table.lines))


def _with_amount(line: ReadingLine) -> ReadingLine:
    if not (line.quantity and line.unit_price) or max(abs(line.quantity.value), abs(line.unit_price.value)) > _MOST:
        return line
    worth = line_amount(line.quantity.value, line.unit_price.value, line.discount.value if line.discount else None, None)
    proof = Evidence(Origin.COMPUTED, note="quantity × unit price, as the sheet's formula")
    return replace(line, amount=Found(worth, 0.85, proof))
