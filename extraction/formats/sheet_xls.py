"""XLS (Excel 2 to 2003) → sheets. xlrd reads the cells and their formats; what else is on them is told by their records."""

from __future__ import annotations

from io import StringIO
from typing import Any

import xlrd

from extraction.formats.sheet_cells import PLAIN, Budget, CellError, CellLook, Place, SheetBuilder, Value, look_flags
from extraction.formats.sheet_drawings import Drawings
from extraction.formats.sheet_numbers import number_format
from extraction.formats.sheet_xls_records import boxes_of, formulas_of, stream_of
from extraction.formats.sheet_xlsx import add_drawings
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from models.domain.pages import Problem
from models.errors import InputError

_AUTOMATIC = 0x7FFF
_LEAST_HEIGHT = 30            # twips
_LEAST_WIDTH = 77             # 1/256 of a character
_MACROS = "The workbook carries macros. They were not run: what they would fill in is not read. Ask for the values."


def read_xls(content: bytes, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    """The worksheets in their order. Raises InputError damaged_document, and as `Budget` does."""
    try:
        book = xlrd.open_workbook(file_contents=content, formatting_info=True, ragged_rows=True, logfile=StringIO())
        stream = stream_of(content)
        formulas, boxes = formulas_of(stream), boxes_of(stream)
    except Exception as e:            # xlrd lets anything out that a damaged record leads to
        raise InputError("The workbook is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e
    looks = [_look(book, xf) for xf in book.xf_list]
    is_computed = any(not is_empty for cells in formulas.values() for is_empty in cells.values())
    sheets = []
    for number, sheet in enumerate(book.sheets()):
        builder = SheetBuilder(number, sheet.name, budget, is_hidden=sheet.visibility != 0, is_1904=book.datemode == 1)
        _fill(builder, sheet, looks, formulas.get(number, {}), is_computed=is_computed)
        sheets.append(builder)
    shown = {sheet.number: Drawings(boxes.get(sheet.number, ())) for sheet in sheets if not sheet.is_hidden}
    add_drawings(sheets, shown, budget)
    return sheets, [Problem("macros_ignored", _MACROS)] if "_VBA_PROJECT_CUR".encode("utf-16-le") in content else []


def _look(book: Any, xf: Any) -> CellLook:
    form = book.format_map.get(xf.format_key)
    font = book.font_list[xf.font_index] if xf.font_index < len(book.font_list) else None
    ink = book.colour_map.get(font.colour_index) if font and font.colour_index != _AUTOMATIC else None
    ground = xf.background
    paper = book.colour_map.get(ground.pattern_colour_index) if ground and ground.fill_pattern else None
    points = font.height / 20 if font and font.height else None
    flags = look_flags(ink or BLACK, paper or WHITE, points, is_struck=bool(font and font.struck_out))
    return CellLook(number_format(form.format_str if form else "General"), flags)


def _fill(builder: SheetBuilder, sheet: Any, looks: list[CellLook], formulas: dict[Place, bool], *, is_computed: bool) -> None:
    for row, info in sheet.rowinfo_map.items():
        if info.hidden or (info.height is not None and info.height < _LEAST_HEIGHT):
            builder.hide_row(row)
    for column, info in sheet.colinfo_map.items():
        if info.hidden or info.width < _LEAST_WIDTH:
            builder.hide_columns(column, column)
    for row in range(sheet.nrows):
        for column, (kind, value, style) in enumerate(zip(
                sheet.row_types(row), sheet.row_values(row), sheet._cell_xf_indexes[row], strict=True)):
            place = row, column
            formula = "" if place in formulas else None
            if kind in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK} and formula is None:
                continue
            is_open = formula is not None and not is_computed
            look = looks[style] if 0 <= style < len(looks) else PLAIN
            builder.add(place, None if is_open else _value(kind, value), look, formula)
    for top, bottom, left, right in sheet.merged_cells:
        builder.merge((top, left), (bottom - 1, right - 1))


def _value(kind: int, value: Any) -> Value:
    if kind in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
        return float(value)
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return CellError(xlrd.error_text_from_code.get(value, "#VALUE!"))
    return str(value)
