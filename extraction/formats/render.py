"""One page as a PNG for the review screen. Runs inside the sandbox."""

from __future__ import annotations

from extraction.formats.image import render_image
from extraction.formats.options import RenderOptions
from extraction.formats.pdf import render_pdf
from extraction.formats.sniff import sniff
from models.domain.pages import SourceFormat
from models.errors import InputError


def render_document(content: bytes, options: RenderOptions) -> bytes:
    """PNG bytes. Raises InputError not_renderable for formats that have no picture of their own."""
    kind = sniff(content)
    if kind is SourceFormat.PDF:
        return render_pdf(content, options)
    if kind is SourceFormat.IMAGE:
        return render_image(content, options)
    raise InputError("This document has no page picture; its text is shown instead.", code="not_renderable")
