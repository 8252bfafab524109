"""A form as a spreadsheet or CSV file: lead-in rows, header row, lines, totals; XLSX, XLS and ODS from one grid."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlwt
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from extraction.model.synth.form import Block, Form
from extraction.model.synth.form_table import Cell, Column, FormLine, Row
from extraction.model.synth.places import Placed
from models.domain.evidence import PageKind

Value = str | int | float | date | None
FIXED_TIME = datetime(2031, 1, 1)  # noqa: DTZ001  (file stamps must not depend on the clock)
_STAMP = re.compile(rb"(?<=>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=Z?<)")


@dataclass(slots=True)
class Grid:
    """Cells by (row, column), 0-based, with merged ranges (row, first and last column), bold rows and formulas by cell.

    `places` are the tagged values in the cells; `sheet` is the number of the order's sheet among those of the file.
    """

    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    bold: set[int] = field(default_factory=set)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    money: set[tuple[int, int]] = field(default_factory=set)
    places: list[Placed] = field(default_factory=list)
    implied: set[str] = field(default_factory=set)
    sheet: int = 0

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


def make_grid(rng: random.Random, form: Form) -> Grid:
    """Lay a form out in cells: company rows, pairs beside blocks, the table, totals and notes."""
    grid = Grid()
    row = 0
    for text in form.letterhead.lines[: rng.choice((1, 3))]:
        grid.put(row, 0, text.text, text.tag)
        row += 1
    row += rng.choice((0, 1))
    grid.put(row, rng.choice((0, 2, 3)), form.title)
    grid.bold.add(row)
    if form.po_beside_title:
        row += 1
        grid.put(row, 0, form.po_beside_title.text, form.po_beside_title.tag)
    row = _lead_in(rng, grid, form, row + 1 + rng.choice((0, 1)))
    row = _table(rng, grid, form, row + 1)
    for pair in form.totals:
        at = max(len(form.columns) - 2, 0)
        grid.put(row, at, pair.label)
        shown = pair.value.text if pair.value.value is None else pair.value.value
        grid.put(row, at + 1, shown, pair.value.tag, text=pair.value.text)
        row += 1
    for remark in (*form.notes, *form.boilerplate):
        row += 1
        grid.put(row, 0, remark)
    return grid


def _lead_in(rng: random.Random, grid: Grid, form: Form, row: int) -> int:
    """Pairs in the first columns or to the right, party blocks beside or below; labels merged over two columns now and then."""
    right, value_at = rng.choice(((4, 5), (3, 4), (0, 1), (0, 2)))
    zones = {zone[0].removeprefix("foot:") for zones in form.layout.zones for zone in zones}
    blocks = [form.parties[name] for name in ("supplier", "ship_to") if name in zones]
    bottom = row
    if right == 0:
        bottom = _pairs(grid, form, row, 0, value_at)
        for block in blocks:
            bottom = _block(grid, block, bottom + 1, 0)
        return bottom
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
    return row


def _table(rng: random.Random, grid: Grid, form: Form, row: int) -> int:
    """The header row, a row per printed row, amounts as numbers or formulas, perhaps empty numbered rows below."""
    _titles(grid, form, row)
    keys = [column.key for column in form.columns]
    with_formulas = rng.random() < 0.4 and {"quantity", "unit_price", "amount"} <= set(keys)
    for line in form.lines:
        for printed in line.rows:
            row += 1
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
        grid.put(row, at, _joined(printed.text))
        for text, tag in printed.text:
            if tag and text.strip():
                grid.note(row, at, text, tag)
    for n, column in enumerate(form.columns):
        if cell := printed.cells.get(column.key):
            grid.put(row, n, _typed(form, column, cell, line.values))
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


def _typed(form: Form, column: Column, cell: Cell, values: Any) -> Value:
    """A number where the printed text is only that, else the text. Codes stay text."""
    text, tag = _joined(cell), cell[0][1]
    value = values.get(tag) if tag else None
    if column.key in {"quantity", "unit_price", "amount"} and len(cell) == 1 and value is not None and "/" not in text:
        per_one = column.key != "unit_price" or "price_unit" not in {c.key for c in form.columns}
        return value if per_one else text
    return text


def _joined(cell: Cell) -> str:
    return "".join(text for text, _ in cell)


def write_xlsx(rng: random.Random, grid: Grid) -> bytes:
    """One order sheet, now and then a hidden list and helper data far to the right. Formulas have no cached value."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = rng.choice(("Order", "PO", "Sheet1", "Tabelle1", "Bestellung"))
    for (row, column), value in grid.cells.items():
        cell = sheet.cell(row + 1, column + 1, grid.formulas.get((row, column), value))
        if row in grid.bold:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DDDDDD")
        if (row, column) in grid.money:
            cell.number_format = "#,##0.00##"
    for row, first, last in grid.merged:
        sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=first + 1, end_column=last + 1)
    if rng.random() < 0.3:
        hidden = book.create_sheet("Lists")
        hidden.sheet_state = "hidden"
        for n, word in enumerate(("Item", "Qty", "EA", "BOX", "Net 30")):
            hidden.cell(n + 1, 1, word)
    if rng.random() < 0.2:
        for n, word in enumerate(("Item", "Pack", "Price")):
            sheet.cell(2, 24 + n, word)
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_stamps(buffer.getvalue())


