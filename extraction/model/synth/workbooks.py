"""A grid of cells as XLSX, XLS and ODS, with the other sheets and stray cells that workbooks have."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlwt
from odf.element import Element
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.catalogue import describe
from extraction.model.synth.grid import Grid, Value
from extraction.model.synth.orders import Order

FIXED_TIME = datetime(2031, 1, 1)  # noqa: DTZ001  (file stamps must not depend on the clock)
_STAMP = re.compile(rb"(?<=>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?=Z?<)")


def write_xlsx(rng: random.Random, grid: Grid, order: Order) -> bytes:
    """The order's sheet with others before and behind it (cover, terms, prices, hidden lists), and stray cells at its right.

    Formulas have no cached value.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if grid.sheet:
        _text_sheet(sheet, "Info", words.phrases(order.customer.language, "boiler"))
        sheet = book.create_sheet()
    sheet.title = rng.choice(("Order", "PO", "Sheet1", "Tabelle1", "Bestellung"))
    _order_sheet(sheet, grid)
    language = order.customer.language
    if rng.random() < 0.12:
        _text_sheet(book.create_sheet(), words.phrases(language, "terms_title")[0][:28], words.phrases(language, "terms"))
    if rng.random() < 0.12:
        _price_sheet(rng, book.create_sheet("Prices"), order)
    if rng.random() < 0.3:
        hidden = book.create_sheet("Lists")
        hidden.sheet_state = "hidden"
        for n, word in enumerate(("Item", "Qty", "EA", "BOX", "Net 30")):
            hidden.cell(n + 1, 1, word)
    if rng.random() < 0.2:
        _helpers(rng, sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return _with_fixed_stamps(buffer.getvalue())


def _order_sheet(sheet: Worksheet, grid: Grid) -> None:
    for (row, column), value in grid.cells.items():
        cell = sheet.cell(row + 1, column + 1, grid.formulas.get((row, column), value))
        if row in grid.bold:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DDDDDD")
        if row in grid.struck:
            cell.font = Font(strike=True)
        if (row, column) in grid.money:
            cell.number_format = "#,##0.00##"
    for row, first, last in grid.merged:
        sheet.merge_cells(start_row=row + 1, end_row=row + 1, start_column=first + 1, end_column=last + 1)


def _text_sheet(sheet: Worksheet, title: str, texts: Sequence[str]) -> None:
    sheet.title = title
    for n, text in enumerate(texts, 1):
        sheet.cell(n * 2, 2, text.replace("{n}", "30"))


def _price_sheet(rng: random.Random, sheet: Worksheet, order: Order) -> None:
    """A price list: codes, texts and prices, and nothing ordered."""
    language = order.customer.language
    for n, field in enumerate(("supplier_sku", "description", "uom", "unit_price"), 1):
        sheet.cell(1, n, labels(f"lines.{field}", language)[0])
    for row, item in enumerate(rng.sample(order.company.items, rng.randrange(5, 40)), 2):
        unit = words.unit_spellings(item.base_uom, language)[0]
        values: tuple[str | float, ...] = (item.sku, describe(item, language), unit, float(item.list_price))
        for n, value in enumerate(values, 1):
            sheet.cell(row, n, value)


def _helpers(rng: random.Random, sheet: Worksheet) -> None:
    """Cells that feed formulas and lists, far to the right of what is printed, with titles like the table's."""
    at, top = rng.choice((16, 24, 40)), rng.randrange(1, 12)
    for n, word in enumerate(("Item", "Pack", "Price")):
        sheet.cell(top, at + n, word)
        for row in range(rng.randrange(6)):
            values: tuple[str | float, ...] = (f"X{row}", 10 * row, row / 4)
            sheet.cell(top + 1 + row, at + n, values[n])


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
