"""What a person can see of a PDF's text layer.

A plain page (words, lines and boxes only) is judged by what is painted in which order. Where anything else may act on a
word, the page is drawn with and without its text: a word that makes no difference to the picture is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from typing import Any

import cv2
import numpy as np

from extraction.formats.pdf_picture import drawn_page
from extraction.formats.pdf_text import Bits, Numbers, TextLayer, Vector, Whole
from models.domain.evidence import Box
from models.domain.pages import Word, WordFlag

_CONTRAST = 0.12           # of full scale, on the channel that differs most: less cannot be read
_FAINT = 25                # of 255: less opaque text cannot be read
_OPAQUE = 230              # of 255
_THICK = 3.0               # points; a thinner line covers no word
_COVERS = 0.5              # of a word's width
_SLOTS = 6                 # a word is cut into as many parts as it has letters, at most this many
_LEAST_SEEN = 0.6          # of a word's parts; what shows less cannot be read as a whole
_NOTHING, _ALMOST_NOTHING = (0.0,) * 3, (_CONTRAST * 255,) * 3
_PROOF_SCALE = 1.5         # dots a point
_PROOF_PIXELS = 8_000_000
_BANDS, _LEAST_BANDS = 8, 3          # of a word's height; even letters without stems fill three of eight
_LEAST_INK = 0.03          # of a word's box
_AT_ONCE = 1_000           # words compared with all rulings
_MOST_COMPARED = 3_000     # words; on a page with more the pictures alone decide
_MOST_PAIRS = 20_000_000   # of a word and a path; on a page with more the pictures alone decide
_LEAST_DOTS = 4.0          # height of a word in the picture; a lower one is not judged by it


def _operator(name: bytes) -> re.Pattern[bytes]:
    """Finds an operator in page contents; begins with its letters because the search is fast then."""
    n = re.escape(name)
    return re.compile(n + rb"(?<![A-Za-z/*'\"]" + n + rb")(?![\w'\"])")


_SPECIAL = tuple(_operator(name) for name in (b"W", b"gs", b"sh", b"BI", b"scn", b"Tr"))
_OF_OBJECT = re.compile(rb"\s*/[^\s/]+\s+Do\s")
_DRAW, _MATRIX, _WIDTH = _operator(b"Do"), _operator(b"cm"), _operator(b"w")
_STRING = re.compile(rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[^<>]*>|%[^\r\n]*", re.DOTALL)


class Painting(Enum):
    """What a page's contents paint, and so how much must be known to tell what is seen."""

    PLAIN = "words, thin lines and boxes, nothing scaled"
    OBJECTS = "also drawn objects: pictures or forms"
    SPECIAL = "anything: clips, graphics states, shadings, inline pictures, patterns, outlined text, scaling"


def painting(contents: bytes) -> Painting:
    """By the operators in the contents; what is written on the page is none."""
    found = _painting(contents)
    if found is Painting.PLAIN:
        return found
    operators = _STRING.sub(b" ", contents)
    return Painting.SPECIAL if b"(" in operators else _painting(operators)


def _painting(contents: bytes) -> Painting:
    draws = _DRAW.search(contents) is not None
    if _is_special(contents, draws=draws):
        return Painting.SPECIAL
    return Painting.OBJECTS if draws else Painting.PLAIN


def _is_special(contents: bytes, *, draws: bool) -> bool:
    if any(operator.search(contents) for operator in _SPECIAL):
        return True
    if any(_is_thick(_before(contents, m, 1)) for m in _WIDTH.finditer(contents)):
        return True
    scalings = [m for m in _MATRIX.finditer(contents) if _before(contents, m, 6)[:4] != [b"1", b"0", b"0", b"1"]]
    # A picture is scaled to its size; nothing else is when each scaling stands right before the drawing of an object.
    return any(not draws or not _OF_OBJECT.match(contents, m.end()) for m in scalings)


def _before(contents: bytes, operator: re.Match[bytes], count: int) -> list[bytes]:
    """The operands in front of an operator."""
    return contents[max(0, operator.start() - 20 * count):operator.start()].split()[-count:]


def _is_thick(operands: list[bytes]) -> bool:
    try:
        return float(operands[0]) > _THICK
    except (IndexError, ValueError):
        return True


