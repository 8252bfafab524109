"""Columns of a sheet that count goods though no title says so: the one that a buyer fills in, the one that sums up stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.fields.numbers import NumberStyle
from extraction.lines.cells import Cells
from extraction.lines.columns import Column
from extraction.lines.values import is_code, number_of

_FEWEST = 4                    # items, for a sheet to be a catalogue
_FULL = 0.9                    # of the items have a value in a column that describes them
_SIZED = frozenset({"uom", "pack"})
_CODES = frozenset({"buyer_sku", "supplier_sku", "gtin"})
_PARTS = 2                     # columns and rows at least, for a sum to be one


def with_counts(columns: Sequence[Column], rows: Sequence[Cells], style: NumberStyle) -> tuple[Column, ...]:
    """The columns; where no title is one of quantities alone, the column that counts is named by what it holds."""
    named = [n for n, c in enumerate(columns) if "quantity" in c.kinds]
    if any(not _SIZED & set(columns[n].kinds) for n in named):
        return tuple(columns)
    chosen = _summing(columns, rows, style)
    if chosen is None:
        chosen = _filled_in(columns, rows, style, named)
    return tuple(columns) if chosen is None else tuple(
        replace(c, kinds=("quantity",)) if n == chosen else replace(c, kinds=("pack",)) if n in named else c
        for n, c in enumerate(columns))


def _filled_in(
    columns: Sequence[Column], rows: Sequence[Cells], style: NumberStyle, named: Sequence[int]
) -> int | None:
    """The one column of unknown title that has whole numbers, for some items only: the order column of a catalogue, beside
    which a full column "Case" or "Unit" is the size of a package."""
    items = [row for row in rows if _is_item(row, columns)]
    if len(items) < _FEWEST or any(sum(n in row for row in items) < _FULL * len(items) for n in named):
        return None
    found = [n for n, c in enumerate(columns) if not c.kinds and _is_filled_in(n, items, style)]
    return found[0] if len(found) == 1 else None


def _is_item(row: Cells, columns: Sequence[Column]) -> bool:
    """True for a row with a code, a description and a price or a barcode, as catalogues have for all their goods."""
    firsts = {kind for c in row for kind in columns[c].kinds[:1]}
    coded = any(set(columns[c].kinds[:1]) & _CODES and is_code(row[c][0].text) for c in row)
    return coded and "description" in firsts and bool(firsts & {"unit_price", "gtin"})


def _is_filled_in(column: int, items: Sequence[Cells], style: NumberStyle) -> bool:
    values = [_number(row, column, style) for row in items if column in row]
    whole = all(v is not None and v >= 0 and v == v.to_integral_value() for v in values)
    return bool(values) and whole and len(values) < _FULL * len(items)


def _summing(columns: Sequence[Column], rows: Sequence[Cells], style: NumberStyle) -> int | None:
    """The column that adds up, row by row, the columns of unknown title before it: "Leeds | York | Hull | Total"."""
    for n in range(len(columns)):
        first = n
        while first and not columns[first - 1].kinds:
            first -= 1
        items = [row for row in rows if n in row and any(c in row for c in range(first, n))]
        if n - first >= _PARTS and len(items) >= _PARTS and all(_adds_up(row, first, n, style) for row in items):
            return n
    return None


def _adds_up(row: Cells, first: int, last: int, style: NumberStyle) -> bool:
    parts = [_number(row, c, style) for c in range(first, last) if c in row]
    return None not in parts and sum((p for p in parts if p is not None), Decimal(0)) == _number(row, last, style)


def _number(row: Cells, column: int, style: NumberStyle) -> Decimal | None:
    amount = number_of(row[column], style)
    return amount.value if amount else None
