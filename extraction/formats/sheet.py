"""Workbooks (XLSX, XLSM, XLS, ODS) → a SHEET page for each sheet: one word for each cell, as a person sees it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from extraction.formats.options import ParseOptions, Portion
from extraction.formats.sheet_xml import NOTHING, SheetMarks, check_archive, marks_of
from extraction.formats.sniff import sniff
from models.domain.evidence import Box, PageKind
from models.domain.pages import Page, Parsed, Problem, SourceFormat, Word, WordFlag
from models.errors import InputError

Cell = tuple[int, int]        # row, column, from 0


def parse_workbook(content: bytes, options: ParseOptions) -> Portion:
    """All sheets, hidden ones flagged. Raises InputError: encrypted_document, damaged_document, too_many_rows, unsafe_xml."""
    kind = sniff(content)
    if kind in {SourceFormat.XLSX, SourceFormat.ODS}:
        check_archive(content)
    book = _opened(content)
    marks = marks_of(content) if kind is SourceFormat.XLSX else {}
    pages: list[Page] = []
    problems: list[Problem] = []
    rows = 0
    for number, meta in enumerate(book.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        page = _page(book, number, len(pages), marks.get(meta.name, NOTHING), is_hidden=meta.visible != SheetVisibleEnum.Visible)
        rows += int(page.height)
        if rows > options.max_rows:
            raise InputError(f"The workbook has more than {options.max_rows} rows. Ask for fewer.", code="too_many_rows")
        pages.append(page)
        problems += _problems(page)
    if not any(page.words for page in pages):
        raise InputError("The workbook is blank. Ask the sender to send it again.", code="empty_document")
    return Portion(Parsed(kind, tuple(pages), (), tuple(problems)))


def _opened(content: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError as e:
        raise InputError("The workbook is protected by a password. Ask for an open copy.", code="encrypted_document") from e
    except Exception as e:
        raise InputError("The workbook is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def _page(book: CalamineWorkbook, index: int, number: int, marks: SheetMarks, *, is_hidden: bool) -> Page:
    sheet = book.get_sheet_by_index(index)
    merged = dict(sheet.merged_cell_ranges or ())
    top, left = sheet.start or (0, 0)
    cells = {
        (r, c): text
        for r, row in enumerate(sheet.to_python(skip_empty_area=True), top)
        for c, value in enumerate(row, left) if (text := shown(value))
    }
    uncomputed = {cell: "=" + formula for cell, formula in marks.formulas.items() if cell not in cells}
    words = tuple(
        Word(text, number, _box(cell, merged.get(cell)), flags=_flags(cell, merged, marks, cells, is_hidden=is_hidden))
        for cell, text in sorted({**cells, **uncomputed}.items()))
    width, height = (max((w.box[side] for w in words), default=0.0) for side in (2, 3))
    return Page(number, PageKind.SHEET, width, height, words, name=sheet.name)


def _box(cell: Cell, last: Cell | None) -> Box:
    end = last or cell
    return float(cell[1]), float(cell[0]), end[1] + 1.0, end[0] + 1.0


def _flags(
    cell: Cell, merged: Mapping[Cell, Cell], marks: SheetMarks, cells: Container[Cell], *, is_hidden: bool,
) -> frozenset[WordFlag]:
    flags: set[WordFlag] = set()
    if is_hidden or cell[0] in marks.hidden_rows or cell[1] in marks.hidden_columns:
        flags.add(WordFlag.HIDDEN)
    if cell in merged:
        flags.add(WordFlag.MERGED)
    if cell in marks.formulas:
        flags.add(WordFlag.FORMULA if cell in cells else WordFlag.UNCOMPUTED)
    return frozenset(flags)


def _problems(page: Page) -> Iterator[Problem]:
    hidden = sum(1 for w in page.words if not w.seen)
    if hidden:
        sentence = f"Sheet “{page.name}” has {hidden} cells in hidden rows, columns or sheets; they were not read as values."
        yield Problem("hidden_text", sentence, page.number)
    uncomputed = sum(1 for w in page.words if WordFlag.UNCOMPUTED in w.flags)
    if uncomputed:
        sentence = f"Sheet “{page.name}” has {uncomputed} formulas without a stored result; save it in a spreadsheet program."
        yield Problem("uncomputed_formulas", sentence, page.number)


def shown(value: Any) -> str:
    """A cell as text: integers without ".0", dates in ISO form, the text's own blanks and zeros kept inside."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return " ".join(str(value).split())


def _number(value: float) -> str:
    """Up to 15 significant digits, as sheets show them: 0.1 + 0.2 is 0.3; never an exponent."""
    if value != value or value in {float("inf"), float("-inf")}:
        return "#NUM!"
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
