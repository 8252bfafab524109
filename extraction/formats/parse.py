"""One document → its pages of words, whatever its format. Runs inside the sandbox; a parser may do anything there."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from extraction.formats.image import parse_image
from extraction.formats.options import ParseOptions, Portion
from extraction.formats.pdf import parse_pdf
from extraction.formats.sniff import sniff
from models.domain.pages import SourceFormat
from models.errors import InputError

Parser = Callable[[bytes, ParseOptions], Portion]
_PARSERS: Mapping[SourceFormat, Parser] = {
    SourceFormat.PDF: parse_pdf,
    SourceFormat.IMAGE: parse_image,
}


def parse_document(content: bytes, options: ParseOptions) -> Portion:
    """The pages of a document. Raises InputError: empty_file, unknown_format, unsupported_format, and what parsers raise."""
    label = options.file_name or "The file"
    if not content:
        raise InputError(f"{label} is empty. Ask the sender to send it again.", code="empty_file")
    kind = sniff(content)
    if kind is SourceFormat.UNKNOWN:
        raise InputError(f"{label} is in no known format. Ask for a PDF, picture, spreadsheet or text.", code="unknown_format")
    if kind not in _PARSERS:
        raise InputError(f"{label} is a {kind} file, which is not read as a document. Ask for a PDF.", code="unsupported_format")
    return _PARSERS[kind](content, options)
