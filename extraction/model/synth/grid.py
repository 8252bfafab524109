"""A form in cells: lead-in rows, header row, lines, totals, with the place of every tagged value."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl.utils import get_column_letter

from extraction.model.synth.form_parts import Block, Form
from extraction.model.synth.form_table import CODES, Cell, Column, FormLine, Row
from extraction.model.synth.places import Placed
from models.domain.evidence import PageKind

Value = str | int | float | date | None


@dataclass(slots=True)
class Grid:
    """Cells by (row, column), 0-based, merged ranges (row, first and last column), bold and struck rows, formulas by cell.

    `printed` are values that stand in cells and nowhere on the form; `places` are the tagged values in the cells; `sheet` is the
    number of the order's sheet among those of the file.
    """

    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    struck: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    money: set[tuple[int, int]] = field(default_factory=set)
    places: list[Placed] = field(default_factory=list)
    implied: set[str] = field(default_factory=set)
    printed: dict[str, Any] = field(default_factory=dict)
    sheet: int = 0
    quantities_as_text: bool = False
    codes_as_numbers: bool = False

    @property
    def rows(self) -> int:
        """Count of rows up to the last filled one."""
        return max((row for row, _ in self.cells), default=-1) + 1

    @property
    def columns(self) -> int:
        """Count of columns up to the last filled one."""
        return max((column for _, column in self.cells), default=-1) + 1

    @property
    def tags(self) -> set[str]:
        """The truth tags of what stands in the cells."""
        return {placed.tag for placed in self.places} | self.implied

    def put(self, row: int, column: int, value: Value, tag: str | None = None, *, text: str = "") -> None:
        """Fill a cell; empty text is left out. A value other than text is remembered as `text`."""
        if value not in (None, ""):
            self.cells[row, column] = value
            if tag:
                self.note(row, column, text or str(value), tag)

    def note(self, row: int, column: int, text: str, tag: str) -> None:
        """Remember where a tagged value stands."""
        box = (float(column), float(row), column + 1.0, row + 1.0)
        self.places.append(Placed(tag, text.strip(), self.sheet, box, PageKind.SHEET))

    def shows(self, text: str) -> bool:
        """Whether a text cell contains these characters."""
        return any(text in value for value in self.cells.values() if isinstance(value, str))


def start_grid(rng: random.Random, form: Form, sheet: int) -> tuple[Grid, int]:
    """A grid with all that stands above the table: company rows, title, pairs beside blocks; and the row of the column titles."""
    grid = Grid(sheet=sheet)
    row = rng.choices((0, 1, 3), (8, 1, 1))[0]
    for text in form.letterhead.lines[: rng.choice((0, 1, 1, 3))]:
        grid.put(row, 0, text.text, text.tag)
        row += 1
    row += rng.choice((0, 1))
    grid.put(row, rng.choice((0, 2, 3)), form.title)
    grid.bold.add(row)
    if form.po_beside_title:
        row += 1
        grid.put(row, 0, form.po_beside_title.text, form.po_beside_title.tag)
    row = _lead_in(rng, grid, form, row + 1 + rng.choice((0, 1)))
    for notice in form.notices:
        row += notice is form.notices[0]
        grid.put(row, 0, notice)
        row += 1
    return grid, row + 1 + rng.choices((0, 4), (9, 1))[0]


def finish_grid(grid: Grid, form: Form, row: int) -> None:
    """Totals and notes below the table."""
    for pair in form.totals:
        at = max(len(form.columns) - 2, 0)
        grid.put(row, at, pair.label)
        shown = pair.value.text if pair.value.value is None else pair.value.value
        grid.put(row, at + 1, shown, pair.value.tag, text=pair.value.text)
        row += 1
    for remark in (*form.notes, *form.boilerplate):
        row += 1
        grid.put(row, 0, remark)


def _lead_in(rng: random.Random, grid: Grid, form: Form, row: int) -> int:
    """Pairs in the first columns or to the right, party blocks beside or below; labels merged over two columns now and then."""
    right, value_at = rng.choice(((4, 5), (3, 4), (0, 1), (0, 2)))
    shown = ("buyer", "supplier", "ship_to", "bill_to", "sentence") if form.styled else ("supplier", "ship_to")
    blocks = [form.parties[name] for name in shown if name in form.layout.zone_names]
    bottom = row
    if right == 0:
        bottom = _pairs(grid, form, row, 0, value_at)
        for block in blocks:
            bottom = _block(grid, block, bottom + 1, 0)
        return bottom
    if form.styled and rng.random() < 0.3:
        bottom = max((_block(grid, block, row, n * 3) for n, block in enumerate(blocks)), default=row)
        return _pairs(grid, form, bottom + 1, 0, 1)
    for block in blocks:
        bottom = _block(grid, block, bottom, 0)
    return max(bottom, _pairs(grid, form, row, right, value_at))


def _pairs(grid: Grid, form: Form, row: int, label_at: int, value_at: int) -> int:
    dated = {"order_date", "requested_date"} if form.conventions.wish_style == "date" else {"order_date"}
    for pair in form.info:
        grid.put(row, label_at, pair.label + (":" if len(pair.label) % 2 else ""))
        value = pair.value.value if pair.value.tag in dated else None
        grid.put(row, value_at, date.fromisoformat(value) if value else pair.value.text, pair.value.tag, text=pair.value.text)
        if value_at - label_at > 1:
            grid.merged.append((row, label_at, value_at - 1))
        row += 1
    return row


def _block(grid: Grid, block: Block, row: int, column: int) -> int:
    if block.label:
        grid.put(row, column, block.label)
        row += 1
    for line in block.lines:
        grid.put(row, column, line.text, line.tag)
        row += 1
    for pair in block.pairs:
        grid.put(row, column, pair.label)
        grid.put(row, column + 1, pair.value.text, pair.value.tag)
        row += 1
    return row


def fill_table(rng: random.Random, grid: Grid, form: Form, row: int, *, struck: bool) -> int:
    """The header row, a row per printed row, amounts as numbers or formulas, perhaps empty numbered rows below.

    Some senders type quantities as text, or codes as numbers. Without `struck`, struck rows are left out. Returns the row below.
    """
    grid.quantities_as_text, grid.codes_as_numbers = rng.random() < 0.08, rng.random() < 0.15
    _titles(grid, form, row)
    keys = [column.key for column in form.columns]
    with_formulas = rng.random() < 0.4 and {"quantity", "unit_price", "amount"} <= set(keys)
    for line in form.lines:
        for printed in line.rows:
            if printed.struck and not struck:
                continue
            row += 1
            if printed.struck:
                grid.struck.add(row)
            _table_row(grid, form, line, printed, row)
            if with_formulas and _exact(grid, row, keys):
                q, p = (get_column_letter(keys.index(key) + 1) for key in ("quantity", "unit_price"))
                grid.formulas[row, keys.index("amount")] = f"={q}{row + 1}*{p}{row + 1}"
        if line.kind == "heading":
            row += 1
            _titles(grid, form, row)
    return row + 1


def _titles(grid: Grid, form: Form, row: int) -> None:
    for n, column in enumerate(form.columns):
        grid.put(row, n, " ".join(column.titles) or None)
    grid.bold.add(row)


def _table_row(grid: Grid, form: Form, line: FormLine, printed: Row, row: int) -> None:
    if printed.text:
        at = next((n for n, column in enumerate(form.columns) if column.key == "description"), 0)
        grid.put(row, at, joined(printed.text))
        for text, tag in printed.text:
            if tag and text.strip():
                grid.note(row, at, text, tag)
    for n, column in enumerate(form.columns):
        if cell := printed.cells.get(column.key):
            grid.put(row, n, _typed(grid, form, column, cell, line.values))
            for text, tag in cell:
                if tag and text.strip():
                    grid.note(row, n, text, tag)
            if column.key in {"amount", "unit_price"}:
                grid.money.add((row, n))
    grid.implied.update(tag for tag in line.values if tag.endswith(".uom"))


def _exact(grid: Grid, row: int, keys: list[str]) -> bool:
    """Whether the printed amount is quantity × price, so that a formula gives the same number."""
    quantity, price, amount = (grid.cells.get((row, keys.index(key))) for key in ("quantity", "unit_price", "amount"))
    if not all(isinstance(v, int | float) for v in (quantity, price, amount)):
        return False
    return round(Decimal(str(quantity)) * Decimal(str(price)), 2) == Decimal(str(amount))


def _typed(grid: Grid, form: Form, column: Column, cell: Cell, values: Any) -> Value:
    """A number where the printed text is only that, else the text."""
    text, tag = joined(cell), cell[0][1]
    value = values.get(tag) if tag else None
    if column.key in CODES and grid.codes_as_numbers and text.isdigit() and not text.startswith("0"):
        return int(text)
    if column.key == "quantity" and grid.quantities_as_text:
        return text
    if column.key in {"quantity", "unit_price", "amount"} and len(cell) == 1 and value is not None and "/" not in text:
        per_one = column.key != "unit_price" or "price_unit" not in {c.key for c in form.columns}
        return value if per_one else text
    return text


def joined(cell: Cell) -> str:
    return "".join(text for text, _ in cell)
