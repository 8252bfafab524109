"""Files inside a PDF: the order as data (Order-X and its kin), and whatever else somebody attached to it."""

from __future__ import annotations

import re
from typing import Any

from edi.read import PARSERS
from extraction.formats.mupdf import BROKEN, pymupdf
from extraction.formats.pdf_open import opened
from models.domain.pages import SourceFormat
from models.domain.reading import Reading
from models.errors import InputError

_names: Any = pymupdf          # its constants are not all typed
_CLIP = _names.PDF_ANNOT_FILE_ATTACHMENT
_MOST_BYTES = 25_000_000           # of one file inside
_MOST_FILES = 100
# A business document's root element, behind the XML declaration, comments and blanks.
_ORDER_ROOT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?"
    rb"(?:SCRDMCCBDACIOMessageStructure|CrossIndustry\w+|Order|OrderChange|OrderCancellation|Invoice)[\s/>]", re.DOTALL)


def carried_files(content: bytes, passwords: tuple[str, ...] = ()) -> tuple[tuple[str, bytes], ...]:
    """Names and contents of the files attached to a PDF or pinned to its pages, without the order data that is read with them.

    Raises InputError for a PDF that cannot be opened.
    """
    with opened(content, passwords) as document:
        attached = [(name, data) for name, data in _files(document) if not is_order_data(data)]
        return tuple((attached + _pinned(document))[:_MOST_FILES])


def is_order_data(data: bytes) -> bool:
    """True for XML whose root is that of a business document with a codec."""
    return _ORDER_ROOT.match(data[:65_536]) is not None


def order_data(document: Any) -> tuple[str, bytes] | None:
    """Name and bytes of the first business document inside; None for a PDF without one."""
    return next(((name, data) for name, data in _files(document) if is_order_data(data)), None)


def _files(document: Any) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for number in range(min(document.embfile_count(), _MOST_FILES)):
        try:
            about = document.embfile_info(number)
            data = bytes(document.embfile_get(number))
        except (*BROKEN, KeyError):
            continue               # a file that is named but not there
        if len(data) <= _MOST_BYTES:
            found.append((about.get("ufilename") or about.get("filename") or about.get("name") or f"file {number + 1}", data))
    return found


def _pinned(document: Any) -> list[tuple[str, bytes]]:
    """The files behind the paper clips on the pages."""
    found: list[tuple[str, bytes]] = []
    for page in document:
        try:
            found += [(note.file_info.get("filename") or f"file {page.number + 1}", bytes(note.get_file()))
                      for note in page.annots(types=(_CLIP,))]
        except (*BROKEN, KeyError):
            continue
    return [(name, data) for name, data in found if len(data) <= _MOST_BYTES]


def decode_embedded(content: bytes, passwords: tuple[str, ...]) -> tuple[Reading, ...]:
    """The orders of the data inside a PDF, places on page 0. Raises InputError when it is broken, no_order_data without any."""
    with opened(content, passwords) as document:
        found = order_data(document)
    if found is None:
        raise InputError("The PDF holds no order data.", code="no_order_data")
    return PARSERS[SourceFormat.XML](found[1])