def unseen(page: Any, layer: TextLayer, *, plain: bool, pictures: Sequence[Box] = ()) -> Bits:
    """[word]: True for what a person does not see. `pictures`: boxes of the file where a plain page has them."""
    if not layer.texts:
        return np.zeros(0, dtype=bool)
    hidden = ~np.array([s.drawn and s.alpha > _FAINT for s in layer.styles]) | _off_page(page, layer.boxes)
    by_order, in_doubt = _by_paint(layer)
    overprinted = _overprinted(layer.boxes)
    in_doubt |= overprinted | _inside(layer.raw, pictures).any(axis=1)
    if plain and not (in_doubt & ~hidden).any():
        return hidden | by_order
    doubtful = ~hidden & in_doubt if plain else ~hidden
    missing = _makes_no_difference(page, layer, doubtful)
    return hidden | (missing & doubtful) | (by_order & (~doubtful | overprinted))


def _off_page(page: Any, boxes: Numbers) -> Bits:
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    off: Bits = (x < 0) | (y < 0) | (x > page.rect.width) | (y > page.rect.height)
    return off


def _by_paint(layer: TextLayer) -> tuple[Bits, Bits]:
    """[word] painted over later, or in the colour of what lies under; and [word] where order and colour do not tell."""
    fills = [v for v in layer.vectors if not v.stroked and v.is_box and v.alpha >= _OPAQUE and _size(v.box) > _THICK]
    if len(layer.texts) * len(layer.vectors) > _MOST_PAIRS:
        return np.zeros(len(layer.texts), dtype=bool), np.ones(len(layer.texts), dtype=bool)
    others = [v for v in layer.vectors if not (v.stroked or (v.is_box and v.alpha >= _OPAQUE)) and _size(v.box) > _THICK]
    colours = _channels([s.colour for s in layer.styles])
    order = np.array([s.order for s in layer.styles])
    over, covered = _fills_at(layer.raw, order, fills)
    unreadable: Bits = np.abs(colours - over).max(axis=1) < _CONTRAST
    in_doubt: Bits = np.any(_inside(layer.raw, [v.box for v in others]), axis=1)
    return covered | unreadable, in_doubt


