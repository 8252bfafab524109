"""Pages completed by what OCR read in their pictures. Pure.

A page may be a picture, carry pictures that hold text, or have a text layer that must be compared with what it shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from extraction.formats.lines import centre, contains, reading_order
from extraction.formats.unseen import NO_TEXT, hidden_problem
from extraction.inks import judged, with_seen
from extraction.ocr.engine import PictureText
from models.domain.evidence import Box
from models.domain.pages import Page, PageImage, Problem, Rival, Word

_ALIKE = str.maketrans("oil|!sbzgq", "0111158269")     # letters and digits that OCR may take for one another
_SIMILAR = 0.6            # likeness from which two spellings of a word without digits are one
_SURE = 0.6               # confidence of OCR from which it may contradict the text layer
_LEAST_AGREEING = 0.7     # of the words compared; with less the whole layer is another text
_FEW = 5                  # words compared; fewer say nothing about the layer as a whole
_UNEXPLAINED = 0.1        # of an invisible layer over a scan: OCR layers of scanners have errors, but not more of them
_LONGER = 1.3
_SAMPLES = 3


def complete(page: Page, found: Sequence[tuple[PageImage, PictureText]]) -> tuple[Page, tuple[Problem, ...]]:
    """The page with the words of its pictures, and what is to be said about it."""
    problems: list[Problem] = []
    for image, text in found:
        page = with_seen(page, image, text.turn)
        if text.problem:
            problems.append(Problem("ocr_failed", text.problem, page.number, image.box))
        elif image.box is not None:
            page = with_region(page, image.box, text)
        elif image.verify and not text.turn:
            page, noticed = checked(page, text)
            problems += noticed
        else:
            page, noticed = complete_page(page, text), _unexplained(page, text)
            problems += noticed
    page, noticed_ink = judged(page)
    return page, (*problems, *noticed_ink)


def complete_page(page: Page, text: PictureText) -> Page:
    """The page with the words and rulings of its picture. Words of its own text layer that people see win their place."""
    kept = [word for word in page.words if word.seen and _has_meaning(word, text.words)]
    added = _beside(text.words, kept)
    width, height = (page.height, page.width) if text.turn % 180 else (page.width, page.height)
    return replace(
        page, width=width, height=height, words=_ordered(kept, added, page), rules=(*page.rules, *text.rules), turn=text.turn,
        inks=(*page.inks, *text.inks), read_by=text.read_by if added else page.read_by)


def with_region(page: Page, box: Box, text: PictureText) -> Page:
    """The page with the words and rulings of a picture that shows `box` of it."""
    words = [replace(w, page=page.number, box=_placed(w.box, box, text.turn)) for w in text.words]
    kept = [word for word in page.words if word.seen]
    rules = tuple(_placed(rule, box, text.turn) for rule in text.rules)
    inks = tuple(replace(ink, box=_placed(ink.box, box, text.turn)) for ink in text.inks)
    return replace(
        page, words=_ordered(kept, _beside(words, kept), page), rules=(*page.rules, *rules), inks=(*page.inks, *inks))


def _placed(inner: Box, outer: Box, turn: int) -> Box:
    """A box of a part's picture, which was turned clockwise by `turn` degrees to be read, on the page."""
    left, top, right, bottom = inner
    width, height = outer[2] - outer[0], outer[3] - outer[1]
    if turn == 90:
        left, top, right, bottom = top, height - right, bottom, height - left
    elif turn == 180:
        left, top, right, bottom = width - right, height - bottom, width - left, height - top
    elif turn == 270:
        left, top, right, bottom = width - bottom, left, width - top, right
    return left + outer[0], top + outer[1], right + outer[0], bottom + outer[1]


def _beside(words: Sequence[Word], kept: Sequence[Word]) -> list[Word]:
    """The words whose place is not taken."""
    return [word for word in words if not any(contains(k.box, *centre(word.box)) for k in kept)]


def _ordered(kept: Sequence[Word], added: Sequence[Word], page: Page) -> tuple[Word, ...]:
    unseen = (word for word in page.words if not word.seen)
    return tuple(word for line in reading_order([*kept, *added, *unseen]) for word in line)


