"""What a page's own type says of its numbers and codes: each glyph compared with those that were read for certain. Pure.

A reader of text lines knows a letter by its neighbours as much as by its shape; in codes and numbers the neighbours say nothing,
and it writes 1T for IT, 4 for a point, one number for two. The same type stands on the page a hundred times, read beyond doubt.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from extraction.ocr.glyphs import SIDE, Cutting, Floats, capital_height, cuttings, is_white, pictures
from extraction.ocr.paper import Pixels
from extraction.ocr.policy import has_digit
from models.domain.pages import Rival, Word

TYPE = "type"
Told = tuple[Word, Rival | None]
_SURE, _DOUBT = 0.9, 0.6       # of a word whose glyphs are samples; of one without a figure that is asked about
_SAMPLES, _ENOUGH = 8, 4       # of a character: most that are kept, and enough not to ask words without a figure
_SHORT_CODE = re.compile(r"^[A-Zl|]{1,3}$")      # has no figure as read, but I may be a 1 and SAP half a postcode, 5AP
_TWO_PIECES = frozenset(":;=")      # what is read as one of these is such a sign when its ink is in two pieces, else it is none
_LIKE, _CLEARLY = 0.93, 0.95   # least likeness of all glyphs of a word; of one whose glyphs are more or fewer than its letters
_UNKNOWN = 0.98                # likeness that a character may have without a sample to show it
_DIFFERENT = 1.0               # by how much liker a glyph must be to another character, as a part of what it is unlike that one
_BLUR = 0.004                  # of likeness: no two glyphs are the same
_MOST = 6.0
_WIDER, _WHITE = 1.25, 0.42    # numbers are two where figures stand so many times as far apart as usual, and so much white (in
                               # heights of a figure) lies between
_FEW = 5                       # pairs of figures a page must have to measure by


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word's glyphs as pictures, and how high its figures are."""

    cut: Cutting
    height: float
    looks: Floats


def read_type(grey: Pixels, dpi: float, words: Sequence[Word]) -> list[list[Told]]:
    """Each word as it is, or as the numbers that were written as one, every part with what the page's type says; None: nothing.

    Asked are words with a figure and doubtful ones; `Word.confidence` is the reader's own.
    """
    fitting = _fittings(grey, dpi, words)
    samples = _Samples(words, fitting)
    if not samples.characters:
        return [[(word, None)] for word in words]
    pitch = _pitch(words, fitting)
    return [_told(n, grey, dpi, word, seen, samples, pitch) for n, (word, seen) in enumerate(zip(words, fitting, strict=True))]


def _told(
    n: int, grey: Pixels, dpi: float, word: Word, seen: _Seen | None, samples: _Samples, pitch: float,
) -> list[Told]:
    if not _is_asked(word):
        return [(word, None)]
    if seen:
        return _parted(word, word.text, samples.changed(n, word.text, seen), seen, pitch, 72 / dpi)
    for cut in cuttings(grey, dpi, word.box):
        other = _seen("", cut)
        if other and (said := samples.read(n, other.looks)):
            return _parted(word, said.text, said, other, pitch, 72 / dpi)
    return [(word, None)]


def _is_asked(word: Word) -> bool:
    return has_digit(word.text) or (word.confidence or 0.0) < _DOUBT or bool(_SHORT_CODE.match(word.text))


def _parted(word: Word, text: str, said: Rival | None, seen: _Seen, pitch: float, points: float) -> list[Told]:
    """The word with its claim, or its parts with theirs. `text` has a character for each glyph."""
    ends = [0, *_breaks(said.text, seen, pitch), len(text)] if said else []
    if not said or len(ends) == 2:
        return [(word, said)]
    parts: list[Told] = []
    for start, end in pairwise(ends):
        left, right = (seen.cut.left + seen.cut.boxes[start][0]) * points, (seen.cut.left + seen.cut.boxes[end - 1][2]) * points
        part = replace(word, text=text[start:end], box=(left, word.box[1], right, word.box[3]))
        parts.append((part, replace(said, text=said.text[start:end])))
    return parts


def _breaks(text: str, seen: _Seen, pitch: float) -> list[int]:
    """Where another number begins."""
    pairs = zip(pairwise(text), pairwise(seen.cut.boxes), strict=True)
    return [
        n for n, ((a, b), (here, there)) in enumerate(pairs, 1)
        if a.isalnum() and b.isalnum() and there[0] - here[2] > _WHITE * seen.height
        and _distance(here, there) > _WIDER * pitch * seen.height and is_white(seen.cut, here, there)]


def _distance(a: Sequence[int], b: Sequence[int]) -> float:
    return (b[0] + b[2] - a[0] - a[2]) / 2


def _pitch(words: Sequence[Word], fitting: Sequence[_Seen | None]) -> float:
    """How far apart figures stand on this page, in heights of a figure; endless where too few do."""
    found = [
        _distance(*boxes) / seen.height
        for word, seen in zip(words, fitting, strict=True) if seen and (word.confidence or 0.0) >= _SURE
        for (a, b), boxes in zip(pairwise(word.text), pairwise(seen.cut.boxes), strict=True) if a.isdigit() and b.isdigit()]
    return median(found) if len(found) >= _FEW else float("inf")