def _size(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _channels(colours: Sequence[int]) -> Numbers:
    """[colour, channel] red, green, blue from 0 to 1."""
    packed = np.array(colours, dtype=np.int64)
    channels: Numbers = np.stack([packed >> 16 & 255, packed >> 8 & 255, packed & 255], axis=1) / 255
    return channels


def _fills_at(words: Numbers, order: Whole, fills: Sequence[Vector]) -> tuple[Numbers, Bits]:
    """[word, channel] the colour under each word when it is painted, and [word] whether a box covers it afterwards."""
    if not fills:
        return np.ones((len(words), 3)), np.zeros(len(words), dtype=bool)
    boxes = [v.box for v in fills]
    at = np.array([v.order for v in fills])
    holds = _inside(words, boxes)
    before = holds & (at < order[:, None])
    paper = np.concatenate([_channels([v.colour for v in fills]), np.ones((1, 3))])
    under = np.where(before.any(axis=1), before.shape[1] - 1 - before[:, ::-1].argmax(axis=1), len(fills))
    b = np.array(boxes)
    across = np.minimum(words[:, 2, None], b[:, 2]) - np.maximum(words[:, 0, None], b[:, 0])
    covered: Bits = (holds & ~before & (across > _COVERS * (words[:, 2] - words[:, 0])[:, None])).any(axis=1)
    return paper[under], covered


def _inside(words: Numbers, boxes: Sequence[Box] | Numbers) -> Bits:
    """[word, box]: the middle of the word lies in the box."""
    b = np.array(boxes, dtype=float).reshape(-1, 4)
    x, y = (words[:, 0] + words[:, 2])[:, None] / 2, (words[:, 1] + words[:, 3])[:, None] / 2
    found: Bits = (b[:, 0] <= x) & (x <= b[:, 2]) & (b[:, 1] <= y) & (y <= b[:, 3])
    return found


def _overprinted(boxes: Numbers) -> Bits:
    """[word]: it lies on another word, or another on it, so that a picture alone cannot tell the two apart."""
    if len(boxes) > _MOST_COMPARED:
        return np.zeros(len(boxes), dtype=bool)
    holds = _inside(boxes, boxes)
    found: Bits = (holds.sum(axis=0) > 1) | (holds.sum(axis=1) > 1)
    return found


def _makes_no_difference(page: Any, layer: TextLayer, asked: Bits) -> Bits:
    """[word]: True when too little of it shows in the page's picture. Words not asked about, or too small for it, are False."""
    missing = np.zeros(len(asked), dtype=bool)
    scale = min(_PROOF_SCALE, (_PROOF_PIXELS / max(1.0, page.rect.get_area())) ** 0.5)
    asked = asked & ((layer.boxes[:, 3] - layer.boxes[:, 1]) * scale >= _LEAST_DOTS)
    if not asked.any():
        return missing
    around = _around(page, layer.boxes[asked])
    boxes = (layer.boxes - np.array(around[:2] * 2)) * scale
    with_text, without = (drawn_page(page, scale, with_text=shown, box=around) for shown in (True, False))
    same = cv2.inRange(cv2.absdiff(with_text, without), _NOTHING, _ALMOST_NOTHING)
    total = cv2.integral(cv2.threshold(same, 0, 1, cv2.THRESH_BINARY_INV)[1])
    parts = np.array([min(len(text), _SLOTS) for text in layer.texts])
    for count in np.unique(parts[asked]):
        which = np.flatnonzero(asked & (parts == count))
        across = (_ink_of(total, boxes[which], int(count), 1) > 0).mean(axis=1)
        missing[which] = across < _LEAST_SEEN
    worded = asked & np.array([any(c.isalnum() for c in text) for text in layer.texts])
    which = np.flatnonzero(worded)
    if which.size:
        ink = _ink_of(total, boxes[which], 1, _BANDS)
        room = (boxes[which, 2] - boxes[which, 0]) * (boxes[which, 3] - boxes[which, 1])
        missing[which] |= ((ink > 0).sum(axis=1) < _LEAST_BANDS) | (ink.sum(axis=1) < _LEAST_INK * room)
    return missing


def _around(page: Any, boxes: Numbers) -> Box:
    """The part of the page that holds the boxes, with a point to spare."""
    left, top = np.floor(boxes[:, :2].min(axis=0)) - 1
    right, bottom = np.ceil(boxes[:, 2:].max(axis=0)) + 1
    return (max(0.0, float(left)), max(0.0, float(top)),
            min(float(page.rect.width), float(right)), min(float(page.rect.height), float(bottom)))


def _ink_of(total: Any, boxes: Numbers, columns: int, rows: int) -> Whole:
    """[word, part]: dots of ink in its parts, cut into columns or rows. `total` is the integral of the ink's picture, 0 or 1."""
    height, width = total.shape[0] - 1, total.shape[1] - 1
    x = boxes[:, 0, None] + (boxes[:, 2] - boxes[:, 0])[:, None] * np.linspace(0.0, 1.0, columns + 1)
    y = boxes[:, 1, None] + (boxes[:, 3] - boxes[:, 1])[:, None] * np.linspace(0.0, 1.0, rows + 1)
    left, right = np.clip(np.floor(x[:, :-1]), 0, width).astype(int), np.clip(np.ceil(x[:, 1:]), 0, width).astype(int)
    top, bottom = np.clip(np.floor(y[:, :-1]), 0, height).astype(int), np.clip(np.ceil(y[:, 1:]), 0, height).astype(int)
    found: Whole = total[bottom, right] - total[top, right] - total[bottom, left] + total[top, left]
    return found


def flag_struck(words: list[Word], rules: Sequence[Box]) -> list[Word]:
    """Flag STRUCK the words a horizontal line runs through at mid-height."""
    r = np.array([rule for rule in rules if rule[2] - rule[0] > rule[3] - rule[1]]).reshape(-1, 4)
    if not words or not len(r):
        return words
    w = np.array([word.box for word in words])
    struck = np.concatenate([_struck(w[at:at + _AT_ONCE], r) for at in range(0, len(w), _AT_ONCE)])
    if not struck.any():
        return words
    return [replace(x, flags=x.flags | {WordFlag.STRUCK}) if s else x for x, s in zip(words, struck, strict=True)]


def _struck(w: Numbers, r: Numbers) -> Bits:
    height, y = (w[:, 3] - w[:, 1])[:, None], (r[:, 1] + r[:, 3]) / 2
    at_middle = (y > w[:, 1, None] + 0.35 * height) & (y < w[:, 3, None] - 0.3 * height)
    if not at_middle.any():
        return np.zeros(len(w), dtype=bool)
    covered = np.minimum(r[:, 2], w[:, 2, None]) - np.maximum(r[:, 0], w[:, 0, None])
    found: Bits = np.any(at_middle & (covered > 0.8 * (w[:, 2] - w[:, 0])[:, None]), axis=1)
    return found
