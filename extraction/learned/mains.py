"""Which lines of a learned table are the main lines of its rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from extraction.layout.geometry import Token
from extraction.layout.labels import label_at
from extraction.learned.grid import CHECKS, Grid
from extraction.learned.rows import CODES
from extraction.lines.rows import is_aside
from extraction.lines.values import quantity_of
from models.domain.evidence import PageKind

_NUMBERED = 2         # words of a line number at most
_NUMBERS = frozenset({"line_no", *CODES})
_WORTH = frozenset({"unit_price", "amount"})
_DUE = frozenset({"line_no", "description"})
SUMS = frozenset({"total", "subtotal", "tax", "header_discount"})


def main_lines(grid: Grid, body: Sequence[int]) -> Sequence[int]:
    """The lines (indexes in the paper) on which a row has its quantity."""
    return _above_sums(grid, _alike(grid, [n for n in body if _is_main(grid, n)]))


def _alike(grid: Grid, mains: Sequence[int]) -> Sequence[int]:
    """The rows without those of another table below: all rows of the form have a unit, and these have none."""
    unit = grid.column("uom")
    if unit is None or not grid.is_usual(unit):
        return mains
    last = max((n for n in mains if unit in grid.at(n, 0)), default=len(grid.paper.lines))
    return [n for n in mains if n <= last]


def _above_sums(grid: Grid, mains: Sequence[int]) -> Sequence[int]:
    """The rows without those of another table below the sums: every row of the form costs something, and these do not."""
    worth = [c for c, kind in grid.kinds.items() if kind in _WORTH and grid.is_usual(c)]
    last = max((n for n in mains if any(c in grid.at(n, 0) for c in worth)), default=len(grid.paper.lines))
    return [n for n in mains if n <= last or not any(_is_sum(grid, between) for between in range(last + 1, n))]


def _is_sum(grid: Grid, n: int) -> bool:
    label = label_at(grid.paper.lines[n].tokens, 0)
    return bool(label and set(label.fields) & SUMS)


def _is_main(grid: Grid, n: int) -> bool:
    if _is_sum(grid, n):
        return False
    own = grid.at(n, 0)
    style = grid.styles.number
    is_numbered = _is_numbered(grid, own)
    for c, field in grid.kinds.items():
        tokens, is_usual = own.get(c, ()), grid.is_usual(c)
        if grid.place(c).step:
            continue
        if field in CHECKS and (field == "quantity" or (is_usual and not is_numbered)):
            if not tokens or not CHECKS[field](tokens, style):
                return False              # what costs nothing may have no price, if it is numbered as the others are
        elif is_usual and field in _DUE and not tokens:
            return False
        elif field == "line_no" and len(tokens) > _NUMBERED:
            return False                  # the date of an earlier order
        elif field == "description" and is_aside(tokens):
            return False                  # one of the deliveries of the row above
    quantity = _quantity(grid, own)
    return quantity is not None and (quantity != 0 or grid.paper.lines[n].kind is not PageKind.SHEET)


def _is_numbered(grid: Grid, cells: Mapping[int, tuple[Token, ...]]) -> bool:
    """Whether a line bears the number that every row has, its own or its item's."""
    numbers = [c for c, kind in grid.kinds.items() if kind in _NUMBERS and grid.is_usual(c)]
    return bool(numbers) and all(any(ch.isdigit() for t in cells.get(c, ()) for ch in t.text) for c in numbers)


def _quantity(grid: Grid, cells: Mapping[int, tuple[Token, ...]]) -> Decimal | None:
    column = grid.column("quantity")
    tokens = cells.get(column, ()) if column is not None else ()
    amount = quantity_of(tokens, grid.styles.number) if tokens else None
    return amount.value if amount else None
