"""Opening a PDF: damage and passwords become sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from extraction.formats.mupdf import BROKEN, pymupdf
from models.errors import InputError


@contextmanager
def opened(content: bytes, passwords: tuple[str, ...] = ()) -> Iterator[Any]:
    """The document, unlocked. Raises InputError: encrypted_document, empty_document, damaged_document."""
    try:
        document = pymupdf.open(stream=content, filetype="pdf")
    except BROKEN as e:
        raise InputError("The PDF is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e
    with document:
        if document.needs_pass and not any(document.authenticate(password) for password in passwords):
            raise InputError(
                "The PDF is protected by a password that is not among ORDERMILL_DOCUMENT_PASSWORDS. Add it there, or ask the "
                "sender for an open copy.", code="encrypted_document")
        if _page_count(document) == 0:
            raise InputError("The PDF has no pages. Ask the sender for a new copy.", code="empty_document")
        yield document


def _page_count(document: Any) -> int:
    try:
        return int(document.page_count)
    except BROKEN as e:                   # the page tree's own count is not believed, and may be nonsense
        raise InputError("The PDF's list of pages is damaged. Ask for a new copy.", code="damaged_document") from e
