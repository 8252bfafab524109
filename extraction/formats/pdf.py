"""PDF → pages of words with boxes, sizes, rulings; pictures of the pages that have no text of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from extraction.formats.lines import join_spaced, join_touching, reading_order
from extraction.formats.mupdf import pymupdf
from extraction.formats.options import ParseOptions, Portion, RenderOptions
from extraction.formats.pdf_rules import rules_of
from extraction.formats.pdf_sight import flag_struck, flag_unseen
from extraction.formats.pdf_words import Run, text_lines, turn_upright, words_of
from extraction.formats.scan import MOST_PIXELS, Pixels, page_image, png, skew_of, turned
from models.domain.evidence import PageKind
from models.domain.pages import Page, PageImage, Parsed, Problem, SourceFormat, Word
from models.errors import InputError

OCR_DPI = 300.0
_FEW_CHARACTERS = 100              # less text than this on a page that is mostly picture: the picture is the page
_MOSTLY_PICTURE = 0.3               # of the page's area; OCR of a logo too many costs a second, a scan unread costs an order


@contextmanager
def opened(content: bytes) -> Iterator[Any]:
    """The document. Raises InputError: encrypted_document, empty_document, damaged_document."""
    try:
        document = pymupdf.open(stream=content, filetype="pdf")
    except (RuntimeError, ValueError) as e:
        raise InputError("The PDF is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e
    with document:
        if document.needs_pass:
            raise InputError("The PDF is protected by a password. Ask the sender for an open copy.", code="encrypted_document")
        if document.page_count == 0:
            raise InputError("The PDF has no pages. Ask the sender for a new copy.", code="empty_document")
        yield document


def parse_pdf(content: bytes, options: ParseOptions) -> Portion:
    """Read pages from `options.first_page` on until the end or until the picture budget is used up."""
    with opened(content) as document:
        count: int = document.page_count
        if count > options.max_pages:
            raise InputError(
                f"The PDF has {count} pages; at most {options.max_pages} are read. Ask for the order pages alone.",
                code="too_many_pages")
        pages: list[Page] = []
        images: list[PageImage] = []
        problems: list[Problem] = []
        for number in range(options.first_page, count):
            if images and sum(len(i.pixels) for i in images) >= options.image_budget:
                break
            sheet, image = _read_page(document, number)
            pages.append(sheet.page)
            images += [image] if image else []
            problems += sheet.problems
        after = options.first_page + len(pages)
        parsed = Parsed(SourceFormat.PDF, tuple(pages), tuple(images), tuple(problems))
        return Portion(parsed, after if after < count else None)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page as its text layer has it; `is_picture` when what a person sees is not in that layer."""

    page: Page
    is_picture: bool
    problems: tuple[Problem, ...]

    @property
    def may_turn(self) -> bool:
        """A skewed scan is straightened, unless words with places of their own stand on the page too."""
        return self.is_picture and not any(w.seen for w in self.page.words)


def _read_page(document: Any, number: int) -> tuple[_Sheet, PageImage | None]:
    """One page; a page that cannot be read is blank with a problem, so that the others still count."""
    try:
        loaded = document.load_page(number)
        sheet = _sheet(loaded, number)
        image = page_image(number, *picture_of(loaded), straighten=sheet.may_turn) if sheet.is_picture else None
        return sheet, image
    except (RuntimeError, ValueError) as e:
        sentence = f"Page {number + 1} is damaged and was not read ({type(e).__name__}); ask the sender for a new copy."
        return _Sheet(Page(number, PageKind.PAPER, 0.0, 0.0, ()), False, (Problem("damaged_page", sentence, number),)), None


def _sheet(page: Any, number: int) -> _Sheet:
    textpage = page.get_textpage(flags=pymupdf.TEXT_PRESERVE_WHITESPACE, clip=pymupdf.INFINITE_RECT())
    lines = text_lines(page, textpage)
    turn_upright(page, lines)
    drawings = page.get_cdrawings()
    pictures = [tuple(i["bbox"]) for i in page.get_image_info()] if page.get_images() else []
    runs = flag_unseen(page, words_of(page, textpage, lines, number), drawings, pictures)
    rules = rules_of(page, drawings)
    words = flag_struck(in_order(runs), rules)
    is_picture = _is_picture(page, words, drawings, pictures)
    read = Page(number, PageKind.PAPER, float(page.rect.width), float(page.rect.height), tuple(words), tuple(rules))
    return _Sheet(read, is_picture, () if is_picture else _hidden_problem(words, number))


def in_order(runs: list[Run]) -> list[Word]:
    """Words in reading order, pieces glued."""
    words: list[Word] = []
    for line in reading_order(run.word for run in runs):
        words += join_spaced(join_touching(line))
    return words


def _hidden_problem(words: list[Word], number: int) -> tuple[Problem, ...]:
    unseen = [w.text for w in words if not w.seen]
    if not unseen:
        return ()
    sample = " ".join(unseen)[:80]
    sentence = f"Page {number + 1} holds {len(unseen)} words a person cannot see (“{sample}”); they were not read as values."
    return (Problem("hidden_text", sentence, number),)


def _is_picture(page: Any, words: list[Word], drawings: list[Any], pictures: list[Any]) -> bool:
    """True when what a person sees on the page is not in its text layer."""
    readable = sum(1 for w in words if w.seen for c in w.text if c.isalnum())
    if readable == 0:
        return bool(pictures or drawings)
    largest = max((pymupdf.Rect(p) & page.rect for p in pictures), key=lambda r: r.get_area(), default=pymupdf.Rect())
    return readable < _FEW_CHARACTERS and bool(largest.get_area() >= _MOSTLY_PICTURE * page.rect.get_area())


def picture_of(page: Any) -> tuple[Pixels, float]:
    """The page as grey pixels, upright, at OCR_DPI or as near as the pixel limit allows; and its dots per inch."""
    dpi = OCR_DPI * min(1.0, (MOST_PIXELS / max(1.0, page.rect.get_area() * (OCR_DPI / 72) ** 2)) ** 0.5)
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.width), dpi


def render_pdf(content: bytes, options: RenderOptions) -> bytes:
    """One page as PNG in colour, turned and straightened as `parse_pdf` did. Raises InputError page_not_found."""
    with opened(content) as document:
        if not 0 <= options.page < document.page_count:
            raise InputError(f"The document has no page {options.page + 1}.", code="page_not_found")
        page = document.load_page(options.page)
        sheet = _sheet(page, options.page)
        scale = options.dpi / 72
        scale *= min(1.0, (options.max_pixels / max(1.0, page.rect.get_area() * scale**2)) ** 0.5)
        drawn = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
        if not sheet.may_turn:
            return bytes(drawn.tobytes("png"))
        colours = np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.width, 3)
        return png(turned(colours, skew_of(picture_of(page)[0])))
