"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) → a SHEET page for each sheet: one word for each cell, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extraction.formats.options import ParseOptions, Portion
from extraction.formats.sheet_cells import Budget, SheetBuilder
from extraction.formats.sheet_ods import read_ods
from extraction.formats.sheet_xls import read_xls
from extraction.formats.sheet_xlsb import read_xlsb
from extraction.formats.sheet_xlsx import read_xlsx
from extraction.formats.sniff import sniff
from models.domain.pages import Parsed, Problem, SourceFormat
from models.errors import InputError

Reader = Callable[[bytes, Budget], tuple[list[SheetBuilder], list[Problem]]]
_READERS: Mapping[SourceFormat, Reader] = {
    SourceFormat.XLSX: read_xlsx, SourceFormat.XLSB: read_xlsb, SourceFormat.XLS: read_xls, SourceFormat.ODS: read_ods,
}


def parse_workbook(content: bytes, options: ParseOptions) -> Portion:
    """All sheets, hidden ones flagged.

    Raises InputError: encrypted_document, damaged_document, doctype_refused, too_large, too_many_rows, too_many_words,
    empty_document.
    """
    kind = sniff(content)
    sheets, problems = _READERS[kind](content, Budget(options.max_rows, options.max_words))
    pages = tuple(sheet.page() for sheet in sheets)
    if not any(page.words for page in pages):
        raise InputError("The workbook is blank. Ask the sender to send it again.", code="empty_document")
    noticed = (problem for sheet in sheets for problem in sheet.problems())
    return Portion(Parsed(kind, pages, (), (*noticed, *problems)))
