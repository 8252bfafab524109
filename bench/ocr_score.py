"""What OCR read, compared with what stands on the page. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from bench.calibration import calibration_error
from extraction.formats.lines import centre, contains, reading_order
from models.domain.evidence import Box
from models.domain.pages import Word

SIZES = (("under 7 pt", 7.0), ("7 to 8 pt", 8.0), ("8 to 10 pt", 10.0), ("10 pt and more", float("inf")))
"""Cuts by the size of the type, each up to but without its limit in points. Guidance figures come from type of 8.5–10 points."""
_SLACK = 3.0                 # points by which a word's middle may lie outside its true box
_OFF_LINE = 8.0              # points from every true word: ink that is no word of the page
_ONE_LOOK = str.maketrans({**dict.fromkeys("–—−‐‑", "-"), **dict.fromkeys("“”„″", '"'), **dict.fromkeys("‘’‚′", "'")})
_DRAWN = re.compile(r"^([^\w\s])\1{2,}$")
_FEW = 8                     # unmistakable words needed to find how the page was bent


@dataclass(slots=True)
class Sized:
    """Sums over type of one size. `judged` are (confidence, right) of the words read."""

    numbers: int = 0
    numbers_right: int = 0
    judged: list[tuple[float, bool]] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Sums over pages. `judged` are (confidence, right) of the words read; `sizes` the same by the cuts of SIZES."""

    characters: int = 0
    edits: int = 0
    numbers: int = 0
    numbers_right: int = 0
    words: int = 0
    placed: int = 0
    seconds: float = 0.0
    pages: int = 0
    judged: list[tuple[float, bool]] = field(default_factory=list)
    sizes: dict[str, Sized] = field(default_factory=lambda: {name: Sized() for name, _ in SIZES})

    @property
    def cer(self) -> float:
        """Character error rate, blanks and | ignored."""
        return self.edits / max(self.characters, 1)

    @property
    def num(self) -> float:
        """Share of the true words holding a digit that were read exactly."""
        return self.numbers_right / max(self.numbers, 1)

    @property
    def recall(self) -> float:
        """Share of the true words read exactly and in their place."""
        return self.placed / max(self.words, 1)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over ten equally wide bins of confidence."""
        return calibration_error(self.judged)


def judge(tally: Tally, truth: Sequence[Word], read: Sequence[Word], seconds: float) -> None:
    """Add one page to the tally. `truth` has the boxes of the undamaged page; where they came to lie is found here.

    Lines drawn with signs ("-----") are no words and do not count; dashes are one whatever their length, as are quotation marks.
    """
    truth, read = _judged_words(truth), _judged_words(read)
    lines = reading_order(truth)
    boxes = dict(zip(map(id, truth), _where(truth, read), strict=True))
    belongs = _lines_of(lines, boxes, read)
    for line, found in zip([*lines, []], belongs, strict=True):
        tally.characters += len(_text(line))
        tally.edits += Levenshtein.distance(_text(line), _text(found))
        wanted, got = Counter(w.text for w in line), Counter(w.text for w in found)
        tally.numbers += sum(n for text, n in wanted.items() if has_digit(text))
        tally.numbers_right += sum(min(n, got[text]) for text, n in wanted.items() if has_digit(text))
        for word in line:
            if has_digit(word.text):
                sized = tally.sizes[size_of(word)]
                sized.numbers += 1
                sized.numbers_right += got[word.text] > 0
                got[word.text] -= 1
        tally.words += len(line)
        tally.placed += sum(any(r.text == w.text and _near(boxes[id(w)], r) for r in found) for w in line)
        left = wanted.copy()
        for word in found:
            right = left[word.text] > 0
            left[word.text] -= right
            if word.confidence is not None:
                tally.judged.append((word.confidence, right))
                if line:
                    tally.sizes[size_of(_beside(line, boxes, word))].judged.append((word.confidence, right))
    tally.seconds += seconds
    tally.pages += 1


def right_words(truth: Sequence[Word], read: Sequence[Word]) -> list[str | None]:
    """For each word read what truly stands there, in `one_look`; None where no true word has this one's place."""
    truth, read = ([replace(w, text=one_look(w.text)) for w in words] for words in (truth, read))
    boxes = _where(truth, read)
    found: list[str | None] = []
    for word in read:
        x, y = centre(word.box)
        inside = [t.text for t, box in zip(truth, boxes, strict=True) if contains(_wider(box), x, y)]
        found.append(word.text if word.text in inside else min(inside, key=lambda t: Levenshtein.distance(t, word.text))
                     if inside else None)
    return found


