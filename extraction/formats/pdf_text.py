"""The text layer of one PDF page with what is painted around it, asked of MuPDF once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extraction.formats.mupdf import pymupdf
from models.domain.evidence import Box

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Bits = NDArray[np.bool_]

_mupdf = pymupdf.mupdf
_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_COLLECT_VECTORS | pymupdf.TEXT_IGNORE_ACTUALTEXT
_BOLD_FONT, _BOLD_CHARACTER = 16, 8           # bits of MuPDF's span flags and character flags
_FILLED, _STROKED = 16, 32                    # neither: render mode 3, invisible
_LEVEL = (1.0, 0.0)
_TURNS = {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}
_VECTOR = 3                                   # MuPDF's block type of a path


@dataclass(frozen=True, slots=True)
class Styles:
    """How words are painted, each an array [word]: `size` in points, `colour` 0xRRGGBB, `alpha` 0–255; `order` counts what is
    painted."""

    size: Numbers
    bold: Bits
    colour: Whole
    alpha: Whole
    drawn: Bits
    order: Whole

    @classmethod
    def none(cls, count: int) -> Styles:
        """Of so many words that are not drawn."""
        zeros = np.zeros(count, dtype=np.int64)
        return cls(np.full(count, 10.0), zeros > 0, zeros, zeros + 255, zeros > 0, zeros)

    def __add__(self, other: Styles) -> Styles:
        return Styles(*(np.concatenate([getattr(part, name) for part in (self, other)]) for name in self.__slots__))


class Vector(NamedTuple):
    """A painted path by its bounding box before the page is turned; `order` as of `Styles`."""

    box: Box
    stroked: bool
    is_box: bool                              # the path is this rectangle
    colour: int
    alpha: int
    order: int


@dataclass(frozen=True, slots=True)
class TextLayer:
    """Words as they stand in the file: texts, boxes [word, 4] before and after the page is turned upright, styles, and paths.

    `size` is the upright page's: width and height in points.
    """

    texts: list[str]
    raw: Numbers
    boxes: Numbers
    styles: Styles
    vectors: list[Vector]
    used: dict[str, set[str]]                 # font name → its letters
    size: tuple[float, float]


def text_layer(page: Any) -> TextLayer:
    """Every word of the page, seen or not, in drawing order. Sets the page's rotation so that most of its text runs level."""
    textpage = page.get_textpage(flags=_FLAGS, clip=pymupdf.INFINITE_RECT())
    vectors: list[Vector] = []
    runs = _Runs()
    for order, block in enumerate(_blocks(textpage)):
        if block["type"] == _VECTOR:
            vectors.append(Vector(
                block["bbox"], block["stroked"], block["isrect"], block["color"], block["alpha"], order))
        elif "lines" in block:
            runs.add(block["lines"], order)
    turn = runs.turn()
    if turn is not None and turn != page.rotation:
        page.set_rotation(turn)
    texts, raw, blocks, lines = _worded(textpage.extractWORDS())
    styles = runs.styles(raw, blocks, lines)
    page_box = page.rect
    size = float(page_box.width), float(page_box.height)
    return TextLayer(texts, raw, turned_boxes(page, raw), styles, vectors, runs.used(), size)


def _blocks(textpage: Any) -> Any:
    """What stands on the page. The boxes of its runs are MuPDF's own: PyMuPDF's better ones are made letter by letter."""
    pymupdf.TOOLS.unset_quad_corrections(True)
    try:
        return textpage.extractDICT()["blocks"]
    finally:
        pymupdf.TOOLS.unset_quad_corrections(False)


def _worded(found: Sequence[tuple[Any, ...]]) -> tuple[list[str], Numbers, Sequence[int], Sequence[int]]:
    """MuPDF's words as columns: texts, boxes [word, 4], numbers of their blocks and lines."""
    if not found:
        return [], np.zeros((0, 4)), (), ()
    *edges, texts, blocks, lines, _ = zip(*found, strict=True)
    boxes = np.fromiter(chain.from_iterable(edges), float, 4 * len(found)).reshape(4, -1).T
    return list(texts), boxes, blocks, lines


_PAINT = itemgetter("size", "color", "alpha", "flags", "char_flags")
_NO_RUN = {"size": 10.0, "color": 0, "alpha": 255, "flags": 0, "char_flags": _FILLED, "font": "", "text": "", "bbox": (0.0,) * 4}


