"""XLSX and XLSM → sheets, from their XML (ECMA-376 Part 1, 18): only cells that are stored, whatever the dimension claims."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from extraction.formats.office_zip import OfficeZip, local_name, open_office
from extraction.formats.sheet_cells import PLAIN, Budget, CellError, CellLook, Place, SheetBuilder, Value
from extraction.formats.sheet_drawings import Drawings, drawings_of
from extraction.formats.sheet_numbers import iso_moment
from extraction.formats.sheet_xlsx_styles import is_on, looks_of
from models.domain.pages import Problem

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_INTEGER = re.compile(r"-?\d{1,40}")
_TAGS = ("col", "row", "mergeCell")
_LEAST_HEIGHT = 1.5          # points; a row or column that is less does not show
_LEAST_WIDTH = 0.3           # characters
_MACROS = "The workbook carries macros. They were not run: what they would fill in is not read. Ask for the values."
_COMMENTS = "The workbook carries comments on cells, which were not read. Look at them in a spreadsheet program."


@dataclass(frozen=True, slots=True)
class _Book:
    package: OfficeZip
    strings: list[str]
    looks: tuple[CellLook, ...]
    is_1904: bool


def read_xlsx(content: bytes, budget: Budget) -> tuple[list[SheetBuilder], list[Problem]]:
    """The worksheets in their order, and what the workbook holds besides. Raises InputError as `open_office` and `Budget` do."""
    with open_office(content) as package:
        main = package.main_part("xl/workbook.xml")
        root = package.root(main)
        if root is None:
            raise KeyError(main)
        relations = package.relations(main)
        parts = {r.kind: r.target for r in relations}
        properties = root.find("{*}workbookPr")
        is_1904 = properties is not None and properties.get("date1904") in {"1", "true"}
        looks = looks_of(package.root(parts.get("styles", "")), package.root(parts.get("theme", "")))
        book = _Book(package, _strings(package, parts.get("sharedStrings", ""), budget), looks, is_1904)
        targets = {r.id: r.target for r in relations if r.kind == "worksheet" and r.target in package.names}
        sheets: list[SheetBuilder] = []
        drawings: dict[int, Drawings] = {}
        for element in root.iterfind("{*}sheets/{*}sheet"):
            target = targets.get(next((v for k, v in element.attrib.items() if str(k).endswith("}id")), ""))
            if target:
                is_hidden = element.get("state", "visible") != "visible"
                builder = SheetBuilder(
                    len(sheets), element.get("name") or "", budget, is_hidden=is_hidden, is_1904=is_1904,
                    is_recalculated=_is_recalculated(root))
                _fill(builder, book, target)
                sheets.append(builder)
                if not is_hidden:
                    drawings[builder.number] = drawings_of(package, target)
        add_drawings(sheets, drawings, budget)
        return sheets, list(besides(package, {r.kind for r in relations}))


def _is_recalculated(workbook: etree._Element) -> bool:
    """True where programs work out all formulas when they open the workbook: what wrote it may have stored any results."""
    properties = workbook.find("{*}calcPr")
    return properties is not None and _is_true(properties, "fullCalcOnLoad")


def add_drawings(sheets: list[SheetBuilder], drawings: Mapping[int, Drawings], budget: Budget) -> None:
    """The text boxes of a sheet as one more sheet of its name, a line a row, behind all others; they have no cells. Its pictures
    are noted. `drawings` by the number of the sheet. Raises InputError as `Budget` does."""
    for number, found in drawings.items():
        sheets[number].pictures = found.pictures
        if found.lines:
            boxes = SheetBuilder(len(sheets), sheets[number].name, budget)
            for row, line in enumerate(found.lines):
                boxes.add((row, 0), line)
            sheets.append(boxes)


def besides(package: OfficeZip, kinds: set[str]) -> Iterator[Problem]:
    """What a workbook holds that is not read; `kinds` are the kinds of its relations."""
    if "vbaProject" in kinds or "xlMacrosheet" in kinds or any(n.endswith("vbaProject.bin") for n in package.names):
        yield Problem("macros_ignored", _MACROS)
    if any(re.search(r"/(?:threaded)?comments?\d*\.xml$", n, re.IGNORECASE) for n in package.names):
        yield Problem("comments_not_read", _COMMENTS)


def _strings(package: OfficeZip, part: str, budget: Budget) -> list[str]:
    strings: list[str] = []
    if part not in package.names:
        return strings
    for _, item in package.walk(part, ("si",)):
        budget.cell()
        strings.append(_text(item))
        item.clear()
    return strings


def _text(item: etree._Element) -> str:
    """The text of a string item, without what is struck through beside text that is not, and without readings of signs."""
    if len(item) == 1 and local_name(item[0]) == "t":
        return _unescaped(item[0].text or "")
    runs = [(_plain(run), is_on(run.find("{*}rPr/{*}strike"))) for run in item.iterfind("{*}r")]
    if not runs:
        return _plain(item)
    standing = "".join(text for text, is_struck in runs if not is_struck)
    return standing if standing.strip() else "".join(text for text, _ in runs)


def _plain(element: etree._Element) -> str:
    return _unescaped("".join(t.text or "" for t in element.iterfind("{*}t")))


def _unescaped(text: str) -> str:
    """Signs that XML cannot hold are stored as "_x000D_"."""
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text


def _fill(builder: SheetBuilder, book: _Book, part: str) -> None:
    row = -1
    for _, element in book.package.walk(part, _TAGS):
        tag = local_name(element)
        if tag == "row":
            row = _row(builder, book, element, row)
            element.clear()
        elif tag == "col":
            _column(builder, element)
        else:
            _merge(builder, element.get("ref") or "")


def _row(builder: SheetBuilder, book: _Book, element: etree._Element, before: int) -> int:
    """Add the cells of a row; its number, which follows the one before where the row does not say."""
    given = element.get("r") or ""
    row = int(given) - 1 if re.fullmatch(r"[1-9]\d{0,6}", given) else before + 1
    if _is_true(element, "hidden") or _is_less(element, "ht", _LEAST_HEIGHT):
        builder.hide_row(row)
    column = -1
    for cell in element:
        column = _cell(builder, book, cell, row, column)
    return row


def _column(builder: SheetBuilder, element: etree._Element) -> None:
    first, last = element.get("min") or "", element.get("max") or ""
    if (_is_true(element, "hidden") or _is_less(element, "width", _LEAST_WIDTH)) and first.isdecimal() and last.isdecimal():
        builder.hide_columns(int(first) - 1, int(last) - 1)


def _is_true(element: etree._Element, name: str) -> bool:
    return element.get(name) in {"1", "true"}


def _is_less(element: etree._Element, name: str, least: float) -> bool:
    try:
        return float(element.get(name) or least) < least
    except ValueError:
        return False


def _merge(builder: SheetBuilder, reference: str) -> None:
    first, _, last = reference.partition(":")
    begin, end = place_of(first), place_of(last)
    if begin and end:
        builder.merge(begin, end)


def place_of(reference: str) -> Place | None:
    """"B3" → row 2, column 1; None for anything else."""
    match = _REFERENCE.fullmatch(reference)
    column = _column_number(match[1]) if match else None
    return (int(match[2]) - 1, column) if match and column is not None and match[2] != "0" else None


@lru_cache(maxsize=16_384)
def _column_number(letters: str) -> int | None:
    """"B" → 1, "XFD" → 16383; None for what is no column."""
    if not re.fullmatch(r"[A-Za-z]{1,3}", letters):
        return None
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(builder: SheetBuilder, book: _Book, element: etree._Element, row: int, before: int) -> int:
    """Add a cell; the column it stands in, which follows the one before where the cell does not say."""
    found = _column_number((element.get("r") or "").rstrip(string.digits))
    column = before + 1 if found is None else found
    formula: str | None = None
    raw: str | None = None
    inline: etree._Element | None = None
    for part in element:
        tag = str(part.tag)
        if tag.endswith("}v"):
            raw = part.text or ""
        elif tag.endswith("}f"):
            formula = part.text or ""
        elif tag.endswith("}is"):
            inline = part
    if raw is not None or formula is not None or inline is not None:
        style = element.get("s") or "0"
        look = book.looks[int(style)] if style.isdecimal() and int(style) < len(book.looks) else PLAIN
        value = _text(inline) if inline is not None else _value(element.get("t") or "n", raw, book.strings)
        builder.add((row, column), value, look, formula)
    return column


def _value(kind: str, raw: str | None, strings: list[str]) -> Value:
    """The value of a cell; None when none is stored. An empty text is the result of a formula that shows nothing."""
    if raw is None:
        return None
    if kind == "s":
        return strings[int(raw)] if raw.isdecimal() and int(raw) < len(strings) else CellError("#REF!")
    if kind in {"str", "inlineStr"}:
        return _unescaped(raw)
    if kind == "b":
        return raw.strip() in {"1", "true"}
    if kind == "e":
        return CellError(raw.strip() or "#VALUE!")
    if kind == "d":
        return iso_moment(raw.strip()) or raw
    return number_of(raw)


def number_of(raw: str) -> Value:
    """A stored number. Integers keep every digit that is stored; what is no number is told as it stands."""
    if _INTEGER.fullmatch(raw):
        return int(raw)
    try:
        return float(raw) if raw else None
    except ValueError:
        return raw
