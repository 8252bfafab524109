"""Picture files → pages without words and the pixels OCR will read: upright, square, flat, straight, and drawn just so."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
from PIL import Image

from extraction.formats.ink import find_inks
from extraction.formats.options import ParseOptions, Portion, RenderOptions
from extraction.formats.photo import evened, flattened, likely_dpi, sheet_corners
from extraction.formats.raster import opened, page_pixels, pages_of, unread_frames
from extraction.formats.scan import Pixels, page_image, pixels, png, quarter_turned, scaled, skew_of, turned
from models.domain.evidence import PageKind
from models.domain.pages import Page, PageImage, Parsed, Problem, SourceFormat
from models.errors import InputError

_LONG_SIDE = 11.69           # inches of an A4 sheet: taken where the file's own resolution makes no sense
_SHEETS = (4.0, 24.0)        # inches; a longer side outside of these is no sheet of paper


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page as a scanner would have it, but for its `skew`: `colours` (may be grey) as it is seen, `grey` without shadows."""

    colours: Pixels
    grey: Pixels
    dpi: float
    skew: float


def parse_image(content: bytes, options: ParseOptions) -> Portion:
    """Pages from `options.first_page` on. Raises InputError: damaged_document, too_many_pixels, too_many_pages.

    A picture that is cut off is refused, as the missing part may hold lines; in a file of several pages only that page is
    left blank, with a problem.
    """
    with opened(content) as image:
        frames = pages_of(image, options.max_pages)
        count = len(frames)
        if count > options.max_pages:
            raise InputError(
                f"The picture file has more than {options.max_pages} pages. Ask for the order pages alone.",
                code="too_many_pages")
        pages: list[Page] = []
        images: list[PageImage] = []
        problems = list(_unread(image)) if options.first_page == 0 else []
        for number in range(options.first_page, count):
            if images and sum(len(i.pixels) for i in images) >= options.image_budget:
                break
            try:
                sheet = _sheet(image, frames[number], options.max_pixels, number)
            except _BROKEN as e:
                if count == 1:
                    raise
                pages.append(Page(number, PageKind.PAPER, 0.0, 0.0, ()))
                problems.append(_damaged(number, e))
                continue
            inks = find_inks(sheet.colours, sheet.dpi, skew=sheet.skew)
            images.append(replace(page_image(number, sheet.grey, sheet.dpi, skew=sheet.skew), inks=inks))
            pages.append(Page(number, PageKind.PAPER, images[-1].width * 72 / sheet.dpi, images[-1].height * 72 / sheet.dpi, ()))
        if not images and options.first_page == 0 and len(pages) == count:
            raise InputError("No page of the picture file can be read. Ask for a new copy.", code="damaged_document")
        after = options.first_page + len(pages)
        parsed = Parsed(SourceFormat.IMAGE, tuple(pages), tuple(images), tuple(problems))
        return Portion(parsed, after if after < count else None)


_BROKEN = (OSError, SyntaxError, ValueError, EOFError, RuntimeError)


def _damaged(number: int, error: Exception) -> Problem:
    sentence = f"Page {number + 1} is damaged and was not read ({type(error).__name__}); ask the sender for a new copy."
    return Problem("damaged_page", sentence, number)


def _unread(image: Image.Image) -> tuple[Problem, ...]:
    more = unread_frames(image)
    if not more:
        return ()
    sentence = f"The file holds {more + 1} pictures, of which only the first was read; ask for the others as files of their own."
    return (Problem("other_pictures_unread", sentence, 0),)


def _sheet(image: Image.Image, frame: int, max_pixels: int, number: int) -> _Sheet:
    colours, dpi = page_pixels(image, frame, max_pixels, number)
    corners = sheet_corners(colours)
    if corners is not None:
        colours = flattened(colours, corners)
    grey = evened(colours if colours.ndim == 2 else pixels(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)))
    if corners is not None:
        dpi = max(grey.shape) / _LONG_SIDE
    elif not dpi or not _SHEETS[0] <= max(grey.shape) / dpi <= _SHEETS[1]:
        dpi = likely_dpi(grey, _LONG_SIDE)
    return _Sheet(colours, grey, dpi, skew_of(grey))


def render_image(content: bytes, options: RenderOptions) -> bytes:
    """One page as PNG, straightened as `parse_image` straightened it. Raises InputError page_not_found."""
    with opened(content) as image:
        frames = pages_of(image, max(options.page, 0))
        if not 0 <= options.page < len(frames):
            raise InputError(f"The document has no page {options.page + 1}.", code="page_not_found")
        sheet = _sheet(image, frames[options.page], options.max_pixels, options.page)
        scale = min(1.0, options.dpi / sheet.dpi)
        return png(quarter_turned(turned(scaled(sheet.colours, scale, scale), sheet.skew), options.turn))