def _fittings(grey: Pixels, dpi: float, words: Sequence[Word]) -> list[_Seen | None]:
    """The glyphs of words with a figure, where they are as many as its letters; of others as far as samples are wanted."""
    found: list[_Seen | None] = [None] * len(words)
    count: Counter[str] = Counter()
    for n in sorted(range(len(words)), key=lambda n: -(words[n].confidence or 0.0)):
        word = words[n]
        sure = (word.confidence or 0.0) >= _SURE
        if _is_asked(word) or (sure and any(count[c] < _ENOUGH for c in word.text)):
            cut = next((cut for cut in cuttings(grey, dpi, word.box) if len(cut) == len(word.text)), None)
            found[n] = _seen(word.text, cut) if cut else None
            if sure and found[n]:
                count.update(word.text)
    return found


def _seen(text: str, cut: Cutting) -> _Seen | None:
    size = capital_height(cut, text)
    return _Seen(cut, size[0], pictures(cut, *size)) if size else None


class _Samples:
    """The page's glyphs that were read for certain, by character."""

    def __init__(self, words: Sequence[Word], fitting: Sequence[_Seen | None]) -> None:
        known: dict[str, list[tuple[int, Floats]]] = {}
        for n in sorted(range(len(words)), key=lambda n: -(words[n].confidence or 0.0)):
            seen = fitting[n]
            if seen and (words[n].confidence or 0.0) >= _SURE:
                for character, look, pieces in zip(words[n].text, seen.looks, seen.cut.pieces, strict=True):
                    rows = known.setdefault(character, [])
                    if len(rows) < _SAMPLES and (len(pieces) > 1 or character not in _TWO_PIECES):
                        rows.append((n, look))
        self.characters = sorted(known)
        self._place = {c: n for n, c in enumerate(self.characters)}
        self._looks = np.zeros((len(known) * _SAMPLES, SIDE * SIDE), np.float32)
        self._word = np.full(len(known) * _SAMPLES, -1)
        self._once = np.array([len({n for n, _ in known[c]}) < 2 for c in self.characters], bool)
        for at, character in enumerate(self.characters):
            for row, (n, look) in enumerate(known[character], at * _SAMPLES):
                self._looks[row], self._word[row] = look, n

    def changed(self, word: int, text: str, seen: _Seen) -> Rival | None:
        """The text with the characters that its glyphs are clearly more like; the text itself where they are like their own."""
        likeness = self._likeness(word, seen.looks)
        own = np.array([likeness[n, self._place[c]] if c in self._place else -1.0 for n, c in enumerate(text)])
        best, top, second = self._likest(likeness)
        own = np.where(own < 0, np.minimum(_UNKNOWN, top), own)
        own[[len(p) > 1 and c in _TWO_PIECES for p, c in zip(seen.cut.pieces, text, strict=True)]] = 1.0
        if np.maximum(top, own).min() < _LIKE:
            return None
        better = top - own
        change = better > _DIFFERENT * (1 - top + _BLUR)
        said = "".join(self.characters[k] if swap else c for c, k, swap in zip(text, best, change, strict=True))
        lead = better[change] if change.any() else np.maximum(0.0, own - np.where(better > 0, top, second))
        return Rival(said, _confidence(lead, top[change] if change.any() else top), TYPE)

    def read(self, word: int, looks: Floats) -> Rival | None:
        """What the glyphs say by themselves; None where one of them is like no sample."""
        best, top, second = self._likest(self._likeness(word, looks))
        if top.min() < _CLEARLY:
            return None
        return Rival("".join(self.characters[k] for k in best), _confidence(top - second, top), TYPE)

    def _likeness(self, word: int, looks: Floats) -> Floats:
        """Likeness of each glyph to each character: mean of its two likest samples; -1 where all are of this word."""
        found = np.einsum("gd,sd->gs", looks, self._looks)      # a product by BLAS starts threads that cost more than this
        found[:, (self._word == word) | (self._word < 0)] = -1.0
        two = np.partition(found.reshape(len(looks), len(self.characters), _SAMPLES), _SAMPLES - 2, axis=2)[:, :, -2:]
        return np.asarray(np.where(two[:, :, 0] < 0, two[:, :, 1], two.mean(axis=2)), np.float32)

    def _likest(self, likeness: Floats) -> tuple[NDArray[np.intp], Floats, Floats]:
        """For each glyph the place of the likest character that more than one word has, its likeness, and the next one's."""
        likeness = np.where(self._once, -1.0, likeness).astype(np.float32)
        at = np.arange(len(likeness))
        best = likeness.argmax(axis=1)
        top = likeness[at, best]
        likeness[at, best] = -1.0
        return best, top, likeness.max(axis=1)


def _confidence(lead: NDArray[np.floating], top: NDArray[np.floating]) -> float:
    """Of the least clear glyph: its lead over the next character, by how unlike it is to its own samples."""
    return round(float(1 - np.exp(-min(_MOST, np.min(lead / (1 - top + _BLUR))))), 4)
