"""What a person can see of a PDF's text layer.

Where the contents are known, a word is judged by what is painted in which order. Where anything else may act on a word, the
page is drawn with and without its text: a word that makes no difference to the picture is not seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import cv2
import numpy as np

from extraction.formats.pdf_painting import THICK, Painting
from extraction.formats.pdf_picture import drawn_page
from extraction.formats.pdf_text import Bits, Numbers, TextLayer, Vector, Whole, unclipped
from models.domain.evidence import Box
from models.domain.pages import Word, WordFlag

_CONTRAST = 0.12           # of full scale, on the channel that differs most: less cannot be read
_FAINT = 25                # of 255: less opaque text cannot be read
_OPAQUE = 230              # of 255
_COVERS = 0.5              # of a word's width
_SLOTS = 6                 # a word is cut into as many parts as it has letters, at most this many
_LEAST_SEEN = 0.6          # of a word's parts; what shows less cannot be read as a whole
_NOTHING, _ALMOST_NOTHING = (0.0,) * 3, (_CONTRAST * 255,) * 3
_PROOF_SCALE = 1.5         # dots a point
_PROOF_PIXELS = 8_000_000
_BANDS, _LEAST_BANDS = 8, 3          # of a word's height; even letters without stems fill three of eight
_LEAST_INK = 0.03          # of a word's box
_AT_ONCE = 1_000           # words compared with all rulings
_MOST_PAIRS = 20_000_000   # of a word and a path, or of two words; on a page with more the pictures alone decide
_TRIM = 0.15               # of a word's height, above and below: no ink that matters
_SLACK = 0.5               # points a clip may cut off a word's sides
_LEAST_DOTS = 4.0          # height of a word in the picture; a lower one is not judged by it


def unseen(page: Any, layer: TextLayer, paints: Painting | None, pictures: Sequence[Box] = ()) -> Bits:
    """[word]: True for what a person does not see. `paints`: what the contents do, where that is known; `pictures`: boxes of the
    file where something is drawn that is no word, line or box."""
    if not layer.texts:
        return np.zeros(0, dtype=bool)
    hidden = ~(layer.styles.drawn & (layer.styles.alpha > _FAINT)) | _off_page(layer)
    by_order, in_doubt = _by_paint(layer)
    overprinted = _overprinted(layer.boxes)
    if paints is None or (paints.clips and page.rotation):
        doubtful = ~hidden
    else:
        in_doubt |= overprinted
        if pictures:
            in_doubt |= _in_any(layer.raw, pictures)
        if paints.clips:
            in_doubt |= _maybe_clipped(page, layer, paints.clips)
        doubtful = ~hidden & in_doubt
    if not doubtful.any():
        return hidden | by_order
    missing = _makes_no_difference(page, layer, doubtful)
    return hidden | (missing & doubtful) | (by_order & (~doubtful | overprinted))


def _off_page(layer: TextLayer) -> Bits:
    middles = (layer.boxes[:, :2] + layer.boxes[:, 2:]) / 2
    off: Bits = np.any((middles < 0) | (middles > layer.size), axis=1)
    return off


def _by_paint(layer: TextLayer) -> tuple[Bits, Bits]:
    """[word] painted over later, or in the colour of what lies under; and [word] where order and colour do not tell."""
    fills = [v for v in layer.vectors if not v.stroked and v.is_box and v.alpha >= _OPAQUE and _size(v.box) > THICK]
    if len(layer.texts) * len(layer.vectors) > _MOST_PAIRS:
        return np.zeros(len(layer.texts), dtype=bool), np.ones(len(layer.texts), dtype=bool)
    others = [v for v in layer.vectors if not (v.stroked or (v.is_box and v.alpha >= _OPAQUE)) and _size(v.box) > THICK]
    over, covered = _fills_at(layer.raw, layer.styles.order, fills)
    contrast = np.abs(_channels(layer.styles.colour) - over).max(axis=1) * layer.styles.alpha / 255
    unreadable: Bits = contrast < _CONTRAST
    return covered | unreadable, _in_any(layer.raw, [v.box for v in others])


def _size(box: Box) -> float:
    return min(box[2] - box[0], box[3] - box[1])


def _channels(colours: Sequence[int] | Whole) -> Numbers:
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


def _in_any(words: Numbers, boxes: Sequence[Box]) -> Bits:
    """[word]: its middle lies in one of the boxes."""
    found: Bits = np.any(_inside(words, boxes), axis=1)
    return found


def _overprinted(boxes: Numbers) -> Bits:
    """[word]: it lies on another word, or another on it, so that a picture alone cannot tell the two apart."""
    found = np.zeros(len(boxes), dtype=bool)
    left, top, right, bottom = np.ascontiguousarray(boxes.T)
    x, y = (left + right) / 2, (top + bottom) / 2
    by_height = np.argsort(y)
    heights = y[by_height]
    first = np.searchsorted(heights, top, "left")
    count = np.searchsorted(heights, bottom, "right") - first
    pairs = int(count.sum())
    if pairs > _MOST_PAIRS:
        return found
    # Pairs: the middle of one word is level with the other.
    over = by_height[np.arange(pairs) + np.repeat(first - np.cumsum(count) + count, count)]
    across = x[over]
    on = np.flatnonzero((np.repeat(left, count) <= across) & (across <= np.repeat(right, count)))
    if len(on) > len(boxes):                      # every word is on itself
        under = np.repeat(np.arange(len(boxes)), count)[on]
        over = over[on]
        found[under[under != over]] = found[over[under != over]] = True
    return found


def _maybe_clipped(page: Any, layer: TextLayer, clips: Sequence[Box]) -> Bits:
    """[word]: a clip of the page may cut it off, or the box it is judged by.

    Which clip is in force where is not known. But what MuPDF does not leave out as clipped away shows through every clip in
    force; a clip that neither holds all of such a word nor lies beside it may cut it, any other does not.
    """
    doubt = np.zeros(len(layer.texts), dtype=bool)
    if not clips:
        return doubt
    b = _clips_on(page, clips)
    trim = _TRIM * (layer.raw[:, 3] - layer.raw[:, 1])
    left, top, right, bottom = (layer.raw + np.stack([trim * 0 + _SLACK, trim, trim * 0 - _SLACK, -trim], axis=1)).T[:, :, None]
    holds = (b[:, 0] <= left) & (b[:, 1] <= top) & (b[:, 2] >= right) & (b[:, 3] >= bottom)
    near = ~holds.all(axis=1)
    if not near.any():
        return doubt
    left, top, right, bottom = layer.raw.T[:, :, None]
    beside = (b[:, 2] < left) | (b[:, 3] < top) | (b[:, 0] > right) | (b[:, 1] > bottom)
    fills = [v.box for v in layer.vectors if not v.stroked and _size(v.box) > THICK]
    doubt = ~(holds | beside).all(axis=1) | ~unclipped(page, layer) | _in_any(layer.raw, fills)
    found: Bits = near & doubt
    return found


def _clips_on(page: Any, clips: Sequence[Box]) -> Numbers:
    """[clip] boxes as they lie on the page, which is not turned."""
    a, _, _, d, e, f = page.transformation_matrix
    b = np.array(clips)
    edges: Numbers = np.stack([a * b[:, 0] + e, d * b[:, 3] + f, a * b[:, 2] + e, d * b[:, 1] + f], axis=1)
    return edges


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
    level = [rule for rule in rules if rule[2] - rule[0] > rule[3] - rule[1]]
    if not words or not level:
        return words
    r, w = _table(level), _table([word.box for word in words])
    struck = np.concatenate([_struck(w[at:at + _AT_ONCE], r) for at in range(0, len(w), _AT_ONCE)])
    if not struck.any():
        return words
    return [replace(x, flags=x.flags | {WordFlag.STRUCK}) if s else x for x, s in zip(words, struck, strict=True)]


def _table(boxes: Sequence[Box]) -> Numbers:
    return np.fromiter(chain.from_iterable(boxes), float, 4 * len(boxes)).reshape(-1, 4)


def _struck(w: Numbers, r: Numbers) -> Bits:
    height, y = (w[:, 3] - w[:, 1])[:, None], (r[:, 1] + r[:, 3]) / 2
    at_middle = (y > w[:, 1, None] + 0.35 * height) & (y < w[:, 3, None] - 0.3 * height)
    if not at_middle.any():
        return np.zeros(len(w), dtype=bool)
    covered = np.minimum(r[:, 2], w[:, 2, None]) - np.maximum(r[:, 0], w[:, 0, None])
    found: Bits = np.any(at_middle & (covered > 0.8 * (w[:, 2] - w[:, 0])[:, None]), axis=1)
    return found
