"""One document → its pages of words, whatever its format. Runs inside the sandbox; a parser may do anything there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from extraction.formats.docx import parse_docx
from extraction.formats.foreign import refuse_foreign
from extraction.formats.html import parse_html
from extraction.formats.image import parse_image
from extraction.formats.odt import parse_odt
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.pdf import parse_pdf
from extraction.formats.protected import unprotected
from extraction.formats.rtf import parse_rtf
from extraction.formats.segments import parse_segments
from extraction.formats.sheet import parse_workbook
from extraction.formats.sniff import sniff
from extraction.formats.text import parse_text
from extraction.layout.mail_parts import mark_mail
from models.domain.pages import SourceFormat
from models.errors import InputError

Parser = Callable[[bytes, ParseOptions], Portion]
_PARSERS: Mapping[SourceFormat, Parser] = {
    SourceFormat.PDF: parse_pdf,
    SourceFormat.IMAGE: parse_image,
    SourceFormat.XLSX: parse_workbook,
    SourceFormat.XLSB: parse_workbook,
    SourceFormat.XLS: parse_workbook,
    SourceFormat.ODS: parse_workbook,
    SourceFormat.DOCX: parse_docx,
    SourceFormat.ODT: parse_odt,
    SourceFormat.RTF: parse_rtf,
    SourceFormat.TEXT: parse_text,
    SourceFormat.HTML: parse_html,
    SourceFormat.X12: parse_segments,
    SourceFormat.EDIFACT: parse_segments,
    SourceFormat.TRADACOMS: parse_segments,
    SourceFormat.XML: parse_segments,
}


def parse_document(content: bytes, options: ParseOptions) -> Portion:
    """The pages of a document. Raises InputError: empty_file, unknown_format, unsupported_format, and what parsers raise."""
    label = options.file_name or "The file"
    if not content:
        raise InputError(f"{label} is empty. Ask the sender to send it again.", code="empty_file")
    content = unprotected(content, options.passwords)
    kind = sniff(content)
    refuse_foreign(content, label)
    if kind is SourceFormat.UNKNOWN:
        raise InputError(f"{label} is in no known format. Ask for a PDF, picture, spreadsheet or text.", code="unknown_format")
    if kind not in _PARSERS:
        raise InputError(f"{label} is a {kind} file, which is not read as a document. Ask for a PDF.", code="unsupported_format")
    return _with_mail_parts(_PARSERS[kind](content, options), options.subject)


def _with_mail_parts(portion: Portion, subject: str | None) -> Portion:
    """What a text body quotes, and its signature, are flagged."""
    pages, letters = mark_mail(portion.parsed.pages, subject)
    return replace(portion, parsed=replace(portion.parsed, pages=pages, letters=letters))
