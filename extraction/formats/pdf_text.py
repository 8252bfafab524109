"""The text layer of one PDF page with what is painted around it, asked of MuPDF once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extraction.formats.lines import centre
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


class Style(NamedTuple):
    """How a run of text is painted. `size` in points, `colour` 0xRRGGBB, `alpha` 0–255; `order` counts what is painted."""

    size: float
    bold: bool
    colour: int
    alpha: int
    drawn: bool
    order: int


class Vector(NamedTuple):
    """A painted path by its bounding box before the page is turned; `order` as of `Style`."""

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
    styles: list[Style]
    vectors: list[Vector]
    used: dict[str, set[str]]                 # font name → its letters


_UNKNOWN_STYLE = Style(10.0, False, 0, 255, True, 0)
_UNDRAWN = _UNKNOWN_STYLE._replace(drawn=False)


def text_layer(page: Any) -> TextLayer:
    """Every word of the page, seen or not, in drawing order. Sets the page's rotation so that most of its text runs level."""
    textpage = page.get_textpage(flags=_FLAGS, clip=pymupdf.INFINITE_RECT())
    blocks = textpage.extractDICT()["blocks"]
    found = textpage.extractWORDS()
    rows: list[list[list[tuple[Style, Any]]]] = []
    vectors: list[Vector] = []
    votes: Counter[int] = Counter()
    used: dict[str, set[str]] = {}
    for order, block in enumerate(blocks):
        if block["type"] == _VECTOR:
            vectors.append(Vector(
                block["bbox"], block["stroked"], block["isrect"], block["color"], block["alpha"], order))
        elif "lines" in block:
            rows.append([[(_style(span, order), span["bbox"]) for span in line["spans"]] for line in block["lines"]])
            _count(block["lines"], votes, used)
    if votes.total():
        page.set_rotation(votes.most_common(1)[0][0])
    raw = np.array([word[:4] for word in found], dtype=float).reshape(-1, 4)
    styles = [_style_of(rows[word[5]][word[6]], word) for word in found]
    return TextLayer([word[4] for word in found], raw, turned_boxes(page, raw), styles, vectors, used)


def _count(lines: Any, votes: Counter[int], used: dict[str, set[str]]) -> None:
    for line in lines:
        way = line["dir"]
        turn = 0 if way == _LEVEL else _TURNS.get((round(way[0]), round(way[1])))
        for span in line["spans"]:
            text = span["text"]
            used.setdefault(span["font"], set()).update(text)
            if turn is not None:
                votes[turn] += len(text.strip())


def _style(span: Any, order: int) -> Style:
    marks = span["char_flags"]
    return Style(
        span["size"], bool(span["flags"] & _BOLD_FONT or marks & _BOLD_CHARACTER), span["color"], span["alpha"],
        bool(marks & (_FILLED | _STROKED)), order)


def _style_of(spans: list[tuple[Style, Any]], word: Any) -> Style:
    if len(spans) == 1:
        return spans[0][0]
    x, y = centre(word[:4])
    for style, (left, top, right, bottom) in spans:
        if left <= x <= right and top <= y <= bottom:
            return style
    return spans[0][0] if spans else _UNKNOWN_STYLE


def with_hidden(page: Any, layer: TextLayer, switches: LayerSwitches) -> TextLayer:
    """The text layer and, as not drawn, what stands on layers of the document that are switched off."""
    if not switches.any_off:
        return layer
    with switches.all_on():
        words = page.get_textpage(flags=_FLAGS, clip=pymupdf.INFINITE_RECT()).extractWORDS()
    known = set(_places(layer.texts, layer.raw))
    raw = np.array([word[:4] for word in words], dtype=float).reshape(-1, 4)
    new = np.array([place not in known for place in _places([word[4] for word in words], raw)], dtype=bool)
    if not new.any():
        return layer
    return replace(
        layer, texts=layer.texts + [word[4] for word, is_new in zip(words, new, strict=True) if is_new],
        raw=np.concatenate([layer.raw, raw[new]]), boxes=np.concatenate([layer.boxes, turned_boxes(page, raw[new])]),
        styles=layer.styles + [_UNDRAWN] * int(new.sum()))


def unclipped(page: Any, layer: TextLayer) -> Bits:
    """[word]: False for what is not on the page as MuPDF has it without letters that are clipped away."""
    words = page.get_textpage(flags=_FLAGS | pymupdf.TEXT_CLIP, clip=pymupdf.INFINITE_RECT()).extractWORDS()
    left = set(_places([word[4] for word in words], np.array([word[:4] for word in words], dtype=float).reshape(-1, 4)))
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
