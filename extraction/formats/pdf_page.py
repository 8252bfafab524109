"""One PDF page: its words with what a person sees of them, its rulings, and the pictures that OCR must read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from extraction.formats.lines import join_spaced, join_touching, reading_order
from extraction.formats.mupdf import pymupdf
from extraction.formats.pdf_rules import rules_of
from extraction.formats.pdf_sight import flag_struck, is_plain, unseen
from extraction.formats.pdf_text import TextLayer, text_layer
from extraction.formats.scan import MOST_PIXELS, Pixels
from extraction.formats.unseen import hidden_problem
from models.domain.evidence import Box, PageKind
from models.domain.pages import Page, Problem, Word, WordFlag

OCR_DPI = 300.0
TINY_POINTS = 3.0
_FEW_CHARACTERS = 100              # less text than this on a page that is mostly picture: the picture is the page
_MOSTLY_PICTURE = 0.3              # of the page's area; OCR of a logo too many costs a second, a scan unread costs an order

_NO_FLAGS: frozenset[WordFlag] = frozenset()
_FLAGS = {
    (False, False): _NO_FLAGS, (True, False): frozenset({WordFlag.HIDDEN}), (False, True): frozenset({WordFlag.TINY}),
    (True, True): frozenset({WordFlag.HIDDEN, WordFlag.TINY}),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as its text layer has it; `is_picture` when what a person sees is not in that layer."""

    page: Page
    is_picture: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def may_turn(self) -> bool:
        """A skewed scan is straightened, unless words with places of their own stand on the page too."""
        return self.is_picture and not any(w.seen for w in self.page.words)


def read_sheet(page: Any, number: int) -> Sheet:
    """The page's own words; it is turned upright by it. Raises RuntimeError or ValueError for a damaged page."""
    layer = text_layer(page)
    contents = page.read_contents()
    plain = is_plain(contents) and not page.annot_xrefs()
    words = _words(layer, unseen(page, layer, plain=plain).tolist(), number)
    rules = rules_of(page, layer.vectors)
    lines = [word for line in reading_order(words) for word in join_spaced(join_touching(line))]
    lines = flag_struck(lines, rules)
    pictures = [] if plain else [tuple(i["bbox"]) for i in page.get_image_info()]
    is_picture = _is_picture(page, lines, layer, pictures)
    sheet = Page(number, PageKind.PAPER, float(page.rect.width), float(page.rect.height), tuple(lines), tuple(rules))
    return Sheet(sheet, is_picture, () if is_picture else _hidden_problem(lines, number))


def _words(layer: TextLayer, hidden: list[bool], number: int) -> list[Word]:
    return [
        Word(text, number, tuple(box), None, _FLAGS[is_hidden, style.size < TINY_POINTS], round(style.size, 2), style.bold)
        for text, box, style, is_hidden in zip(layer.texts, layer.boxes.tolist(), layer.styles, hidden, strict=True)
    ]


def _hidden_problem(words: list[Word], number: int) -> tuple[Problem, ...]:
    found = hidden_problem([w for w in words if not w.seen], number)
    return (found,) if found else ()


def _is_picture(page: Any, words: list[Word], layer: TextLayer, pictures: list[Box]) -> bool:
    """True when what a person sees on the page is not in its text layer."""
    if not any(w.seen and any(c.isalnum() for c in w.text) for w in words):
        return bool(pictures or layer.vectors)
    if not pictures or sum(1 for w in words if w.seen for c in w.text if c.isalnum()) >= _FEW_CHARACTERS:
        return False
    largest = max((pymupdf.Rect(p) & page.rect).get_area() for p in pictures)
    return bool(largest >= _MOSTLY_PICTURE * page.rect.get_area())


def picture_of(page: Any) -> tuple[Pixels, float]:
    """The page as grey pixels, upright, at OCR_DPI or as near as the pixel limit allows; and its dots per inch."""
    dpi = OCR_DPI * min(1.0, (MOST_PIXELS / max(1.0, page.rect.get_area() * (OCR_DPI / 72) ** 2)) ** 0.5)
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.width), dpi
