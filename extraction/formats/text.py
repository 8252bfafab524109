"""Plain text → TEXT pages (boxes in characters and lines), or a SHEET page when it is a delimited table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from itertools import islice

from extraction.formats.delimited import find_delimiter, sheet_of
from extraction.formats.encoding import decode_text
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.tabs import untabbed
from extraction.formats.text_page import check_words
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, SourceFormat, Word, WordFlag
from models.errors import InputError

_TOKEN = re.compile(r"\S+")


def parse_text(content: bytes, options: ParseOptions) -> Portion:
    """CSV and its kin as a sheet, anything else as lines of words, a page for each form feed.

    Raises InputError: too_many_rows, too_many_words, too_many_pages, empty_document.
    """
    text, problems = decode_text(content)
    if not text.strip():
        raise InputError("The text is blank. Ask the sender to send it again.", code="empty_document")
    if text.count("\n", 0, -1) + 1 > options.max_rows:        # the last line need not end
        raise InputError(f"The text has more than {options.max_rows} lines. Ask for it in parts.", code="too_many_rows")
    delimiter = find_delimiter(text, is_body=options.is_body)
    if delimiter is not None:
        try:
            sheet, noticed = sheet_of(text, delimiter, options)
            return Portion(Parsed(SourceFormat.CSV, (sheet,), (), problems + noticed))
        except csv.Error:                      # a cell of a million signs: no table after all
            pass
    check_words(sum(1 for _ in islice(_TOKEN.finditer(text), options.max_words + 1)), options)
    parts = [part for part in text.split("\f") if part.strip()]
    if len(parts) > options.max_pages:
        raise InputError(f"The text has {len(parts)} pages; at most {options.max_pages} are read.", code="too_many_pages")
    return Portion(Parsed(SourceFormat.TEXT, tuple(_page(n, part) for n, part in enumerate(parts)), (), problems))


def _page(number: int, text: str) -> Page:
    lines = [line.rstrip() for line in untabbed(text.split("\n"))]
    words = tuple(_words(number, lines))
    return Page(number, PageKind.TEXT, float(max(map(len, lines), default=0)), float(len(lines)), words)


def _words(number: int, lines: Iterable[str]) -> Iterable[Word]:
    for row, line in enumerate(lines):
        flags = frozenset({WordFlag.QUOTED}) if line.lstrip().startswith(">") else frozenset()
        for token in _TOKEN.finditer(line):
            yield Word(token.group(), number, (float(token.start()), float(row), float(token.end()), row + 1.0), flags=flags)