def _judged_words(words: Sequence[Word]) -> list[Word]:
    return [replace(w, text=one_look(w.text)) for w in words if not _DRAWN.match(w.text)]


def one_look(text: str) -> str:
    """The text with every dash a hyphen and every quotation mark upright: which of them stands there changes no order."""
    return text.translate(_ONE_LOOK)


def size_of(word: Word) -> str:
    """The cut of SIZES a printed word belongs to; its size is taken from its box, line spacing and all, where it is not known."""
    points = word.size or (word.box[3] - word.box[1]) / 1.2
    return next(name for name, limit in SIZES if points < limit)


def _beside(line: Sequence[Word], boxes: dict[int, Box], word: Word) -> Word:
    """The true word of a line that stands nearest to one read."""
    across = centre(word.box)[0]
    return min(line, key=lambda t: abs(centre(boxes[id(t)])[0] - across))


def has_digit(text: str) -> bool:
    """True for what an order needs exactly."""
    return any(c.isdigit() for c in text)


def _text(words: Iterable[Word]) -> str:
    return "".join(w.text for w in sorted(words, key=lambda w: w.box[0])).replace("|", "").replace(" ", "")


def _wider(box: Box) -> Box:
    return box[0] - _SLACK, box[1] - _SLACK, box[2] + _SLACK, box[3] + _SLACK


def _near(box: Box, word: Word) -> bool:
    return contains(_wider(box), *centre(word.box))


def _where(truth: Sequence[Word], read: Sequence[Word]) -> list[Box]:
    """Where the true words came to lie: the perspective that carries those read unmistakably, and with them all the others."""
    once = Counter(w.text for w in truth)
    again = Counter(w.text for w in read)
    sure = {w.text: w for w in read if again[w.text] == 1 and len(w.text) > 2}
    pairs = [(centre(t.box), centre(sure[t.text].box)) for t in truth if once[t.text] == 1 and t.text in sure]
    if len(pairs) < _FEW:
        return [w.box for w in truth]
    here, there = (np.array(points, np.float64) for points in zip(*pairs, strict=True))
    bend, _ = cv2.findHomography(here, there, cv2.RANSAC, _SLACK)
    return [w.box for w in truth] if bend is None else [_bent(w.box, np.asarray(bend, np.float64)) for w in truth]


def _bent(box: Box, bend: NDArray[np.float64]) -> Box:
    left, top, right, bottom = box
    corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]]) @ bend.T
    x, y = corners[:, 0] / corners[:, 2], corners[:, 1] / corners[:, 2]
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


def _lines_of(lines: Sequence[Sequence[Word]], boxes: dict[int, Box], read: Sequence[Word]) -> list[list[Word]]:
    """The words read, by true line; last those that lie on none."""
    flat = [(n, boxes[id(w)]) for n, line in enumerate(lines) for w in line]
    edges = np.array([box for _, box in flat])
    belongs: list[list[Word]] = [[] for _ in range(len(lines) + 1)]
    for word in read:
        x, y = centre(word.box)
        beside = np.maximum(0, np.maximum(edges[:, 0] - x, x - edges[:, 2]))
        level = np.abs((edges[:, 1] + edges[:, 3]) / 2 - y)
        at = int(np.argmin(beside + 3 * level))
        near = level[at] < max(_OFF_LINE, (edges[at, 3] - edges[at, 1]) / 2)
        belongs[flat[at][0] if near else len(lines)].append(word)
    return belongs
