"""One PDF page: its words with what a person sees of them, its rulings, and the pictures that OCR must read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from extraction.formats.ink import INK_DPI, find_inks
from extraction.formats.lines import join_spaced, join_touching, reading_order
from extraction.formats.mupdf import pymupdf
from extraction.formats.pdf_fonts import FontJudge
from extraction.formats.pdf_painting import painting, states_of
from extraction.formats.pdf_picture import drawn_page
from extraction.formats.pdf_regions import unread_regions
from extraction.formats.pdf_rules import rules_of
from extraction.formats.pdf_sight import flag_struck, unseen
from extraction.formats.pdf_text import Bits, LayerSwitches, TextLayer, text_layer, turned_boxes, with_hidden
from extraction.formats.scan import MOST_PIXELS, Pixels, page_image, pixels, skew_of
from extraction.formats.unseen import NO_TEXT, hidden_problem, without_echoes
from models.domain.evidence import Box, PageKind
from models.domain.pages import Ink, InkKind, Page, PageImage, Problem, Word, WordFlag

OCR_DPI = 300.0
TINY_POINTS = 3.0
_NARROW = 0.1                      # of the font size; a word narrower than that is no word a person can read
_FEW_CHARACTERS = 100              # less text than this on a page that is mostly picture: the picture is the page
_MOSTLY_PICTURE = 0.3              # of the page's area; OCR of a logo too many costs a second, a scan unread costs an order

_WHOLE_PICTURE = 0.7               # of the page's area; text on so large a picture may be somebody's OCR of it
_GARBLED = 0.02                    # of the characters

_ANNOTATED = {13: InkKind.STAMP, 15: InkKind.HANDWRITING}      # MuPDF's numbers of the annotation types

_NO_FLAGS: frozenset[WordFlag] = frozenset()
_FLAGS = {
    (False, False): _NO_FLAGS, (True, False): frozenset({WordFlag.HIDDEN}), (False, True): frozenset({WordFlag.TINY}),
    (True, True): frozenset({WordFlag.HIDDEN, WordFlag.TINY}),
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as its text layer has it.

    `is_picture`: what a person sees is not in that layer; `verify`: it may be something else; `regions`: boxes of pictures
    that hold text, on a page that is neither.
    """

    page: Page
    is_picture: bool = False
    verify: bool = False
    regions: tuple[Box, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def may_turn(self) -> bool:
        """A skewed scan is straightened, unless words with places of their own stand on the page too."""
        return self.is_picture and not any(w.seen for w in self.page.words)


class PageNeeds:
    """What is known about a document before its pages are read."""

    def __init__(self, document: Any) -> None:
        self.fonts = FontJudge(document)
        self.switches = LayerSwitches(document)


def read_sheet(page: Any, number: int, needs: PageNeeds) -> Sheet:
    """The page's own words; it is turned upright by it. Raises RuntimeError or ValueError for a damaged page."""
    layer = with_hidden(page, text_layer(page), needs.switches)
    doubtful = needs.fonts.doubts(page, layer.used)
    has_notes = bool(page.annot_xrefs())
    paints = None if has_notes or doubtful else painting(page.read_contents(), states_of(page))
    drawn = [info["bbox"] for info in page.get_image_info()] if paints is None or paints.draws else []
    if paints and paints.draws and page.get_xobjects():
        paints = None                    # a form inside the page may hold anything
    words = without_echoes(_words(layer, unseen(page, layer, paints, drawn), number))
    rules = rules_of(page, layer)
    lines = [word for line in reading_order(words) for word in join_spaced(join_touching(line))]
    lines = flag_struck(lines, rules)
    inks = _annotated(page) if has_notes else ()
    sheet = Page(number, PageKind.PAPER, *layer.size, tuple(lines), tuple(rules), inks=inks)
    pictures = [_on_page(page, box) for box in drawn]
    if _is_picture(page, lines, layer, pictures):
        return Sheet(sheet, is_picture=True)
    hidden = hidden_problem([w for w in lines if not w.seen], number)
    return Sheet(
        sheet, verify=doubtful or _is_garbled(lines) or _fills(page, pictures, _WHOLE_PICTURE),
        regions=tuple(unread_regions(page, pictures, layer.vectors)), problems=(hidden,) if hidden else ())


def _annotated(page: Any) -> tuple[Ink, ...]:
    """What was drawn or stamped on the page by a PDF reader: ink and stamp annotations."""
    return tuple(Ink(_ANNOTATED[note.type[0]], _on_page(page, tuple(note.rect))) for note in page.annots(types=tuple(_ANNOTATED)))


def _on_page(page: Any, box: Box) -> Box:
    """A box of the file as it lies on the upright page, as far as it does."""
    left, top, right, bottom = turned_boxes(page, np.array([box], dtype=float))[0].tolist()
    return max(left, 0.0), max(top, 0.0), min(right, page.rect.width), min(bottom, page.rect.height)


def _words(layer: TextLayer, hidden: Bits, number: int) -> list[Word]:
    sizes = layer.styles.size
    tiny = (sizes < TINY_POINTS) | (layer.boxes[:, 2] - layer.boxes[:, 0] < _NARROW * sizes)
    flags = map(_FLAGS.__getitem__, zip(hidden.tolist(), tiny.tolist(), strict=True))
    boxes = zip(*layer.boxes.T.tolist(), strict=True)
    return [
        Word(text, number, box, None, flag, size, bold)
        for text, box, flag, size, bold
        in zip(layer.texts, boxes, flags, np.round(sizes, 2).tolist(), layer.styles.bold.tolist(), strict=True)
    ]


def _is_picture(page: Any, words: list[Word], layer: TextLayer, pictures: list[Box]) -> bool:
    """True when what a person sees on the page is not in its text layer."""
    if not any(w.seen and any(c.isalnum() for c in w.text) for w in words):
        return bool(pictures or layer.vectors)
    if not _fills(page, pictures, _MOSTLY_PICTURE):
        return False
    return sum(1 for w in words if w.seen for c in w.text if c.isalnum()) < _FEW_CHARACTERS


def _fills(page: Any, pictures: list[Box], share: float) -> bool:
    """True when one picture takes at least this share of the page."""
    areas = (max(0.0, right - left) * max(0.0, bottom - top) for left, top, right, bottom in pictures)
    return any(area >= share * page.rect.get_area() for area in areas)


def _is_garbled(words: list[Word]) -> bool:
    """True when the layer has characters that are no text: a font without a map to Unicode, or with a made-up one."""
    text = "".join([w.text for w in words if w.seen])
    return len(NO_TEXT.findall(text)) > _GARBLED * len(text)


def pictures_of(page: Any, sheet: Sheet) -> list[PageImage]:
    """What OCR must read of the page: all of it, or the pictures that hold text, without the text printed over them."""
    number = sheet.page.number
    if sheet.is_picture or sheet.verify:
        grey, dpi = picture_of(page)
        skew = skew_of(grey) if sheet.may_turn else 0.0
        image = page_image(number, grey, dpi, skew=skew)
        is_huge = page.rect.get_area() * (INK_DPI / 72) ** 2 > MOST_PIXELS
        inks = () if is_huge else find_inks(drawn_page(page, INK_DPI / 72), INK_DPI, skew=skew)
        return [replace(image, verify=sheet.verify, inks=inks)]
    return [_picture_of_region(page, number, box) for box in sheet.regions]


def _picture_of_region(page: Any, number: int, box: Box) -> PageImage:
    scale = OCR_DPI / 72 * min(1.0, (MOST_PIXELS / ((box[2] - box[0]) * (box[3] - box[1]) * (OCR_DPI / 72) ** 2)) ** 0.5)
    grey = pixels(cv2.cvtColor(drawn_page(page, scale, with_text=False, box=box), cv2.COLOR_RGB2GRAY))
    return replace(page_image(number, grey, scale * 72, straighten=False), box=box)


def picture_of(page: Any) -> tuple[Pixels, float]:
    """The page as grey pixels, upright, at OCR_DPI or as near as the pixel limit allows; and its dots per inch."""
    dpi = OCR_DPI * min(1.0, (MOST_PIXELS / max(1.0, page.rect.get_area() * (OCR_DPI / 72) ** 2)) ** 0.5)
    drawn = page.get_pixmap(matrix=pymupdf.Matrix(dpi / 72, dpi / 72), colorspace=pymupdf.csGRAY, alpha=False)
    return np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.width), dpi
