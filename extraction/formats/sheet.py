"""Workbooks (XLSX, XLSM, XLSB, XLS, ODS) → a SHEET page for each sheet: one word for each cell, as a person sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial

import olefile

from extraction.formats.odf import open_odf
from extraction.formats.office_pictures import with_pictures
from extraction.formats.office_zip import OfficeZip, open_office
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.sheet_cells import Budget, SheetBuilder
from extraction.formats.sheet_ods import read_ods
from extraction.formats.sheet_xls import read_xls
from extraction.formats.sheet_xlsb import read_xlsb
from extraction.formats.sheet_xlsx import read_xlsx
from extraction.formats.sheet_xml2003 import read_sheet_xml
from extraction.formats.sniff import sniff
from models.domain.pages import Parsed, Problem, SourceFormat
from models.errors import InputError

Reader = Callable[[bytes, Budget], tuple[list[SheetBuilder], list[Problem]]]
_READERS: Mapping[SourceFormat, Reader] = {
    SourceFormat.XLSX: read_xlsx, SourceFormat.XLSB: read_xlsb, SourceFormat.XLS: read_xls, SourceFormat.ODS: read_ods,
}


def parse_workbook(content: bytes, options: ParseOptions) -> Portion:
    """All sheets, hidden ones flagged, and large pictures behind them.

    Raises InputError: encrypted_document, damaged_document, doctype_refused, too_large, too_many_rows, too_many_words,
    empty_document.
    """
    kind = sniff(content)
    sheets, problems = _reader(content, kind)(content, Budget(options.max_rows, options.max_words))
    pages = tuple(sheet.page() for sheet in sheets)
    pictures = _pictures(sheets)
    if not pictures and not any(page.words for page in pages):
        raise InputError("The workbook is blank. Ask the sender to send it again.", code="empty_document")
    noticed = (problem for sheet in sheets for problem in sheet.problems())
    parsed = Parsed(kind, pages, (), (*noticed, *problems))
    if not pictures:
        return Portion(parsed)
    with _opened(content, kind) as package:
        return with_pictures(parsed, [partial(package.bytes_of, part) for part in pictures], options)


def _reader(content: bytes, kind: SourceFormat) -> Reader:
    """Old workbooks are binary, or XML as a whole."""
    return read_sheet_xml if kind is SourceFormat.XLS and not content.startswith(olefile.MAGIC) else _READERS[kind]


def _opened(content: bytes, kind: SourceFormat) -> AbstractContextManager[OfficeZip]:
    return open_odf(content) if kind is SourceFormat.ODS else open_office(content)


def workbook_picture(content: bytes, page: int) -> bytes:
    """The picture file behind a page that follows the sheets. Raises IndexError, and InputError as `parse_workbook` does."""
    usual = ParseOptions()
    kind = sniff(content)
    sheets, _ = _READERS[kind](content, Budget(usual.max_rows, usual.max_words))
    if page < len(sheets):
        raise InputError("This document has no page picture; its text is shown instead.", code="not_renderable")
    with _opened(content, kind) as package:
        return package.bytes_of(_pictures(sheets)[page - len(sheets)])


def _pictures(sheets: Sequence[SheetBuilder]) -> list[str]:
    return list(dict.fromkeys(part for sheet in sheets for part in sheet.pictures))
