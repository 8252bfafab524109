"""The fonts that a PDF page may write in, those of the forms inside it included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extraction.formats.mupdf import pymupdf

# MuPDF's own functions, on objects that live as long as the document: to wrap each costs more than to look at it.
_mupdf = pymupdf.mupdf
_get = _mupdf.ll_pdf_dict_gets
_FILES = ("FontFile", "FontFile2", "FontFile3")


@dataclass(frozen=True, slots=True)
class PageFont:
    """A font by its name without the subset's prefix; `key` tells the fonts of one document apart.

    `is_drawings`: its glyphs are drawings that can be anything (Type 3); `is_in_file`: its glyphs are in the file.
    """

    key: int
    name: str
    is_drawings: bool
    is_in_file: bool
    itself: Any


class PageFonts:
    """The fonts of one document; each is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, PageFont] = {}

    def of(self, page: Any) -> Iterator[PageFont]:
        """The fonts in the page's resources and in those of its forms, each once."""
        pdf_page = pymupdf._as_pdf_page(page)
        waiting = [_mupdf.ll_pdf_page_resources(pdf_page.m_internal)]
        forms: set[int] = set()
        told: set[int] = set()
        while waiting:
            resources = waiting.pop()
            for found in _values(_get(resources, "Font")):
                font = self._font(found)
                if font.key not in told:
                    told.add(font.key)
                    yield font
            for form in _values(_get(resources, "XObject")):
                number = _mupdf.ll_pdf_to_num(form)
                if number not in forms:
                    forms.add(number)
                    waiting.append(_get(form, "Resources"))

    def _font(self, itself: Any) -> PageFont:
        key = _mupdf.ll_pdf_to_num(itself) or -int(itself)
        if key not in self._known:
            name = _name(_get(itself, "BaseFont")) or _name(_get(itself, "Name"))
            kin = _mupdf.ll_pdf_array_get(_get(itself, "DescendantFonts"), 0) or itself
            about = _get(kin, "FontDescriptor")
            is_in_file = any(_get(about, file) is not None for file in _FILES)
            is_drawings = _name(_get(itself, "Subtype")) == "Type3"
            self._known[key] = PageFont(key, name.partition("+")[2] or name, is_drawings, is_in_file, itself)
        return self._known[key]


def _values(found: Any) -> Iterator[Any]:
    """What a dictionary of the file holds; nothing of what is none."""
    for n in range(_mupdf.ll_pdf_dict_len(found)):
        yield _mupdf.ll_pdf_dict_get_val(found, n)


def _name(found: Any) -> str:
    return _mupdf.ll_pdf_to_name(found) or ""