def write_xls(grid: Grid) -> bytes:
    """The old binary workbook."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Order")
    day = xlwt.easyxf(num_format_str="DD.MM.YYYY")
    for (row, column), value in sorted(grid.cells.items()):
        if isinstance(value, date):
            sheet.write(row, column, value, day)
        else:
            sheet.write(row, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def write_ods(grid: Grid) -> bytes:
    """The OpenDocument workbook."""
    Element.namespaces.clear()      # odfpy collects them over all documents, and writes them all
    document = OpenDocumentSpreadsheet()
    table = Table(name="Order")
    for row in range(grid.rows):
        line = TableRow()
        for column in range(grid.columns):
            line.addElement(_ods_cell(grid.cells.get((row, column))))
        table.addElement(line)
    document.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    document.write(buffer)
    return _with_fixed_stamps(buffer.getvalue())


def _ods_cell(value: Value) -> Any:
    if value is None:
        return TableCell()
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat())
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=str(value))
    else:
        cell = TableCell(valuetype="string")
    cell.addElement(P(text=str(value)))
    return cell


def write_csv(rng: random.Random, form: Form) -> tuple[bytes, Grid]:
    """A flat file: header row, a row per line, header fields repeated on every row, sometimes total rows at the end.

    Values of one line that a form prints in several rows share the row; those of a column follow each other in its cell.
    """
    grid = Grid()
    delimiter = rng.choice((",", ";", ";", "\t", "|"))
    repeated = [pair for pair in form.info if pair.value.tag in {"po_number", "order_date", "requested_date", "currency"}]
    for n, title in enumerate([*(pair.label for pair in repeated), *(" ".join(c.titles) or c.key for c in form.columns)]):
        grid.put(0, n, title)
    row = 0
    for line in form.lines:
        if line.kind != "line":
            continue
        row += 1
        for n, pair in enumerate(repeated):
            grid.put(row, n, pair.value.text, pair.value.tag)
        for n, column in enumerate(form.columns, len(repeated)):
            cells = [printed.cells[column.key] for printed in line.rows if printed.cells.get(column.key)]
            grid.put(row, n, " ".join(_joined(cell) for cell in cells))
            for text, tag in (run for cell in cells for run in cell):
                if tag and text.strip():
                    grid.note(row, n, text, tag)
        grid.implied.update(tag for tag in line.values if tag.endswith(".uom"))
    for pair in form.totals:
        row += 1
        at = len(repeated) + max(len(form.columns) - 2, 0)
        grid.put(row, at, pair.label)
        grid.put(row, at + 1, pair.value.text, pair.value.tag)
    encoding = rng.choice(("utf-8", "utf-8-sig", "cp1250" if form.language == "pl" else "cp1252"))
    return _delimited(grid, delimiter, rng.choice(("\r\n", "\n"))).encode(encoding, errors="replace"), grid


def _delimited(grid: Grid, delimiter: str, line_end: str) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end)
    for row in range(grid.rows):
        writer.writerow([grid.cells.get((row, column), "") for column in range(grid.columns)])
    return buffer.getvalue()


def _with_fixed_stamps(data: bytes) -> bytes:
    """The same zip archive with one fixed time on every member and in its properties, so equal content is equal bytes."""
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename in {"docProps/core.xml", "meta.xml"}:
                content = _STAMP.sub(FIXED_TIME.isoformat().encode(), content)
            target.writestr(zipfile.ZipInfo(info.filename, FIXED_TIME.timetuple()[:6]), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
