"""ODS → sheets, from its XML (OpenDocument 1.3, part 3, 9): the stored value, and of the shown text what the value lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from extraction.formats.odf import OFFICE, TABLE, Look, Styles, open_odf, over, text_parts
from extraction.formats.odf_shapes import SHAPES, large_pictures, lines_of
from extraction.formats.office_zip import OfficeZip, local_name
from extraction.formats.sheet_cells import Budget, CellError, CellLook, Place, SheetBuilder, Value, look_flags
from extraction.formats.sheet_drawings import Drawings
from extraction.formats.sheet_numbers import iso_moment, number_format, plain_number
from extraction.formats.sheet_xlsx import add_drawings, number_of
from extraction.formats.sheet_xlsx_styles import BLACK, WHITE
from models.domain.pages import Problem, WordFlag

_TAGS = ("style", "table-column", "table-row", "annotation", *SHAPES)
_UNSEEN = {"collapse", "filter"}
_AROUND = re.compile(r"([^\d]*?)[-+]?\d[\d.,'’\s]*?([^\d.,]*)")
_DURATION = re.compile(r"(-)?P(?:(\d{1,6})D)?T(\d{1,6})H(\d{1,2})M(\d{1,2})(?:[.,]\d*)?S")
_COMMENTS = Problem("comments_not_read",
                    "The workbook carries comments on cells, which were not read. Look at them in a spreadsheet program.")
_LAST_ROW = 1_048_576
_GENERAL = number_format("General")


@dataclass(slots=True)
class _Reading:
    """What is being read: the sheet under way, its next row and its columns' default styles."""

    budget: Budget
    styles: Styles = field(default_factory=Styles)
    sheets: list[SheetBuilder] = field(default_factory=list)
    table: etree._Element | None = None
    row: int = 0
    column: int = 0
    column_styles: list[tuple[int, str]] = field(default_factory=list)      # first column without it, style
    has_comments: bool = False
    drawings: dict[int, Drawings] = field(default_factory=dict)              # by the number of the sheet


