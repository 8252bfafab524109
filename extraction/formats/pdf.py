"""PDF → pages of words with boxes, sizes, rulings; pictures of what has no text of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from extraction.formats.embedded import order_data
from extraction.formats.mupdf import BROKEN, pymupdf
from extraction.formats.options import ParseOptions, Portion, RenderOptions
from extraction.formats.pdf_forms import form_problems, note_problems
from extraction.formats.pdf_open import opened
from extraction.formats.pdf_page import PageNeeds, Sheet, picture_of, pictures_of, read_sheet
from extraction.formats.scan import png, quarter_turned, skew_of, turned
from extraction.formats.segments import segments_page
from models.domain.evidence import PageKind
from models.domain.pages import Page, PageImage, Parsed, Problem, SourceFormat
from models.errors import InputError


def parse_pdf(content: bytes, options: ParseOptions) -> Portion:
    """Read pages from `options.first_page` on until the end or until the picture budget is used up.

    Order data inside the PDF is one more page, of kind SEGMENTS, behind the printed ones.
    """
    with opened(content, options.passwords) as document:
        count: int = document.page_count
        if count > options.max_pages:
            raise InputError(
                f"The PDF has {count} pages; at most {options.max_pages} are read. Ask for the order pages alone.",
                code="too_many_pages")
        pages: list[Page] = []
        images: list[PageImage] = []
        problems: list[Problem] = []
        needs = PageNeeds(document)
        for number in range(options.first_page, count):
            if images and sum(len(i.pixels) for i in images) >= options.image_budget:
                break
            sheet, found = _read_page(document, number, needs)
            pages.append(sheet.page)
            images += found
            problems += sheet.problems
        after = options.first_page + len(pages)
        if after == count:
            problems += [*form_problems(document), *_repaired(document)]
            data, unread = _data_page(document, count, options)
            pages += data
            problems += unread
        parsed = Parsed(SourceFormat.PDF, tuple(pages), tuple(images), tuple(problems))
        return Portion(parsed, after if after < count else None)


def _repaired(document: Any) -> list[Problem]:
    if not document.is_repaired:
        return []
    sentence = "The PDF is damaged and was mended to be read; something may be missing. Look at its pages, or ask for a new copy."
    return [Problem("damaged_document_mended", sentence)]


def _data_page(document: Any, number: int, options: ParseOptions) -> tuple[list[Page], list[Problem]]:
    """The order data inside the document as a page behind its own."""
    found = order_data(document)
    if found is None:
        return [], []
    try:
        return [replace(segments_page(found[1], SourceFormat.XML, options, number), name=found[0])], []
    except InputError as e:
        sentence = f"The order data inside the PDF ({found[0]}) was not read: {e.sentence} The printed pages were."
        return [], [Problem("data_unreadable", sentence)]


def _read_page(document: Any, number: int, needs: PageNeeds) -> tuple[Sheet, list[PageImage]]:
    """One page; a page that cannot be read is blank with a problem, so that the others still count."""
    try:
        loaded = document.load_page(number)
        sheet = read_sheet(loaded, number, needs)
        noticed = note_problems(loaded, sheet.page)
        return replace(sheet, problems=(*sheet.problems, *noticed)) if noticed else sheet, pictures_of(loaded, sheet)
    except BROKEN as e:
        sentence = f"Page {number + 1} is damaged and was not read ({type(e).__name__}); ask the sender for a new copy."
        return Sheet(Page(number, PageKind.PAPER, 0.0, 0.0, ()), problems=(Problem("damaged_page", sentence, number),)), []


def render_pdf(content: bytes, options: RenderOptions) -> bytes:
    """One page as PNG in colour, turned and straightened as `parse_pdf` did. Raises InputError page_not_found."""
    with opened(content, options.passwords) as document:
        if not 0 <= options.page < document.page_count:
            raise InputError(f"The document has no page {options.page + 1}.", code="page_not_found")
        page = document.load_page(options.page)
        sheet = read_sheet(page, options.page, PageNeeds(document))
        scale = options.dpi / 72
        scale *= min(1.0, (options.max_pixels / max(1.0, page.rect.get_area() * scale**2)) ** 0.5)
        drawn = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
        colours = np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.width, 3)
        if sheet.may_turn:
            colours = turned(colours, skew_of(picture_of(page)[0]))
        return png(quarter_turned(colours, options.turn))