def _unexplained(page: Page, text: PictureText) -> list[Problem]:
    """hidden_text for a text layer behind a picture that is more than somebody's OCR of that picture."""
    unseen = [w for w in page.words if not w.seen]
    if text.turn or not unseen:
        return []
    odd = [w for w in unseen if any(c.isalnum() for c in w.text) and not _stands_in(w, text.words)]
    problem = hidden_problem(odd, page.number) if len(odd) > _UNEXPLAINED * len(unseen) else None
    return [problem] if problem else []


def _stands_in(word: Word, shown: Sequence[Word]) -> bool:
    there = _at(word, shown)
    return there is not None and _agree(word, there)


def checked(page: Page, text: PictureText) -> tuple[Page, list[Problem]]:
    """The page after its text layer was compared with what OCR reads of its picture.

    Where the two differ the picture is right: word by word, or as a whole when they have little in common. What the layer
    said is kept as a rival reading.
    """
    kept: list[Word] = []
    mended: list[tuple[Word, Word]] = []
    compared = agreeing = 0
    for word in (w for w in page.words if w.seen and _has_meaning(w, text.words)):
        shown = _at(word, text.words) if any(c.isalnum() for c in word.text) else None
        agrees = shown is not None and _agree(word, shown)
        is_sure = shown is not None and (shown.confidence is None or shown.confidence >= _SURE)
        compared += any(c.isalnum() for c in word.text)
        agreeing += agrees
        if shown is None or agrees or not is_sure:
            kept.append(word)
        else:
            mended.append((word, shown))
    if compared >= _FEW and agreeing < _LEAST_AGREEING * compared:
        return _replaced(page, text), [_disagrees(page, mended, is_whole=True)]
    if not mended:
        return replace(page, words=_ordered(kept, _beside(text.words, kept), page)), []
    shown_words = {shown: replace(shown, rivals=(Rival(word.text, 0.0, page.read_by), *shown.rivals)) for word, shown in mended}
    added = [shown_words.get(w, w) for w in _beside(text.words, kept)]
    return replace(page, words=_ordered(kept, added, page)), [_disagrees(page, mended, is_whole=False)]


def _has_meaning(word: Word, shown: Sequence[Word]) -> bool:
    """False for letters that stand for nothing where OCR reads something."""
    return not NO_TEXT.search(word.text) or _at(word, shown) is None


def _at(word: Word, shown: Sequence[Word]) -> Word | None:
    """What OCR reads in the place of a word: the word around its middle, or its pieces joined; None for nothing."""
    pieces = [s for s in shown if contains(word.box, *centre(s.box))]
    if len(pieces) > 1:
        return replace(pieces[0], text="".join(p.text for p in sorted(pieces, key=lambda p: p.box[0])))
    if pieces:
        return pieces[0]
    x, y = centre(word.box)
    return next((s for s in shown if contains(s.box, x, y)), None)


def _agree(layer: Word, shown: Word) -> bool:
    a, b = _folded(layer.text), _folded(shown.text)
    is_longer = shown.box[2] - shown.box[0] > _LONGER * (layer.box[2] - layer.box[0])
    if a == b or (is_longer and a in b):                  # OCR may take two words for one
        return True
    has_digits = any(c.isdigit() for c in layer.text + shown.text)
    return not has_digits and SequenceMatcher(None, a, b, autojunk=False).ratio() >= _SIMILAR


def _folded(text: str) -> str:
    return "".join(c for c in text.lower().translate(_ALIKE) if c.isalnum())


def _replaced(page: Page, text: PictureText) -> Page:
    return replace(
        page, words=_ordered([], text.words, page), rules=(*page.rules, *text.rules), inks=(*page.inks, *text.inks),
        read_by=text.read_by)


def _disagrees(page: Page, mended: Sequence[tuple[Word, Word]], *, is_whole: bool) -> Problem:
    samples = "; ".join(f"“{word.text}” is shown as “{shown.text}”" for word, shown in mended[:_SAMPLES])
    what = "The text stored in" if is_whole else "Some text stored in"
    told = f" ({samples})" if samples else ""
    return Problem(
        "text_layer_disagrees",
        f"{what} page {page.number + 1} is not what the page shows{told}; what it shows was read. Check it against the page.",
        page.number, mended[0][1].box if mended else None)