class _Runs:
    """The runs of text of one page: stretches of a line that are painted in one way."""

    def __init__(self) -> None:
        self._lines: list[Any] = []
        self._orders: list[int] = []                      # [line] of its block
        self._blocks: list[int] = []                      # [block] its first line
        self._runs: list[Any] = []
        self._first: list[int] = []                       # [line] its first run

    def add(self, lines: Any, order: int) -> None:
        """The lines of the next block."""
        self._blocks.append(len(self._lines))
        self._orders += [order] * len(lines)
        self._lines += lines
        for line in lines:
            self._first.append(len(self._runs))
            self._runs += line["spans"] or (_NO_RUN,)

    def turn(self) -> int | None:
        """Degrees by which the page is turned when most of its letters run level; None without any."""
        if all(line["dir"] == _LEVEL for line in self._lines):
            return 0 if any(run["text"].strip() for run in self._runs) else None
        votes: Counter[int] = Counter()
        for line in self._lines:
            way = line["dir"]
            turn = 0 if way == _LEVEL else _TURNS.get((round(way[0]), round(way[1])))
            if turn is not None:
                votes[turn] += sum([len(run["text"].strip()) for run in line["spans"]])
        return votes.most_common(1)[0][0] if votes.total() else None

    def used(self) -> dict[str, set[str]]:
        """Font name → the letters written in it."""
        texts: dict[str, list[str]] = {}
        for run in self._runs:
            texts.setdefault(run["font"], []).append(run["text"])
        return {font: set("".join(parts)) for font, parts in texts.items()}

    def styles(self, raw: Numbers, blocks: Sequence[int], lines: Sequence[int]) -> Styles:
        """Of words by their boxes [word, 4] and the numbers of their blocks and lines."""
        if not blocks:
            return Styles.none(0)
        line = np.array(self._blocks)[_whole(blocks)] + _whole(lines)
        first = np.array(self._first)
        at = first[line]
        if len(self._runs) > len(self._lines):
            self._choose(at, line, (raw[:, :2] + raw[:, 2:]) / 2)
        painted = np.fromiter(chain.from_iterable(map(_PAINT, self._runs)), float, 5 * len(self._runs)).reshape(-1, 5)
        size, *others = painted[at].T
        colour, alpha, flags, marks = (column.astype(np.int64) for column in others)
        bold = (flags & _BOLD_FONT) | (marks & _BOLD_CHARACTER)
        return Styles(size, bold > 0, colour, alpha, marks & (_FILLED | _STROKED) > 0, np.array(self._orders)[line])

    def _choose(self, at: Whole, lines: Whole, middles: Numbers) -> None:
        """[word] of a line of several runs: the one that holds its middle, where the first stood."""
        several = np.diff(self._first, append=len(self._runs))[lines] > 1
        for n, line, middle in zip(np.flatnonzero(several), lines[several].tolist(), middles[several].tolist(), strict=True):
            across, down = self._lines[line]["dir"]
            axis = 0 if abs(across) >= abs(down) else 1
            for nth, run in enumerate(self._lines[line]["spans"]):
                if run["bbox"][axis] <= middle[axis] <= run["bbox"][axis + 2]:
                    at[n] += nth
                    break


def _whole(numbers: Sequence[int]) -> Whole:
    return np.fromiter(numbers, np.int64, len(numbers))


def with_hidden(page: Any, layer: TextLayer, switches: LayerSwitches) -> TextLayer:
    """The text layer and, as not drawn, what stands on layers of the document that are switched off."""
    if not switches.any_off:
        return layer
    with switches.all_on():
        texts, raw, *_ = _worded(page.get_textpage(flags=_FLAGS, clip=pymupdf.INFINITE_RECT()).extractWORDS())
    known = set(_places(layer.texts, layer.raw))
    new = [n for n, place in enumerate(_places(texts, raw)) if place not in known]
    return replace(
        layer, texts=layer.texts + [texts[n] for n in new], raw=np.concatenate([layer.raw, raw[new]]),
        boxes=np.concatenate([layer.boxes, turned_boxes(page, raw[new])]),
        styles=layer.styles + Styles.none(len(new)))


def unclipped(page: Any, layer: TextLayer) -> Bits:
    """[word]: False for what is not on the page as MuPDF has it without letters that are clipped away."""
    texts, raw, *_ = _worded(page.get_textpage(flags=_FLAGS | pymupdf.TEXT_CLIP, clip=pymupdf.INFINITE_RECT()).extractWORDS())
    left = set(_places(texts, raw))
    return np.array([place in left for place in _places(layer.texts, layer.raw)], dtype=bool)


def _places(texts: Sequence[str], raw: Numbers) -> Iterator[tuple[Any, ...]]:
    """Texts with their places to a point: what two looks at one page have in common."""
    return zip(texts, *np.round(raw).T.tolist(), strict=True)


class LayerSwitches:
    """The optional-content layers of a document."""

    def __init__(self, document: Any) -> None:
        self._pdf = pymupdf._as_pdf_document(document)
        count = _mupdf.pdf_count_layers(self._pdf)
        self._off = [n for n in range(count) if not _mupdf.pdf_layer_is_enabled(self._pdf, n)]

    @property
    def any_off(self) -> bool:
        """True when the document has layers that are not shown."""
        return bool(self._off)

    @contextmanager
    def all_on(self) -> Iterator[None]:
        """Every layer shown, for a while."""
        self._set(1)
        try:
            yield
        finally:
            self._set(0)

    def _set(self, is_on: int) -> None:
        for n in self._off:
            _mupdf.pdf_enable_layer(self._pdf, n, is_on)


def turned_boxes(page: Any, raw: Numbers) -> Numbers:
    """Boxes [n, 4] of the file as they lie on the upright page."""
    if not page.rotation or not len(raw):
        return raw
    a, b, c, d, e, f = page.rotation_matrix
    x, y = raw[:, 0::2], raw[:, 1::2]
    across, down = a * x + c * y + e, b * x + d * y + f
    return np.stack([across.min(axis=1), down.min(axis=1), across.max(axis=1), down.max(axis=1)], axis=1)


def upright(page: Any, box: Box) -> Box:
    """A box of the file as it lies on the upright page."""
    left, top, right, bottom = turned_boxes(page, np.array([box], dtype=float))[0].tolist()
    return left, top, right, bottom
