"""Pictures inside office documents: each large one becomes a page for OCR behind the page of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from extraction.formats.image import parse_image
from extraction.formats.options import ParseOptions, Portion
from models.domain.pages import Page, PageImage, Parsed, Problem
from models.errors import InputError

EMU_PER_INCH = 914_400
LEAST_AREA = 6.0              # square inches as printed; smaller pictures are logos and signatures

Picture = Callable[[], bytes]


def is_large(width: float, height: float) -> bool:
    """True for a picture that may hold part of the order. Inches; 0 where the document does not say."""
    return width * height == 0 or width * height >= LEAST_AREA


def with_pictures(text: Parsed, pictures: Sequence[Picture], options: ParseOptions) -> Portion:
    """The document's pages of text, its pictures as the pages after them; in portions, as scans are.

    A picture of a kind that cannot be read is left out with a problem picture_not_read.
    """
    pages: list[Page] = [] if options.first_page else list(text.pages)
    problems: list[Problem] = [] if options.first_page else list(text.problems)
    images: list[PageImage] = []
    first = len(text.pages)
    room = max(0, options.max_pages - first)
    for number in range(max(options.first_page, first), first + min(len(pictures), room)):
        if images and sum(len(i.pixels) for i in images) >= options.image_budget:
            return Portion(replace(text, pages=tuple(pages), images=tuple(images), problems=tuple(problems)), number)
        try:
            found = parse_image(pictures[number - first](), replace(options, first_page=0, max_pages=1)).parsed
        except (InputError, KeyError):
            nth = number - first + 1
            sentence = f"Picture {nth} in the document cannot be read. Ask for the order as PDF or as a picture file."
            problems.append(Problem("picture_not_read", sentence, 0))
            pages.append(replace(text.pages[0], number=number, words=()))
            continue
        pages += [replace(page, number=number) for page in found.pages]
        images += [replace(image, page=number) for image in found.images]
        problems += [replace(problem, page=number) for problem in found.problems]
    if len(pictures) > room:
        sentence = f"The document holds {len(pictures)} pictures; only the first {room} were read."
        problems.append(Problem("picture_not_read", sentence, 0))
    return Portion(replace(text, pages=tuple(pages), images=tuple(images), problems=tuple(problems)))
