"""Workbooks in one XML file, as Excel 2003 saved them and many programs still export them (SpreadsheetML) → sheets."""

from __future__ import annotations

import re

from lxml import etree

from extraction.formats.office_zip import local_name, parse_xml
from extraction.formats.sheet_cells import PLAIN, Budget, CellError, CellLook, SheetBuilder, Value, look_flags
from extraction.formats.sheet_numbers import iso_moment, number_format
from extraction.formats.sheet_xlsx import number_of
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from models.domain.pages import Problem

_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_COMMENTS = "The workbook carries comments on cells, which were not read. Look at them in a spreadsheet program."
_NAMED = {
    "Fixed": "0.00", "Standard": "#,##0.00", "Percent": "0.00%", "Scientific": "0.00E+00", "Short Date": "yyyy-mm-dd",
    "Medium Date": "yyyy-mm-dd", "Long Date": "yyyy-mm-dd", "General Date": "yyyy-mm-dd h:mm", "Short Time": "h:mm",
    "Long Time": "h:mm:ss",
}
"""Number formats that have a name here, as their codes."""


def read_sheet_xml(content: bytes, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    """The worksheets in their order. Raises InputError: doctype_refused, damaged_document, and as `Budget` does."""
    root = parse_xml(content, "The workbook")
    looks = {_get(style, "ID"): _look(style) for style in root.iterfind("{*}Styles/{*}Style")}
    sheets: list[SheetBuilder] = []
    for sheet in root.iterfind(f"{_SPACE}Worksheet"):
        is_hidden = (sheet.findtext("{*}WorksheetOptions/{*}Visible") or "").strip() in {"SheetHidden", "SheetVeryHidden"}
        builder = SheetBuilder(len(sheets), _get(sheet, "Name"), budget, is_hidden=is_hidden)
        for table in sheet.iterfind(f"{_SPACE}Table"):
            _fill(builder, table, looks)
        sheets.append(builder)
    has_comments = next(root.iter(f"{_SPACE}Comment"), None) is not None
    return sheets, [Problem("comments_not_read", _COMMENTS)] if has_comments else []


def _get(element: etree._Element, name: str) -> str:
    return element.get(f"{_SPACE}{name}") or ""


def _number(element: etree._Element, name: str, otherwise: int) -> int:
    text = _get(element, name)
    return int(text) if re.fullmatch(r"\d{1,7}", text) else otherwise


def _look(style: etree._Element) -> CellLook:
    font, ground, form = (style.find(f"{_SPACE}{name}") for name in ("Font", "Interior", "NumberFormat"))
    code = _get(form, "Format") if form is not None else ""
    points = _get(font, "Size") if font is not None else ""
    return CellLook(
        number_format(_NAMED.get(code, code) or "General"),
        look_flags(
            _colour(font) or BLACK, _colour(ground) or WHITE, float(points) if re.fullmatch(r"\d+(\.\d+)?", points) else None,
            is_struck=font is not None and _get(font, "StrikeThrough") == "1"))


def _colour(element: etree._Element | None) -> tuple[int, int, int] | None:
    text = _get(element, "Color") if element is not None else ""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)) if re.fullmatch(r"#[0-9A-Fa-f]{6}", text) else None


def _fill(builder: SheetBuilder, table: etree._Element, looks: dict[str, CellLook]) -> None:
    """Columns and rows follow one another unless they say where they stand; a hidden one may stand for several."""
    row = column = -1
    for element in table:
        if local_name(element) == "Column":
            column = _number(element, "Index", column + 2) - 1
            last = column + _number(element, "Span", 0)
            if _get(element, "Hidden") == "1":
                builder.hide_columns(column, last)
            column = last
        elif local_name(element) == "Row":
            row = _number(element, "Index", row + 2) - 1
            last = row + _number(element, "Span", 0)
            if _get(element, "Hidden") == "1":
                builder.hide_row(row)
            _cells(builder, element, row, looks)
            row = last


def _cells(builder: SheetBuilder, element: etree._Element, row: int, looks: dict[str, CellLook]) -> None:
    column = -1
    usual = _get(element, "StyleID")
    for cell in element.iterfind(f"{_SPACE}Cell"):
        column = _number(cell, "Index", column + 2) - 1
        across, down = _number(cell, "MergeAcross", 0), _number(cell, "MergeDown", 0)
        data = cell.find(f"{_SPACE}Data")
        formula = "" if cell.get(f"{_SPACE}Formula") else None
        if data is not None or formula is not None:
            builder.add((row, column), _value(data), looks.get(_get(cell, "StyleID") or usual, PLAIN), formula)
        if across or down:
            builder.merge((row, column), (row + down, column + across))
        column += across


def _value(data: etree._Element | None) -> Value:
    """The value of a cell; None when none is stored."""
    if data is None:
        return None
    text = "".join(str(part) for part in data.itertext())
    kind = _get(data, "Type")
    if kind == "Number":
        return number_of(text.strip())
    if kind == "DateTime":
        return iso_moment(text.strip()) or text
    if kind == "Boolean":
        return text.strip() == "1"
    return CellError(text.strip() or "#VALUE!") if kind == "Error" else text
