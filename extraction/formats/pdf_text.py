"""The text layer of one PDF page with what is painted around it, asked of MuPDF once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extraction.formats.lines import centre, contains
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
    def of(cls, runs: Sequence[tuple[Any, ...]], which: Sequence[int]) -> Styles:
        """Of words that stand in these runs of text."""
        size, *others = np.array(runs, dtype=float).reshape(-1, 6)[which].T
        bold, colour, alpha, drawn, order = (column.astype(np.int64) for column in others)
        return cls(size, bold > 0, colour, alpha, drawn > 0, order)

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
    """Words as they stand in the file: texts, boxes [word, 4] before and after the page is turned upright, styles, and paths."""

    texts: list[str]
    raw: Numbers
    boxes: Numbers
    styles: Styles
    vectors: list[Vector]
    used: dict[str, set[str]]                 # font name → its letters


_UNKNOWN = (10.0, False, 0, 255, True, 0)          # in the order of `Styles`
_UNDRAWN = (10.0, False, 0, 255, False, 0)


def text_layer(page: Any) -> TextLayer:
    """Every word of the page, seen or not, in drawing order. Sets the page's rotation so that most of its text runs level."""
    textpage = page.get_textpage(flags=_FLAGS, clip=pymupdf.INFINITE_RECT())
    runs = _Runs()
    vectors: list[Vector] = []
    for order, block in enumerate(textpage.extractDICT()["blocks"]):
        if block["type"] == _VECTOR:
            vectors.append(Vector(
                block["bbox"], block["stroked"], block["isrect"], block["color"], block["alpha"], order))
        elif "lines" in block:
            runs.add(block["lines"], order)
    turn = runs.votes.most_common(1)[0][0] if runs.votes.total() else page.rotation
    if turn != page.rotation:
        page.set_rotation(turn)
    texts, raw, blocks, lines = _worded(textpage.extractWORDS())
    used = {font: set().union(*parts) for font, parts in runs.used.items()}
    styles = Styles.of(runs.styles, runs.at(raw, blocks, lines))
    return TextLayer(texts, raw, turned_boxes(page, raw), styles, vectors, used)


def _worded(found: Sequence[tuple[Any, ...]]) -> tuple[list[str], Numbers, Sequence[int], Sequence[int]]:
    """MuPDF's words as columns: texts, boxes [word, 4], numbers of their blocks and lines."""
    if not found:
        return [], np.zeros((0, 4)), (), ()
    *edges, texts, blocks, lines, _ = zip(*found, strict=True)
    return list(texts), np.array(edges, dtype=float).T, blocks, lines


class _Runs:
    """The runs of text of one page: stretches painted in one way."""

    def __init__(self) -> None:
        self.styles: list[tuple[Any, ...]] = []
        self.used: dict[str, list[str]] = {}              # font name → what is written in it
        self.votes: Counter[int] = Counter()              # turn → letters
        self._boxes: list[Box] = []
        self._first: list[list[int]] = []                 # of the line, in its block
        self._several: dict[tuple[int, int], range] = {}

    def add(self, lines: Any, order: int) -> None:
        """The lines of the next block."""
        first: list[int] = []
        self._first.append(first)
        for line in lines:
            way, start = line["dir"], len(self.styles)
            turn = 0 if way == _LEVEL else _TURNS.get((round(way[0]), round(way[1])))
            first.append(start)
            for span in line["spans"]:
                marks, text = span["char_flags"], span["text"]
                self.styles.append((
                    span["size"], span["flags"] & _BOLD_FONT or marks & _BOLD_CHARACTER, span["color"], span["alpha"],
                    marks & (_FILLED | _STROKED), order))
                self._boxes.append(span["bbox"])
                self.used.setdefault(span["font"], []).append(text)
                if turn is not None:
                    self.votes[turn] += len(text.strip())
            if len(self.styles) != start + 1:
                self._line_of_several(len(self._first) - 1, len(first) - 1, start)

    def _line_of_several(self, block: int, line: int, start: int) -> None:
        if len(self.styles) == start:
            self.styles.append(_UNKNOWN)
            self._boxes.append((0.0, 0.0, 0.0, 0.0))
        self._several[block, line] = range(start, len(self.styles))

    def at(self, raw: Numbers, blocks: Sequence[int], lines: Sequence[int]) -> list[int]:
        """[word] the run it stands in."""
        found = [self._first[block][line] for block, line in zip(blocks, lines, strict=True)]
        if self._several:
            for n, place in enumerate(zip(blocks, lines, strict=True)):
                if place in self._several:
                    found[n] = self._holding(*centre(raw[n]), self._several[place])
        return found

    def _holding(self, x: float, y: float, runs: range) -> int:
        return next((n for n in runs if contains(self._boxes[n], x, y)), runs[0])


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
        styles=layer.styles + Styles.of([_UNDRAWN], [0] * len(new)))


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
