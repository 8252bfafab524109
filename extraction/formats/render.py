"""One page as a PNG for the review screen. Runs inside the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from extraction.formats.docx import docx_picture
from extraction.formats.image import render_image
from extraction.formats.odt import odt_picture
from extraction.formats.options import RenderOptions
from extraction.formats.pdf import render_pdf
from extraction.formats.rtf import rtf_picture
from extraction.formats.sheet import workbook_picture
from extraction.formats.sniff import sniff
from models.domain.pages import SourceFormat
from models.errors import InputError

_PICTURES: Mapping[SourceFormat, Callable[[bytes, int], bytes]] = {
    SourceFormat.DOCX: docx_picture, SourceFormat.ODT: odt_picture, SourceFormat.RTF: rtf_picture,
    SourceFormat.XLSX: workbook_picture, SourceFormat.XLSB: workbook_picture,
    SourceFormat.ODS: workbook_picture,
}
"""Formats whose last pages, never the first, are pictures inside a text."""


def render_document(content: bytes, options: RenderOptions) -> bytes:
    """PNG bytes. Raises InputError: not_renderable for what has no picture of its own, page_not_found."""
    kind = sniff(content)
    if kind is SourceFormat.PDF:
        return render_pdf(content, options)
    if kind is SourceFormat.IMAGE:
        return render_image(content, options)
    if kind in _PICTURES and options.page > 0:
        try:
            picture = _PICTURES[kind](content, options.page)
        except IndexError as e:
            raise InputError(f"The document has no page {options.page + 1}.", code="page_not_found") from e
        return render_image(picture, replace(options, page=0))
    raise InputError("This document has no page picture; its text is shown instead.", code="not_renderable")