def read_ods(content: bytes, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    """The sheets in their order. Raises InputError as `open_office` and `Budget` do, encrypted_document."""
    with open_odf(content) as package:
        reading = _Reading(budget)
        if "styles.xml" in package.names:
            for _, style in package.walk("styles.xml", ("style",)):
                reading.styles.add(style)
        _walk(package, reading)
    add_drawings(reading.sheets, reading.drawings, budget)
    return reading.sheets, [_COMMENTS] if reading.has_comments else []


def _walk(package: OfficeZip, reading: _Reading) -> None:
    for _, element in package.walk("content.xml", _TAGS):
        tag = local_name(element)
        if tag == "style":
            reading.styles.add(element)
            continue
        if tag == "annotation":
            reading.has_comments = True
            continue
        if tag in SHAPES:
            _shape(package, reading, element)
            continue
        table = next((a for a in element.iterancestors(f"{TABLE}table")), None)
        if table is None:
            continue
        if table is not reading.table:
            _begin(reading, table)
        if tag == "table-column":
            _column(reading, element)
        else:
            _row(reading, element)
            element.clear()


def _shape(package: OfficeZip, reading: _Reading, element: etree._Element) -> None:
    """Note what floats over the cells, of a sheet that is shown; it may stand before the first row."""
    table = next((a for a in element.iterancestors(f"{TABLE}table")), None)
    if table is None or next(element.iterancestors(*(f"{{*}}{name}" for name in SHAPES)), None) is not None:
        return
    if table is not reading.table:
        _begin(reading, table)
    sheet = reading.sheets[-1]
    if not sheet.is_hidden:
        before = reading.drawings.get(sheet.number, Drawings())
        lines, pictures = lines_of(element), [part for part in large_pictures(element) if part in package.names]
        reading.drawings[sheet.number] = Drawings((*before.lines, *lines), (*before.pictures, *pictures))


def _begin(reading: _Reading, table: etree._Element) -> None:
    is_hidden = bool(reading.styles.of("table", table.get(f"{TABLE}style-name")).is_hidden)
    name = table.get(f"{TABLE}name") or ""
    reading.table, reading.row, reading.column, reading.column_styles = table, 0, 0, []
    reading.sheets.append(SheetBuilder(len(reading.sheets), name, reading.budget, is_hidden=is_hidden))


def _repeated(element: etree._Element, name: str) -> int:
    text = element.get(f"{TABLE}{name}") or "1"
    return max(int(text), 1) if re.fullmatch(r"\d{1,8}", text) else 1


def _column(reading: _Reading, element: etree._Element) -> None:
    count = _repeated(element, "number-columns-repeated")
    look = reading.styles.of("table-column", element.get(f"{TABLE}style-name"))
    if element.get(f"{TABLE}visibility") in _UNSEEN or look.is_hidden:
        reading.sheets[-1].hide_columns(reading.column, reading.column + count - 1)
    reading.column += count
    reading.column_styles.append((reading.column, element.get(f"{TABLE}default-cell-style-name") or ""))


def _row(reading: _Reading, element: etree._Element) -> None:
    """Add the cells of a row, as often as it is repeated."""
    sheet, times = reading.sheets[-1], _repeated(element, "number-rows-repeated")
    look = reading.styles.of("table-row", element.get(f"{TABLE}style-name"))
    is_hidden = element.get(f"{TABLE}visibility") in _UNSEEN or look.is_hidden
    filled, column = [], 0
    for cell in element:
        count = _repeated(cell, "number-columns-repeated")
        if local_name(cell) == "table-cell" and (len(cell) or cell.get(f"{OFFICE}value-type") or cell.get(f"{TABLE}formula")):
            filled.append((cell, column, count))
        column += count
    for row in range(reading.row, min(reading.row + times, _LAST_ROW)) if filled else ():
        if is_hidden:
            sheet.hide_row(row)
        for cell, first, count in filled:
            for at in range(first, first + count):
                _cell(reading, cell, (row, at))
    reading.row += times


def _cell(reading: _Reading, cell: etree._Element, place: Place) -> None:
    sheet = reading.sheets[-1]
    formula = cell.get(f"{TABLE}formula")
    if formula is not None:
        formula = formula.partition("=")[2]
    sheet.add(place, _value(cell), _look(reading, cell, place[1]), formula)
    wide, high = _repeated(cell, "number-columns-spanned"), _repeated(cell, "number-rows-spanned")
    if wide > 1 or high > 1:
        sheet.merge(place, (place[0] + high - 1, place[1] + wide - 1))


def _look(reading: _Reading, cell: etree._Element, column: int) -> CellLook:
    name = cell.get(f"{TABLE}style-name")
    if name is None:
        name = next((style for end, style in reading.column_styles if column < end), None)
    look = reading.styles.of("table-cell", name)
    spans = [reading.styles.of("text", s[-1]) for p in cell if local_name(p) == "p" for t, s in text_parts(p) if t.strip() and s]
    if len(spans) == 1:
        look = over(look, spans[0])
    return CellLook(_GENERAL, _flags(look))


def _flags(look: Look) -> frozenset[WordFlag]:
    return look_flags(look.ink or BLACK, look.paper or WHITE, look.points, is_struck=bool(look.is_struck))


def _shown(cell: etree._Element) -> str:
    lines = ("".join(text for text, _ in text_parts(p)) for p in cell if local_name(p) == "p")
    return "\n".join(lines).strip()


def _value(cell: etree._Element) -> Value:
    """The value of a cell; None for a formula without a result."""
    shown = _shown(cell)
    kinds = {v for k, v in cell.attrib.items() if str(k).endswith("}value-type")}
    if "error" in kinds or (cell.get(f"{TABLE}formula") and re.match(r"#[A-Z/0!?]+[!?]?$|Err:\d+$", shown)):
        return CellError(shown if shown.startswith("#") else f"#{shown}")
    kind = cell.get(f"{OFFICE}value-type")
    raw = cell.get(f"{OFFICE}value") or ""
    if kind == "date":
        return iso_moment(cell.get(f"{OFFICE}date-value") or "") or shown
    if kind == "time":
        return _time(cell.get(f"{OFFICE}time-value") or "") or shown
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value") == "true"
    value = number_of(raw) if kind in {"float", "percentage", "currency"} else None
    if not isinstance(value, int | float):
        return shown or cell.get(f"{OFFICE}string-value") or (None if kind is None and cell.get(f"{TABLE}formula") else "")
    if kind == "percentage":
        return number_format("0%").show(value)
    if kind == "currency":
        return plain_number(value) + (cell.get(f"{OFFICE}currency") or "")
    return _with_words(value, shown)


def _with_words(value: int | float, shown: str) -> Value:
    """The number, with the leading zeros, signs between digits and words that only its shown text has."""
    digits = re.sub(r"\D", "", shown)
    if isinstance(value, int) and digits.lstrip("0") == str(value) and re.fullmatch(r"[\d/-]+", shown) and digits != str(value):
        return shown
    around = _AROUND.fullmatch(shown)
    if around and any(c.isalpha() for c in around[1] + around[2]) and not re.search(r"\dE[+-]?\d", shown):
        return f"{around[1].lstrip()}{plain_number(value)}{around[2]}"
    return value


def _time(text: str) -> str | None:
    """"PT36H30M00S" → "36:30"."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    hours = int(match[3]) + 24 * int(match[2] or 0)
    return f"{match[1] or ''}{hours:02}:{match[4]:0>2}" + (f":{match[5]:0>2}" if int(match[5]) else "")
