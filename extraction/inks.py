"""What is said about ink that was seen but not read: handwriting, stamps, signatures, print in unknown letters. Pure.

The picture alone takes some print for a hand; words that OCR read there with confidence show that it is print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from models.domain.evidence import Box
from models.domain.pages import Ink, InkKind, Page, PageImage, Problem, Word

_READ = 0.75               # confidence of a word from which it was read
_PRINT = 0.5               # of the ink's box that read words cover: then it is print
_LIKE = 0.4                # of the ink's height: lower words lie under it and do not explain it
_NEAR = 70.0               # points between a signature and the words that ask for one
_LOWER = 0.55              # of the page's height; further up nobody signs, unless beside such words
_FOOT = 0.93               # of the page's height; below are page numbers and bank accounts
_SIGN_HERE = (
    "signature", "signed", "sign", "authorised", "authorized", "unterschrift", "unterzeichnet", "gezeichnet", "stempel", "signé",
    "firma", "firmado", "handtekening", "podpis", "assinatura", "approved", "freigegeben")
_UNKNOWN = "Much of the print on page {} could not be read: it is faint, or in letters of another alphabet. Type what it orders."
_SENTENCES = {
    InkKind.HANDWRITING: ("handwriting", "Page {} bears handwriting that was not read; look at it."),
    InkKind.STAMP: ("stamp", "Page {} bears a stamp that was not read; look at it."),
    InkKind.UNKNOWN_PRINT: ("unknown_print", _UNKNOWN),
}
_SEVERAL = {
    InkKind.HANDWRITING: "Page {} bears handwriting in {} places that was not read; look at them.",
    InkKind.STAMP: "Page {} bears {} stamps that were not read; look at them.",
    InkKind.UNKNOWN_PRINT: _UNKNOWN,
}


def judged(page: Page) -> tuple[Page, tuple[Problem, ...]]:
    """The page with the ink that is no print, and a problem for each kind of it: handwriting, stamp, unknown print, signature.

    A problem points to the largest of its kind.
    """
    if not page.inks:
        return page, ()
    inks = tuple(ink for ink in page.inks if ink.kind is InkKind.UNKNOWN_PRINT or not _is_print(ink, page.words))
    signed = [ink for ink in inks if ink.kind is InkKind.HANDWRITING and _is_signature(ink.box, page)]
    problems: list[Problem] = []
    for kind in InkKind:
        found = [ink for ink in inks if ink.kind is kind and ink not in signed]
        if found:
            code, sentence = _SENTENCES[kind]
            told = sentence.format(page.number + 1) if len(found) == 1 else _SEVERAL[kind].format(page.number + 1, len(found))
            problems.append(Problem(code, told, page.number, _largest(found)))
    if signed:
        problems.append(Problem("signature", f"Page {page.number + 1} is signed by hand.", page.number, _largest(signed)))
    return replace(page, inks=inks), tuple(problems)


def _largest(inks: Sequence[Ink]) -> Box:
    return max(inks, key=lambda ink: _area(ink.box)).box


def _is_print(ink: Ink, words: Sequence[Word]) -> bool:
    height = ink.box[3] - ink.box[1]
    read = [
        w.box for w in words
        if w.seen and (w.confidence is None or w.confidence >= _READ) and w.box[3] - w.box[1] >= _LIKE * height]
    return sum(_shared(ink.box, box) for box in read) >= _PRINT * _area(ink.box)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shared(a: Box, b: Box) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _is_signature(box: Box, page: Page) -> bool:
    """True beside words that ask for one, and below the last figures of the page where it crosses no words."""
    seen = [w for w in page.words if w.seen]
    if any(w.text.lower().strip(".,:;()_") in _SIGN_HERE and _is_beside(box, w.box) for w in seen):
        return True
    if box[1] < _LOWER * page.height or any(_shared(box, w.box) > 0.5 * _area(w.box) for w in seen):
        return False
    return not any(w.box[3] > box[1] and w.box[1] < _FOOT * page.height and any(c.isdigit() for c in w.text) for w in seen)


def _is_beside(box: Box, word: Box) -> bool:
    return (
        box[0] - _NEAR < word[2] and word[0] - _NEAR < box[2] and box[1] - _NEAR / 2 < word[3] and word[1] - _NEAR / 2 < box[3])


def with_seen(page: Page, image: PageImage, turn: int) -> Page:
    """The page with the ink seen on its picture, which was turned clockwise by `turn` degrees to be read; or shows a part."""
    if image.box is not None:
        left, top = image.box[:2]
        boxes = [(i.box[0] + left, i.box[1] + top, i.box[2] + left, i.box[3] + top) for i in image.inks]
    else:
        size = image.width * 72 / image.dpi, image.height * 72 / image.dpi
        boxes = [_turned(i.box, *size, turn) for i in image.inks]
    seen = (replace(ink, box=box) for ink, box in zip(image.inks, boxes, strict=True))
    return replace(page, inks=(*page.inks, *seen))


def _turned(box: Box, width: float, height: float, turn: int) -> Box:
    left, top, right, bottom = box
    if turn == 90:
        return height - bottom, left, height - top, right
    if turn == 180:
        return width - right, height - bottom, width - left, height - top
    return (top, width - right, bottom, width - left) if turn == 270 else box
