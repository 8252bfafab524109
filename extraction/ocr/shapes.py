"""0, O and Ø told apart by their ink, measured against the zeros and O's that surely are such on the same page. Pure.

The readers know one from another by their neighbours more than by their shape, and in a code the neighbours say nothing. In most
type an O is half as wide again as a zero, and only an Ø is parted in two inside.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from extraction.ocr.cuttings import cut_out
from extraction.ocr.paper import Pixels, ink_of
from models.domain.pages import Rival, Word

SHAPE = "shape"
_ALIKE = frozenset("0OØ")
_TAKEN_FOR = re.compile(r"(?<![a-z0-9])@(?=\d)")      # an Ø, or a zero with a stroke, to a network that knows neither
_LEAST_SURE = 0.9              # of a word from which the page's own measures are taken
_FEW = 3                       # zeros a page must have to measure by
_WIDER = 1.4                   # an O by a zero, where the page has no O of its own
_APART = 1.15                  # an O less than so much wider than a zero cannot be told by its width
_TALL = 0.5                    # of the tallest glyph: less is a dot, a dash or a speck
_SMALLEST = 12                 # dots of height; holes of smaller glyphs close
_HOLE = 0.004                  # of the glyph's height squared; less is a flaw in the ink


@dataclass(frozen=True, slots=True)
class Glyph:
    """The ink of a letter: width by height, height in dots, and how many stretches of paper it encloses."""

    aspect: float
    height: int
    holes: int


@dataclass(frozen=True, slots=True)
class _Measures:
    zero: float
    letter_o: float
    zero_holes: float


def shape_claims(grey: Pixels, dpi: float, words: Sequence[Word]) -> list[Rival | None]:
    """For each word with a 0, O or Ø what its ink says; None where there is none, or its letters cannot be told apart.

    Of a number without letters only a zero that leads other digits is asked about: it may be the sign of a diameter.
    """
    words = [replace(w, text=_TAKEN_FOR.sub("Ø", w.text)) for w in words]
    glyphs = [glyphs_of(cut_out(grey, dpi, w.box)[0], w.text) if _ALIKE & set(w.text) else None for w in words]
    measures = _measures(words, glyphs)
    if measures is None:
        return [None] * len(words)
    return [_claim(w.text, found, measures) if found else None for w, found in zip(words, glyphs, strict=True)]


def holds_unknown_sign(text: str) -> bool:
    """True where the network wrote another sign because it does not know the one that stands there."""
    return bool(_TAKEN_FOR.search(text))


def glyphs_of(cut: Pixels, text: str) -> list[Glyph | None] | None:
    """The glyph of each letter and digit of a word's cut-out, None for its signs; None when the ink is not one piece for each."""
    ink = ink_of(cut)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    tall = stats[1:, cv2.CC_STAT_HEIGHT]
    if not len(tall):
        return None
    pieces = [n + 1 for n in np.flatnonzero(tall >= _TALL * tall.max())]
    letters = [n for n, c in enumerate(text) if c.isalnum()]
    if len(pieces) != len(letters):
        return None
    pieces.sort(key=lambda n: stats[n, cv2.CC_STAT_LEFT])
    found: list[Glyph | None] = [None] * len(text)
    for at, n in zip(letters, pieces, strict=True):
        if text[at] in _ALIKE:
            x, y, w, h = (int(v) for v in stats[n, :4])
            found[at] = Glyph(w / h, h, _holes(np.asarray(labels[y : y + h, x : x + w] == n, np.uint8)))
    return found


def _holes(glyph: Pixels) -> int:
    framed = cv2.copyMakeBorder(glyph, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    outlines, ranks = cv2.findContours(framed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    least = _HOLE * glyph.shape[0] ** 2
    inner = [outline for outline, rank in zip(outlines, ranks[0], strict=True) if rank[3] >= 0]
    return sum(bool(cv2.contourArea(outline) > least) for outline in inner)


def _measures(words: Sequence[Word], glyphs: Sequence[list[Glyph | None] | None]) -> _Measures | None:
    zeros, letters = [], []
    for word, found in zip(words, glyphs, strict=True):
        if found and (word.confidence or 0.0) >= _LEAST_SURE and len(word.text) > 1:
            known = [g for c, g in zip(word.text, found, strict=True) if g]
            if not any(c.isalpha() for c in word.text) and word.text[0] != "0":
                zeros += known
            elif not any(c.isdigit() for c in word.text) and "Ø" not in word.text:
                letters += known
    if len(zeros) < _FEW:
        return None
    zero = median(g.aspect for g in zeros)
    return _Measures(zero, median(g.aspect for g in letters) if letters else _WIDER * zero, median(g.holes for g in zeros))


def _claim(text: str, glyphs: Sequence[Glyph | None], measures: _Measures) -> Rival | None:
    is_number = not any(c.isalpha() for c in text)
    said, sure = "", []
    for letter, glyph in zip(text, glyphs, strict=True):
        if glyph is None or (is_number and (said or not text[1:2].isdigit())):
            said += letter
            continue
        looks = _looks_like(glyph, measures)
        if looks is None or (is_number and looks[0] == "O"):
            return None
        said += looks[0]
        sure.append(looks[1])
    return Rival(said, round(min(sure), 4), SHAPE) if sure else None


def _looks_like(glyph: Glyph, measures: _Measures) -> tuple[str, float] | None:
    """The letter, and how clearly (0–1); None where the page's type does not tell."""
    holes_tell = glyph.height >= _SMALLEST
    if holes_tell and glyph.holes == 2:
        return ("Ø", 0.95) if measures.zero_holes < 2 else ("0", 0.95)
    if holes_tell and glyph.holes == 1 and measures.zero_holes == 2:
        return "O", 0.95
    if measures.letter_o < _APART * measures.zero:
        return None
    at = math.log(glyph.aspect / measures.zero) / math.log(measures.letter_o / measures.zero)
    return "O" if at > 0.5 else "0", min(0.95, 2 * abs(at - 0.5))
